-- Process ?2 of run ?1: what it is called, and when it lived.
SELECT p.pid, substr(coalesce(m.name, 'process'), 1, 300), substr(p.command_line, 1, 300),
  (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = p.first_seq),
  (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = p.last_seq),
  coalesce((SELECT c.word FROM code c WHERE c.domain = 'signal' AND c.value = p.exit_signal),
    p.exit_code),
  p.last_seq
FROM process p LEFT JOIN module m ON m.id = p.image_module_id
WHERE p.run_id = ?1 AND p.id = ?2
