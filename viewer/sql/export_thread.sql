-- Thread ?2 of run ?1 as a track: its number and name, and when it lived.
SELECT t.tid, iif(t.first_seq = p.first_seq, coalesce('main, ' || substr(t.name, 1, 300), 'main'),
    coalesce(substr(t.name, 1, 300), 'thread ' || t.tid, 'thread')),
  (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = t.first_seq),
  (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = coalesce(t.last_seq, p.last_seq)),
  t.process_id, t.first_seq = p.first_seq, t.first_seq
FROM thread t LEFT JOIN process p ON p.run_id = ?1 AND p.id = t.process_id
WHERE t.run_id = ?1 AND t.id = ?2
