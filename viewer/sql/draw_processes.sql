-- The processes of run ?1 that ?2 names (a pid, a glob; NULL: all), alive from ?3 to ?4.
SELECT p.id, p.pid, p.parent_process_id, coalesce(m.name, 'process'),
  p.command_line, f.t_ns, l.t_ns,
  (SELECT c.word FROM code c WHERE c.domain = 'signal' AND c.value = p.exit_signal),
  p.exit_code, p.load_detection LIKE 'not observed%'
FROM process p LEFT JOIN module m ON m.id = p.image_module_id
LEFT JOIN event f ON f.run_id = p.run_id AND f.seq = p.first_seq
LEFT JOIN event l ON l.run_id = p.run_id AND l.seq = p.last_seq
WHERE p.run_id = ?1
  AND (?2 IS NULL OR CAST(p.pid AS TEXT) = ?2 OR trail_glob(?2, m.name, m.path))
  AND coalesce(f.t_ns, 0) <= ?4 AND coalesce(l.t_ns, ?3) >= ?3
ORDER BY p.id LIMIT ?5
