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
    SELECT c.seq FROM main.process p
    CROSS JOIN main.event_create_process c ON c.run_id = :run
        AND c.seq BETWEEN p.first_seq AND l.seq
    CROSS JOIN main.event ce ON ce.run_id = :run AND ce.seq = c.seq
    WHERE p.run_id = :run AND p.id = e.process_id AND ce.process_id = e.process_id
    ORDER BY c.seq DESC LIMIT 1))
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
SELECT s.part, s.depth, s.seq, e.t_ns, m.name,
  iif(l.seq IS NULL, 'the program',
    (SELECT w.why FROM load_causes w WHERE w.run = :run AND w.seq = s.seq)) AS why,
  (SELECT d.word FROM code d WHERE d.domain = 'load_phase' AND d.value = l.load_phase)
    AS load_phase, m.path
FROM step s
JOIN main.event e ON e.run_id = :run AND e.seq = s.seq
LEFT JOIN main.event_load_dll l ON l.run_id = :run AND l.seq = s.seq
LEFT JOIN main.event_create_process c ON c.run_id = :run AND c.seq = s.seq
LEFT JOIN main.module m ON m.id = coalesce(l.module_id, c.image_module_id)
ORDER BY s.position
