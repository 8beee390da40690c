-- The loads of run :run whose module fits :name, of each process and module the first.
SELECT min(l.seq) AS seq, l.request_seq
FROM event_load_dll l
JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
JOIN module m ON m.id = l.module_id
WHERE l.run_id = :run AND (trail_glob(:name, m.name, m.path) OR m.soname = :name)
GROUP BY e.process_id, m.id
ORDER BY 1
