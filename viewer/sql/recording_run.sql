-- What a comparison needs to know of run ?1 itself.
SELECT r.command_line, r.os, r.state, r.mode, r.wall_ns, r.hold_ns,
  (SELECT group_concat('@' || l.key || '=' || l.value, ' ')
      FROM (SELECT key, value FROM main.label WHERE run_id = ?1 ORDER BY key) l),
  r.start_utc_ns
FROM main.run r WHERE r.id = ?1
