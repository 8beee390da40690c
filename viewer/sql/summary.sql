-- One row for :run: all of the view runs, and what a summary adds to it, as JSON. It looks at
-- loads (of a long run at the first of them), exceptions and marks, never at all events.
WITH
-- Loads and new images of each process in order, so that `image` counts the images: an exec begins
-- anew.
steps AS (
  SELECT l.seq, coalesce(l.mapped_t_ns, e.t_ns) AS t_ns, e.process_id, e.synthetic, l.module_id,
      0 AS is_image
  FROM (SELECT * FROM event_load_dll WHERE run_id = :run ORDER BY seq LIMIT 10000) l
  CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
  UNION ALL
  SELECT c.seq, e.t_ns, e.process_id, e.synthetic, NULL, 1
  FROM (SELECT * FROM event_create_process WHERE run_id = :run ORDER BY seq LIMIT 10000) c
  CROSS JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq
),
images AS MATERIALIZED (
  SELECT *, sum(is_image) OVER (PARTITION BY process_id ORDER BY seq) AS image FROM steps
),
-- The points between which there are phases, named as in rules and comparisons. The time to the end
-- belongs to what was seen of all of them.
points AS MATERIALIZED (
  SELECT * FROM (
    SELECT k.seq, e.t_ns, 'mark:' || k.name || CASE WHEN row_number() OVER w > 1
        THEN '#' || row_number() OVER w ELSE '' END AS name
    FROM event_mark k CROSS JOIN event e ON e.run_id = k.run_id AND e.seq = k.seq
    WHERE k.run_id = :run
    WINDOW w AS (PARTITION BY k.name ORDER BY k.seq)
    ORDER BY k.seq LIMIT 50
  )
  UNION ALL
  SELECT max(k.seq) + 1, r.wall_ns, 'end' FROM run r JOIN event_mark k ON k.run_id = r.id
  WHERE r.id = :run AND r.wall_ns IS NOT NULL
  GROUP BY r.id HAVING count(*) <= 50
),
-- The breakpoint with which Windows tells a debugger that the loader is done: the first of a
-- process (of either bitness). What was attached to is past it; at most the replay has one there.
loader_breakpoint AS MATERIALIZED (
  SELECT min(x.seq) AS seq
  FROM event_exception x CROSS JOIN event e ON e.run_id = x.run_id AND e.seq = x.seq
  WHERE x.run_id = :run AND x.si_code IS NULL AND x.code IN (0x80000003, 0x4000001F)
    AND (e.synthetic = 1 OR e.process_id NOT IN (
      SELECT p.id FROM process p JOIN code c ON c.domain = 'via' AND c.value = p.via
          WHERE p.run_id = :run AND c.word = 'attach'))
  GROUP BY e.process_id, x.code
)
SELECT r.*,
  CASE WHEN json_valid(r.counts) AND json_valid(r.holds) THEN (
    SELECT json_group_array(json_object('kind', c.key, 'events', c.value,
             'hold_ns', json_extract(h.value, '$.total_ns'), 'p50_hold_ns',
                 json_extract(h.value, '$.p50_ns'),
             'p99_hold_ns', json_extract(h.value, '$.p99_ns')))
    FROM (SELECT j.key, j.value FROM json_each(r.counts) j LEFT JOIN kind k ON k.name = j.key
        ORDER BY k.id, j.key) c
    LEFT JOIN json_each(r.holds) h ON h.key = c.key
  ) END AS kinds,
  (
    SELECT json_group_array(json_object('ns', t_ns - since, 'from', before, 'to', name, 't_ns',
        t_ns))
    FROM (SELECT p.t_ns, p.name, lag(p.name, 1, 'start') OVER w AS before,
        lag(p.t_ns, 1, 0) OVER w AS since FROM points p WINDOW w AS (ORDER BY p.seq))
  ) AS phases,
  (SELECT count(*) FROM event_mark k WHERE k.run_id = :run) AS marks,
  (
    SELECT json_group_array(json_object('gap_ns', gap_ns, 'from', before, 'to', name, 't_ns', t_ns,
        'pid', pid))
    FROM (
      SELECT i.t_ns, m.name, i.t_ns - lag(i.t_ns) OVER w AS gap_ns, lag(m.name) OVER w AS before,
          p.pid
      FROM images i
      LEFT JOIN module m ON m.id = i.module_id
      LEFT JOIN process p ON p.run_id = :run AND p.id = i.process_id
      WHERE i.is_image = 0 AND i.synthetic = 0
      WINDOW w AS (PARTITION BY i.process_id, i.image ORDER BY i.t_ns, i.seq)
      ORDER BY gap_ns DESC, i.seq LIMIT 5
    ) WHERE gap_ns > 0
  ) AS load_gaps,
  (
    SELECT json_group_array(json_object('name', name, 'times', times, 'pid', pid))
    FROM (
      SELECT m.name, count(*) AS times, p.pid
      FROM images i
      JOIN module m ON m.id = i.module_id
      LEFT JOIN process p ON p.run_id = :run AND p.id = i.process_id
      WHERE i.is_image = 0
      GROUP BY i.process_id, i.image, m.name HAVING count(*) > 1
      ORDER BY times DESC, min(i.seq) LIMIT 10
    )
  ) AS repeated_modules,
  (SELECT count(*) FROM event_exception x WHERE x.run_id = :run) - (SELECT count(*)
      FROM loader_breakpoint) AS exceptions,
  (SELECT count(*) FROM loader_breakpoint) AS loader_breakpoints,
  (
    SELECT json_object('name', x.name, 'code', x.code, 'access', x.access, 'first_chance',
        x.first_chance, 'module', x.module, 'offset', x.offset,
                       'address', x.address, 't_ns', x.t_ns, 'pid', x.pid, 'tid', x.tid, 'seq',
                           x.seq)
    FROM exceptions x WHERE x.run = :run AND x.seq NOT IN (SELECT seq FROM loader_breakpoint)
    ORDER BY x.seq LIMIT 1
  ) AS first_exception,
  (
    SELECT json_group_array(json_object('pid', pid, 'name', name))
    FROM (SELECT p.pid, p.name FROM processes p WHERE p.run = :run
        AND p.load_detection LIKE 'not observed%' ORDER BY p.process LIMIT 10)
  ) AS not_observed,
  (SELECT c.word FROM code c WHERE c.domain = 'exception' AND c.value = r.exit_code
      AND r.exit_code > 0x3FFFFFFF) AS exit_name,
  (SELECT group_concat(coalesce(name, 'process') || ' (' || pid || ')', ', ') FROM (
      SELECT p.name, p.pid FROM processes p WHERE p.run = :run AND p.via = 'attach'
          AND r.mode = 'attach' ORDER BY p.process LIMIT 10)) AS attached_to
FROM runs r
WHERE r.run = :run
