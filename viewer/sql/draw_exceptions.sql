-- The exceptions and signals of run ?1, from event ?2 to before ?3, that tell of an error: those by
-- which summary counts. The first breakpoint of a process is its loader's, unless it was attached.
SELECT seq, t_ns, process_id, thread_id, name, coalesce(
    (SELECT v.symbol FROM temp.exceptions v WHERE v.run = ?1 AND v.seq = f.seq), place) FROM (
  SELECT x.seq, e.t_ns, e.process_id, e.thread_id, coalesce(
      (SELECT c.word FROM code c WHERE c.domain = iif(x.si_code IS NULL, 'exception', 'signal')
        AND c.value = x.code), iif(x.si_code IS NULL, printf('0x%08x', x.code),
      'signal ' || x.code)) AS name,
    coalesce(m.name || printf('+0x%x', x.address_offset), printf('0x%x', x.address)) AS place,
    x.si_code IS NULL AND x.code IN (0x80000003, 0x4000001F) AND (e.synthetic = 1 OR (
      row_number() OVER (PARTITION BY e.process_id, x.code ORDER BY x.seq) = 1
      AND (SELECT p.via FROM process p WHERE p.run_id = ?1 AND p.id = e.process_id) IS NOT 3))
      AS is_of_loader,
    iif(x.si_code IS NULL, x.code & 0x80000000, x.code IN (3, 4, 5, 6, 7, 8, 11, 24, 25, 31))
      AS is_error
  FROM (SELECT * FROM event_exception WHERE run_id = ?1 AND seq >= ?2 AND seq < ?3
    ORDER BY seq LIMIT ?4) x
  CROSS JOIN event e ON e.run_id = ?1 AND e.seq = x.seq
  LEFT JOIN module m ON m.id = x.address_module_id
) f WHERE is_error AND NOT is_of_loader ORDER BY seq
