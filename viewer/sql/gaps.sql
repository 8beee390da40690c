-- The longest gaps of :run: between two events of one process that bound gaps - its start, an exec,
-- loads, failed loads, marks, its exit - with what was seen of its threads meanwhile.
WITH
steps AS (
  SELECT l.seq, l.mapped_t_ns, l.module_id, NULL AS name FROM event_load_dll l
  WHERE l.run_id = :run
  UNION ALL
  SELECT c.seq, NULL, c.image_module_id, iif(v.word = 'exec', 'exec', 'start')
  FROM event_create_process c LEFT JOIN code v ON v.domain = 'via' AND v.value = c.via
  WHERE c.run_id = :run
  UNION ALL
  SELECT k.seq, NULL, NULL, 'mark:' || k.name FROM event_mark k WHERE k.run_id = :run
  UNION ALL
  SELECT f.seq, NULL, NULL, 'failed:' || f.name FROM event_load_failed f WHERE f.run_id = :run
  UNION ALL
  SELECT n.seq, NULL, NULL, 'entry' FROM event_entry_point n WHERE n.run_id = :run
  UNION ALL
  SELECT x.seq, NULL, NULL, 'exit' FROM event_exit_process x WHERE x.run_id = :run
),
bounds AS (
  SELECT s.seq, coalesce(s.mapped_t_ns, e.t_ns) AS t_ns, e.process_id,
      coalesce(s.name, m.name, '?') AS name
  FROM steps s CROSS JOIN event e ON e.run_id = :run AND e.seq = s.seq
  LEFT JOIN module m ON m.id = s.module_id
  WHERE e.synthetic = 0
),
pair AS (
  SELECT process_id, seq, name, t_ns, lag(seq) OVER w AS from_seq, lag(name) OVER w AS from_name,
      lag(t_ns) OVER w AS from_t_ns
  FROM bounds WINDOW w AS (PARTITION BY process_id ORDER BY t_ns, seq)
),
longest AS MATERIALIZED (
  SELECT *, t_ns - from_t_ns AS gap_ns FROM pair WHERE t_ns > from_t_ns
  ORDER BY t_ns - from_t_ns DESC, seq LIMIT 200
),
-- of each gap and thread, how often it was seen doing what
seen AS (
  SELECT g.seq, o.thread_id, o.doing, count(*) AS times
  FROM longest g
  CROSS JOIN look_words o ON o.run_id = :run AND o.process_id = g.process_id
      AND o.t_ns > g.from_t_ns AND o.t_ns < g.t_ns
  GROUP BY 1, 2, 3
),
told AS (
  SELECT s.seq, iif(t.first_seq = p.first_seq, 'main',
        coalesce(t.name, 'thread ' || t.tid, 'a thread'))
      || ': ' || s.doing || ' (' || s.times || ' of '
      || sum(s.times) OVER (PARTITION BY s.seq, s.thread_id) || ' looks)' AS words,
    row_number() OVER (PARTITION BY s.seq
      ORDER BY t.first_seq = p.first_seq DESC, s.times DESC) AS place
  FROM seen s
  LEFT JOIN thread t ON t.run_id = :run AND t.id = s.thread_id
  LEFT JOIN process p ON p.run_id = :run AND p.id = t.process_id
)
SELECT :run AS run, p.pid, m.name AS process, g.from_name AS "from", g.name AS "to",
  g.from_t_ns AS t_ns, g.gap_ns,
  (SELECT CAST(total(e.hold_ns) AS INTEGER) FROM event e
    WHERE e.run_id = :run AND e.seq >= g.from_seq AND e.seq < g.seq
      AND e.process_id = g.process_id) AS held_ns,
  (SELECT b.cpu_ns - a.cpu_ns FROM event a CROSS JOIN event b ON b.run_id = a.run_id
    WHERE a.run_id = :run AND a.seq = g.from_seq AND b.seq = g.seq AND b.cpu_ns >= a.cpu_ns)
    AS cpu_ns,
  (SELECT group_concat(words, '; ') FROM (SELECT t.words FROM told t
    WHERE t.seq = g.seq AND t.place <= 3 ORDER BY t.place)) AS looks,
  g.from_seq, g.seq
FROM longest g
LEFT JOIN process p ON p.run_id = :run AND p.id = g.process_id
LEFT JOIN module m ON m.id = p.image_module_id
