-- The first ?2 looks of run ?1, which are numbered in the order of time.
SELECT o.id, o.t_ns, o.process_id, o.thread_id, o.computing FROM look o
WHERE o.run_id = ?1 ORDER BY o.id LIMIT ?2
