-- What stands over a picture of run ?1. Its last event is found by the key.
SELECT r.command_line, r.start, r.state,
  coalesce(r.wall_ns, (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 ORDER BY e.seq DESC LIMIT 1)),
  r.hold_ns, r.events, (SELECT count(*) FROM process p WHERE p.run_id = ?1),
  iif(json_valid(r.counts), json_extract(r.counts, '$.LoadDll'), NULL)
FROM temp.runs r WHERE r.run = ?1
