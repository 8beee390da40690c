-- The threads of run ?1.
SELECT t.id, t.tid, t.process_id, t.name, f.t_ns, l.t_ns, t.first_seq = p.first_seq
FROM thread t
LEFT JOIN process p ON p.run_id = t.run_id AND p.id = t.process_id
LEFT JOIN event f ON f.run_id = t.run_id AND f.seq = t.first_seq
LEFT JOIN event l ON l.run_id = t.run_id AND l.seq = t.last_seq
WHERE t.run_id = ?1 ORDER BY t.id LIMIT ?2
