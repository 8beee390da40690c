-- What bounds gaps in run ?1, from event ?2 to before ?3.
SELECT b.seq, b.t_ns, b.process, b.thread, b.what, b.name, b.module, b.cpu_ns,
  b.load_phase, iif(b.what IN ('start', 'exec'),
    (SELECT m.name FROM module m WHERE m.id = b.module), NULL)
FROM temp.bounds b
WHERE b.run = ?1 AND b.seq >= ?2 AND b.seq < ?3 AND b.synthetic = 0
  AND b.what <> 'end' -- to which the bar before it lasts anyway
