-- One row for :run: all of the view runs, and what a summary adds to it, as JSON. Above :scan_limit events, kinds come from the counts
-- in the run's row, without the times that only a look at every event can tell.
WITH
-- Loads and new images of each process in order, so that `image` counts the images: an exec begins anew.
steps AS (
  SELECT l.seq, e.t_ns, e.process_id, e.synthetic, l.module_id, 0 AS is_image
  FROM event_load_dll l CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
  WHERE l.run_id = :run
  UNION ALL
  SELECT c.seq, e.t_ns, e.process_id, e.synthetic, NULL, 1
  FROM event_create_process c CROSS JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq
  WHERE c.run_id = :run
),
images AS MATERIALIZED (
  SELECT *, sum(is_image) OVER (PARTITION BY process_id ORDER BY seq) AS image FROM steps
),
-- The breakpoint with which Windows tells a debugger that the loader is done: the first of a process (of either bitness).
loader_breakpoint AS (
  SELECT min(x.seq) AS seq
  FROM event_exception x CROSS JOIN event e ON e.run_id = x.run_id AND e.seq = x.seq
  WHERE x.run_id = :run AND x.si_code IS NULL AND x.code IN (0x80000003, 0x4000001F)
  GROUP BY e.process_id, x.code
)
SELECT r.*,
  CASE WHEN r.events <= :scan_limit THEN (
    SELECT json_group_array(json_object('kind', kind, 'events', events, 'hold_ns', hold_ns, 'median_hold_ns', median_hold_ns))
    FROM (
      SELECT k.name AS kind, count(*) AS events, CAST(total(hold_ns) AS INTEGER) AS hold_ns,
             CAST(avg(iif(place IN ((known + 1) / 2, (known + 2) / 2), hold_ns, NULL)) AS INTEGER) AS median_hold_ns
      FROM (
        SELECT e.kind, e.hold_ns, count(e.hold_ns) OVER (PARTITION BY e.kind) AS known,
               row_number() OVER (PARTITION BY e.kind ORDER BY e.hold_ns NULLS LAST) AS place
        FROM event e WHERE e.run_id = :run
      ) h LEFT JOIN kind k ON k.id = h.kind
      GROUP BY h.kind ORDER BY h.kind
    ))
  WHEN json_valid(r.counts) THEN (
    SELECT json_group_array(json_object('kind', kind, 'events', events))
    FROM (SELECT c.key AS kind, c.value AS events FROM json_each(r.counts) c LEFT JOIN kind k ON k.name = c.key ORDER BY k.id, c.key)
  ) END AS kinds,
  (
    SELECT json_group_array(json_object('gap_ns', gap_ns, 'from', before, 'to', name, 't_ns', t_ns, 'pid', pid))
    FROM (
      SELECT i.t_ns, m.name, i.t_ns - lag(i.t_ns) OVER w AS gap_ns, lag(m.name) OVER w AS before, p.pid
      FROM images i
      LEFT JOIN module m ON m.id = i.module_id
      LEFT JOIN process p ON p.run_id = :run AND p.id = i.process_id
      WHERE i.is_image = 0 AND i.synthetic = 0
      WINDOW w AS (PARTITION BY i.process_id, i.image ORDER BY i.seq)
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
  (SELECT count(*) FROM event_exception x WHERE x.run_id = :run) - (SELECT count(*) FROM loader_breakpoint) AS exceptions,
  (SELECT count(*) FROM loader_breakpoint) AS loader_breakpoints,
  (
    SELECT json_object('name', x.name, 'code', x.code, 'first_chance', x.first_chance, 'module', x.module, 'offset', x.offset,
                       'address', x.address, 't_ns', x.t_ns, 'pid', x.pid, 'tid', x.tid, 'seq', x.seq)
    FROM exceptions x WHERE x.run = :run AND x.seq NOT IN (SELECT seq FROM loader_breakpoint)
    ORDER BY x.seq LIMIT 1
  ) AS first_exception,
  (
    SELECT json_group_array(json_object('pid', pid, 'name', name))
    FROM (SELECT p.pid, p.name FROM processes p WHERE p.run = :run AND p.load_detection = 'not observed' ORDER BY p.process LIMIT 10)
  ) AS not_observed,
  (SELECT c.word FROM code c WHERE c.domain = 'exception' AND c.value = r.exit_code AND r.exit_code > 0x3FFFFFFF) AS exit_name
FROM runs r
WHERE r.run = :run
