-- The longest gaps of :run: between two events of one process that bound gaps - its start, an exec,
-- loads, failed loads, marks, its exit - with what was seen of its threads meanwhile.
WITH
pair AS (
  SELECT process AS process_id, seq, coalesce(name, '?') AS name, t_ns, lag(seq) OVER w AS from_seq,
      lag(coalesce(name, '?')) OVER w AS from_name, lag(t_ns) OVER w AS from_t_ns
  FROM bounds WHERE run = :run AND synthetic = 0
  WINDOW w AS (PARTITION BY process ORDER BY t_ns, seq)
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
