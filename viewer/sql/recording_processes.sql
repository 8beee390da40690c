-- The processes of run ?1.
SELECT p.id, p.pid, p.parent_process_id, p.image_module_id, p.command_line, p.load_detection,
    p.first_seq, p.last_seq, p.exit_code,
  (SELECT c.word FROM code c WHERE c.domain = 'via' AND c.value = p.via),
  (SELECT c.word FROM code c WHERE c.domain = 'signal' AND c.value = p.exit_signal)
FROM main.process p WHERE p.run_id = ?1 ORDER BY p.id
