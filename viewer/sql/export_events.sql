-- Every event of run ?1, with the words of those that are points in time.
SELECT e.seq, e.t_ns, e.hold_ns, e.process_id, e.thread_id, e.kind, t.first_seq = e.seq,
  t.tid,
  CASE e.kind
  WHEN 6 THEN (SELECT 'unload ' || substr(m.name, 1, 300) FROM event_unload_dll d
    CROSS JOIN event_load_dll l ON l.run_id = ?1 AND l.seq = d.load_seq
    CROSS JOIN module m ON m.id = l.module_id WHERE d.run_id = ?1 AND d.seq = e.seq)
  WHEN 7 THEN (SELECT coalesce((SELECT c.word FROM code c
      WHERE c.domain = iif(d.si_code IS NULL, 'exception', 'signal') AND c.value = d.code),
      iif(d.si_code IS NULL, printf('0x%08x', d.code), 'signal ' || d.code))
    FROM event_exception d WHERE d.run_id = ?1 AND d.seq = e.seq)
  WHEN 8 THEN (SELECT substr(d.text, 1, 300) FROM event_output_debug_string d
    WHERE d.run_id = ?1 AND d.seq = e.seq)
  WHEN 9 THEN 'RipEvent'
  WHEN 10 THEN (SELECT 'mark:' || substr(d.name, 1, 300) FROM event_mark d
    WHERE d.run_id = ?1 AND d.seq = e.seq)
  WHEN 11 THEN (SELECT 'failed:' || substr(d.name, 1, 300) FROM event_load_failed d
    WHERE d.run_id = ?1 AND d.seq = e.seq)
  END,
  CASE e.kind
  WHEN 7 THEN (SELECT coalesce(substr(m.name, 1, 300) || printf('+0x%x', d.address_offset),
      printf('0x%x', d.address)) FROM event_exception d
    LEFT JOIN module m ON m.id = d.address_module_id WHERE d.run_id = ?1 AND d.seq = e.seq)
  WHEN 11 THEN (SELECT substr(d.words, 1, 300) FROM event_load_failed d
    WHERE d.run_id = ?1 AND d.seq = e.seq)
  END
FROM event e LEFT JOIN thread t ON t.run_id = ?1 AND t.id = e.thread_id
WHERE e.run_id = ?1 ORDER BY e.seq
