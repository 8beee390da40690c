-- What of run ?1's imports never came in a start-up that Windows' loader ended: the process's end,
-- the name, why. Only worth asking where a process has ended so.
SELECT f.seq, f.name, f.words FROM failed_loads f WHERE f.run = ?1 AND f.source = 'conclusion'
