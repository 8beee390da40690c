-- What bounds gaps at event ?2 of run ?1, as gaps has it.
SELECT b.seq, b.t_ns, b.process, b.what,
  substr(coalesce(b.name, '?'), 1, 300), b.cpu_ns, b.load_phase,
  (SELECT l.by_seq FROM event_load_dll l WHERE l.run_id = ?1 AND l.seq = b.seq),
  iif(b.what = 'load',
    (SELECT substr(w.why, 1, 300) FROM load_causes w WHERE w.run = ?1 AND w.seq = b.seq), NULL)
FROM temp.bounds b
WHERE b.run = ?1 AND b.seq = ?2 AND b.synthetic = 0
