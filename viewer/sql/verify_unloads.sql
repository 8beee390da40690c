-- What ends a load comes after it. (That the LoadDll of an UnloadDll is there is one of the
-- references.)
SELECT printf('run %d: load %d ends at event %s, which is not there', l.run_id, l.seq, l.end_seq)
    FROM main.event_load_dll l
WHERE l.end_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id = l.run_id
    AND e.seq = l.end_seq)
UNION ALL
SELECT printf('run %d: load %d ends before it begins', run_id, seq) FROM main.event_load_dll
    WHERE end_seq <= seq
UNION ALL
SELECT printf('run %d: unload %d ends load %d, which says it ends at %s', u.run_id, u.seq, l.seq,
    coalesce(l.end_seq, 'nothing'))
FROM main.event_unload_dll u JOIN main.event_load_dll l ON l.run_id = u.run_id
    AND l.seq = u.load_seq
WHERE l.end_seq IS NOT u.seq
