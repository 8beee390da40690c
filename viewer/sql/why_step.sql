-- A load :seq of run :run, or a program that was started there, as a part of a chain.
SELECT e.seq, e.t_ns, m.name,
  iif(l.seq IS NULL, 'the program',
    (SELECT w.why FROM load_causes w WHERE w.run = :run AND w.seq = :seq)) AS why,
  (SELECT d.word FROM code d WHERE d.domain = 'load_phase' AND d.value = l.load_phase)
    AS load_phase, m.path
FROM main.event e
LEFT JOIN main.event_load_dll l ON l.run_id = :run AND l.seq = :seq
LEFT JOIN main.event_create_process c ON c.run_id = :run AND c.seq = :seq
LEFT JOIN main.module m ON m.id = coalesce(l.module_id, c.image_module_id)
WHERE e.run_id = :run AND e.seq = :seq
