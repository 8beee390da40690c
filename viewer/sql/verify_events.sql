-- What an event itself says.
SELECT printf('run %d: event %d belongs to a run that is not there', e.run_id, min(e.seq))
    FROM main.event e
WHERE NOT EXISTS (SELECT 1 FROM main.run r WHERE r.id = e.run_id) GROUP BY e.run_id
UNION ALL
SELECT printf('run %d: event %d is of an unknown kind (%s)', e.run_id, e.seq, e.kind)
    FROM main.event e
WHERE NOT EXISTS (SELECT 1 FROM temp.kind k WHERE k.id = e.kind)
UNION ALL
SELECT printf('run %d: event %d has a time that is no time', run_id, seq) FROM main.event
WHERE typeof(t_ns) <> 'integer' OR typeof(hold_ns) NOT IN ('integer', 'null') OR hold_ns < 0
UNION ALL
SELECT printf('run %d: load %d was mapped at %s, after the debugger was told of it', l.run_id,
    l.seq, l.mapped_t_ns)
FROM event_load_dll l JOIN main.event e ON e.run_id = l.run_id AND e.seq = l.seq
WHERE typeof(l.mapped_t_ns) = 'integer' AND l.mapped_t_ns > e.t_ns
UNION ALL
SELECT printf('run %d: load %d has a time that is no time', run_id, seq) FROM event_load_dll
WHERE typeof(mapped_t_ns) NOT IN ('integer', 'null')
