-- The load that an unload ends is there. (Other references of details: event_walk.)
SELECT printf('run %d: event %d: load_seq refers to %s, which is not there', u.run_id, u.seq,
    u.load_seq)
FROM main.event_unload_dll u
WHERE u.load_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.event_load_dll l
    WHERE l.run_id = u.run_id AND l.seq = u.load_seq)
