-- States and modes that no recorder writes.
SELECT printf('run %d: unknown state ''%s''', id, state) FROM main.run
WHERE state IS NULL OR state NOT IN ('recording', 'complete', 'interrupted', 'recovered')
UNION ALL
SELECT printf('run %d: unknown mode ''%s''', id, mode) FROM main.run WHERE mode IS NULL
    OR mode NOT IN ('launch', 'attach')
UNION ALL
SELECT printf('run %d: unknown end reason ''%s''', id, end_reason) FROM main.run
WHERE end_reason NOT IN ('exit', 'timeout', 'until', 'request', 'failure')
UNION ALL
SELECT printf('run %d: complete, but without an end', id) FROM main.run WHERE state = 'complete'
    AND (wall_ns IS NULL OR end_reason IS NULL)
UNION ALL
SELECT printf('run %d: a time is negative', id) FROM main.run WHERE wall_ns < 0 OR hold_ns < 0
    OR stall_ns < 0
UNION ALL
SELECT printf('run %d: its labels are those of a run that is not there', run_id) FROM main.label
WHERE NOT EXISTS (SELECT 1 FROM main.run r WHERE r.id = run_id) GROUP BY run_id
