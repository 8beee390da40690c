-- The processes of :run in the order of :tree, a JSON array of [process, depth, lines before the
-- name].
SELECT p.run, json_extract(o.value, '$[1]') AS depth, p.process, p.pid, p.parent_process,
    p.parent_pid, p.via, p.name, p.path,
  p.command_line, p.start_t_ns, p.end_t_ns, p.exit_code, p.exit_signal, p.load_detection,
      p.first_seq, p.last_seq,
  o.key AS position, json_extract(o.value, '$[2]') AS lines
FROM json_each(:tree) o
CROSS JOIN processes p ON p.run = :run AND p.process = json_extract(o.value, '$[0]')
