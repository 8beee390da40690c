-- Which event caused which load of run ?1, where both are of one process and the cause came first;
-- the first ?2 of them.
SELECT l.by_seq, l.seq
FROM event_load_dll l
CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
CROSS JOIN event c ON c.run_id = l.run_id AND c.seq = l.by_seq
LEFT JOIN event_load_dll b ON b.run_id = l.run_id AND b.seq = l.by_seq
WHERE l.run_id = ?1 AND l.by_seq < l.seq AND e.synthetic = 0 AND c.synthetic = 0
  AND e.process_id = c.process_id AND c.kind IN (1, 5)
  AND coalesce(b.mapped_t_ns, c.t_ns) <= coalesce(l.mapped_t_ns, e.t_ns)
ORDER BY l.seq LIMIT ?2
