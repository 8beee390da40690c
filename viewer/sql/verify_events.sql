-- What an event itself says, beside event_walk.
SELECT printf('run %d: load %d was mapped at %s, after the debugger was told of it', l.run_id,
    l.seq, l.mapped_t_ns)
FROM event_load_dll l JOIN main.event e ON e.run_id = l.run_id AND e.seq = l.seq
WHERE typeof(l.mapped_t_ns) = 'integer' AND l.mapped_t_ns > e.t_ns
UNION ALL
SELECT printf('run %d: load %d has a time that is no time', run_id, seq) FROM event_load_dll
WHERE typeof(mapped_t_ns) NOT IN ('integer', 'null')
