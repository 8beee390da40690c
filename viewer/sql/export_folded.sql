-- The stacks of the looks of run ?1, the outermost first, and how often each was seen: a path of
-- frames apart by line breaks, which no name has once they are taken out of it.
WITH seen AS (
  SELECT o.process_id, k.stack_id, o.computing, o.call, count(*) AS times
  FROM look o LEFT JOIN kept_stack k ON k.run_id = ?1 AND k.seq = o.stack_seq
  WHERE o.run_id = ?1 GROUP BY 1, 2, 3, 4
)
SELECT name, path, leaf, sum(times) FROM (
SELECT w.process_id, substr(coalesce(m.name, 'process'), 1, 300) AS name,
  (SELECT group_concat(place, char(10)) FROM (
    SELECT replace(substr(f.function, 1, 1000), char(10), ' ') AS place
    FROM json_each(iif(json_valid(s.frames), s.frames, '[]')) j
    CROSS JOIN places f ON f.frame = j.value ORDER BY j.key DESC LIMIT 1000)) AS path,
  CASE w.computing WHEN 0 THEN coalesce(substr(w.call, 1, 300), 'in the kernel')
    WHEN 2 THEN 'computing, place unknown' END AS leaf,
  w.times
FROM seen w
LEFT JOIN stack s ON s.id = w.stack_id
LEFT JOIN process p ON p.run_id = ?1 AND p.id = w.process_id
LEFT JOIN module m ON m.id = p.image_module_id
) GROUP BY process_id, path, leaf ORDER BY process_id, path, leaf
