-- How load :seq of run :run came about: from the program down to it (part 'chain'), then what it
-- needs that was loaded for it (part 'needs').
WITH RECURSIVE
request AS MATERIALIZED (
  SELECT l.seq, l.by_seq FROM main.event_load_dll l
  WHERE l.run_id = :run AND l.request_seq = (SELECT o.request_seq FROM main.event_load_dll o
                                             WHERE o.run_id = :run AND o.seq = :seq)
),
up(level, seq) AS (
  SELECT 0, :seq
  UNION ALL
  -- who imports it, else the image of its process
  SELECT u.level + 1, coalesce(l.by_seq, (
    SELECT max(c.seq) FROM main.event_create_process c
    JOIN main.event ce ON ce.run_id = c.run_id AND ce.seq = c.seq
    WHERE c.run_id = :run AND c.seq < l.seq AND ce.process_id = e.process_id))
  FROM up u
  JOIN main.event_load_dll l ON l.run_id = :run AND l.seq = u.seq
  JOIN main.event e ON e.run_id = :run AND e.seq = u.seq
  WHERE u.level < 1000
),
down(level, seq) AS (
  SELECT 1, r.seq FROM request r WHERE r.by_seq = :seq
  UNION ALL
  SELECT d.level + 1, r.seq FROM down d JOIN request r ON r.by_seq = d.seq
  WHERE d.level < 1000 AND r.seq > d.seq
  ORDER BY 1 DESC, 2
),
step(part, depth, seq, position) AS (
  SELECT 'chain', max(level) OVER () - level, seq, -level FROM up WHERE seq IS NOT NULL
  UNION ALL
  SELECT 'needs', (SELECT max(level) FROM up WHERE seq IS NOT NULL) + level, seq,
    row_number() OVER () FROM down
)
SELECT s.part, s.depth, s.seq, e.t_ns, coalesce(l.name, m.name) AS name,
  CASE WHEN l.seq IS NULL THEN 'the program' ELSE l.why END AS why, l.load_phase,
  coalesce(l.path, m.path) AS path, m.id AS image
FROM step s
JOIN main.event e ON e.run_id = :run AND e.seq = s.seq
LEFT JOIN loads l ON l.run = :run AND l.seq = s.seq
LEFT JOIN main.event_create_process c ON c.run_id = :run AND c.seq = s.seq
LEFT JOIN main.module m ON m.id = c.image_module_id
ORDER BY s.position
