-- Events are numbered from 1 without gaps. The primary key already makes numbers unique.
SELECT printf('run %d: %d events, numbered from %d to %d', run_id, count(*), min(seq), max(seq))
    FROM main.event
GROUP BY run_id HAVING min(seq) <> 1 OR max(seq) <> count(*)
