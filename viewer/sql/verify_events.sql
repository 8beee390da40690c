-- What an event itself says.
SELECT printf('run %d: event %d belongs to a run that is not there', e.run_id, min(e.seq)) FROM main.event e
WHERE NOT EXISTS (SELECT 1 FROM main.run r WHERE r.id = e.run_id) GROUP BY e.run_id
UNION ALL
SELECT printf('run %d: event %d is of an unknown kind (%s)', e.run_id, e.seq, e.kind) FROM main.event e
WHERE NOT EXISTS (SELECT 1 FROM temp.kind k WHERE k.id = e.kind)
UNION ALL
SELECT printf('run %d: event %d has a time that is no time', run_id, seq) FROM main.event
WHERE typeof(t_ns) <> 'integer' OR typeof(hold_ns) NOT IN ('integer', 'null') OR hold_ns < 0
