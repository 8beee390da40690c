-- What happened in run ?1, with details, in order: kind, seq, five numbers and three texts that
-- mean something else for each kind. ?2: also exceptions, debug strings and failed loads.
SELECT 5 AS kind, l.seq AS seq, l.module_id, l.load_phase, l.time_source, l.cause, iif(?2, coalesce(
    (SELECT b.module_id FROM main.event_load_dll b WHERE b.run_id = ?1 AND b.seq = l.by_seq),
    (SELECT b.image_module_id FROM main.event_create_process b
      WHERE b.run_id = ?1 AND b.seq = l.by_seq)), NULL), NULL, NULL, NULL
FROM main.event_load_dll l WHERE l.run_id = ?1
UNION ALL
SELECT 7, x.seq, x.address_module_id, x.address_offset, x.first_chance, x.code, x.si_code IS NULL,
  CASE WHEN x.si_code IS NULL THEN printf('0x%08x', x.code) ELSE CAST(x.code AS TEXT) END,
  (SELECT c.word FROM code c WHERE c.domain = iif(x.si_code IS NULL, 'exception', 'signal')
      AND c.value = x.code), NULL
FROM main.event_exception x WHERE x.run_id = ?1 AND ?2
UNION ALL
SELECT 8, o.seq, NULL, NULL, NULL, NULL, NULL, o.text, NULL, NULL
    FROM main.event_output_debug_string o WHERE o.run_id = ?1 AND ?2
UNION ALL
SELECT 11, f.seq, f.what, NULL, NULL, NULL, NULL, f.name, f.words, NULL
    FROM main.event_load_failed f WHERE f.run_id = ?1 AND ?2
UNION ALL
SELECT 10, k.seq, NULL, NULL, NULL, NULL, NULL, k.name, NULL, NULL FROM main.event_mark k
    WHERE k.run_id = ?1
UNION ALL
SELECT 12, n.seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM main.event_entry_point n
    WHERE n.run_id = ?1
ORDER BY seq
