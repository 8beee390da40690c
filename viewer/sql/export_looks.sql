-- What threads of run ?1 were seen doing.
SELECT o.t_ns, o.process_id, o.thread_id, p.pid, t.tid,
  substr(o.doing, 1, 300)
FROM temp.look_words o
JOIN process p ON p.run_id = ?1 AND p.id = o.process_id
JOIN thread t ON t.run_id = ?1 AND t.id = o.thread_id
WHERE o.run_id = ?1 ORDER BY o.id
