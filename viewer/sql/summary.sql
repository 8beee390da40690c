-- One row for :run: all of the view runs, and what a summary adds to it, as JSON. It looks at
-- loads and marks (of a long run at the first of them), never at all events.
WITH RECURSIVE
-- A long run is looked at up to the first of its 10,000th load, process, exit and mark.
cutoff AS MATERIALIZED (
  SELECT min(seq) AS seq FROM (
    SELECT * FROM (SELECT seq FROM event_load_dll WHERE run_id = :run ORDER BY seq
        LIMIT 1 OFFSET 9999)
    UNION ALL SELECT * FROM (SELECT seq FROM event_create_process WHERE run_id = :run ORDER BY seq
        LIMIT 1 OFFSET 9999)
    UNION ALL SELECT * FROM (SELECT seq FROM event_exit_process WHERE run_id = :run ORDER BY seq
        LIMIT 1 OFFSET 9999)
    UNION ALL SELECT * FROM (SELECT seq FROM event_mark WHERE run_id = :run ORDER BY seq
        LIMIT 1 OFFSET 9999)
    UNION ALL SELECT 9223372036854775807
  )
),
bounds AS MATERIALIZED (
  SELECT b.seq, b.t_ns, b.process AS process_id, b.synthetic, b.name,
      iif(b.what = 'load', b.module, NULL) AS module_id,
      sum(b.what IN ('start', 'exec')) OVER (PARTITION BY b.process ORDER BY b.seq) AS image
  FROM temp.bounds b WHERE b.run = :run AND b.seq <= (SELECT seq FROM cutoff)
),
gap AS (
  SELECT seq, process_id, t_ns, name, lag(name) OVER w AS before, t_ns - lag(t_ns) OVER w AS gap_ns
  FROM bounds WHERE synthetic = 0
  WINDOW w AS (PARTITION BY process_id ORDER BY t_ns, seq)
),
-- The points between which there are phases, named as in rules and comparisons. The time to the end
-- belongs to what was seen of all of them.
-- The loader is at work until 'loaded', then the constructors of what it has loaded, from 'entry'
-- on the program itself: of what was launched, the last program that it ran.
entry AS MATERIALIZED (
  SELECT n.seq, e.t_ns FROM event_entry_point n
  CROSS JOIN event e ON e.run_id = n.run_id AND e.seq = n.seq
  WHERE n.run_id = :run AND e.process_id = 1 ORDER BY n.seq DESC LIMIT 1
),
points AS MATERIALIZED (
  SELECT seq, t_ns, 'entry' AS name FROM entry
  UNION ALL
  SELECT * FROM (
    SELECT l.seq, e.t_ns, 'loaded' FROM event_load_dll l
    CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
    WHERE l.run_id = :run AND l.load_phase = 0 AND e.process_id = 1
      AND l.seq < (SELECT seq FROM entry)
    ORDER BY l.seq DESC LIMIT 1
  )
  UNION ALL
  SELECT * FROM (
    SELECT k.seq, e.t_ns, 'mark:' || k.name || CASE WHEN row_number() OVER w > 1
        THEN '#' || row_number() OVER w ELSE '' END AS name
    FROM event_mark k CROSS JOIN event e ON e.run_id = k.run_id AND e.seq = k.seq
    WHERE k.run_id = :run
    WINDOW w AS (PARTITION BY k.name ORDER BY k.seq)
    ORDER BY k.seq LIMIT 50
  )
  UNION ALL
  SELECT max(k.seq) + 1, r.wall_ns, 'end' FROM run r JOIN (
    SELECT seq FROM event_mark WHERE run_id = :run UNION ALL SELECT seq FROM entry) k
  WHERE r.id = :run AND r.wall_ns IS NOT NULL
  GROUP BY r.id HAVING count(*) <= 51
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
),
-- What is an error, not a notice as SIGCHLD is: a signal that dumps core by default (signal(7)), or
-- an exception that says it is a warning or an error (its upper two bits).
fault AS MATERIALIZED (
  SELECT x.seq FROM event_exception x
  WHERE x.run_id = :run AND CASE WHEN x.si_code IS NULL THEN x.code & 0x80000000
    OR x.seq IN (SELECT seq FROM loader_breakpoint)
    ELSE x.code IN (3, 4, 5, 6, 7, 8, 11, 24, 25, 31) END
),
-- A child has a higher number than its parent, as in tree.sql.
relative AS MATERIALIZED (
  SELECT p.process AS id, coalesce(p.name, '?') AS name, p.pid, p.command_line, p.start_t_ns,
    p.end_t_ns - p.start_t_ns AS lived_ns, p.cpu_user_ns + p.cpu_system_ns AS cpu_ns,
    p.exit_code IS NOT 0 AND p.exit_code IS NOT NULL OR p.exit_signal IS NOT NULL AS has_failed,
    q.id AS parent, row_number() OVER (PARTITION BY q.id
      ORDER BY p.end_t_ns IS NULL DESC, p.end_t_ns DESC, p.process DESC) AS from_last,
    row_number() OVER (PARTITION BY q.id ORDER BY p.end_t_ns IS NULL DESC,
      p.end_t_ns - p.start_t_ns DESC, p.process DESC) AS from_longest
  FROM processes p LEFT JOIN process q
    ON q.run_id = p.run AND q.id = p.parent_process AND q.id < p.process
  WHERE p.run = :run
),
-- Each with its child that ended last, which is what it waited for in the end; and each with its
-- child that lived longest.
chain(list, id, depth) AS (
  SELECT list, id, 0 FROM relative, (SELECT 'last' AS list UNION ALL SELECT 'longest')
  WHERE parent IS NULL AND iif(list = 'last', from_last, from_longest) = 1
  UNION ALL
  SELECT c.list, r.id, c.depth + 1 FROM chain c CROSS JOIN relative r
    ON r.parent = c.id AND iif(c.list = 'last', r.from_last, r.from_longest) = 1
  WHERE c.depth < 10
),
gone_through AS (
  SELECT group_concat(name, ' > ') AS images FROM (
    SELECT e.process_id, coalesce(m.name, '?') AS name FROM event_create_process c
    CROSS JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq
    LEFT JOIN module m ON m.id = c.image_module_id
    WHERE c.run_id = :run AND c.via IS NOT 1
    ORDER BY e.process_id, c.seq)
  GROUP BY process_id HAVING count(*) > 1
),
-- The longest of all, and the longest of each process that waited for no child.
top_gap AS (
  SELECT * FROM (SELECT 'run' AS list, * FROM gap WHERE gap_ns > 0
    ORDER BY gap_ns DESC, seq LIMIT 5)
  UNION ALL
  SELECT * FROM (SELECT 'process', seq, process_id, t_ns, name, before, gap_ns
    FROM (SELECT *, row_number() OVER (PARTITION BY process_id ORDER BY gap_ns DESC, seq) AS place
      FROM gap WHERE gap_ns > 0
        AND process_id NOT IN (SELECT parent FROM relative WHERE parent IS NOT NULL))
    WHERE place = 1 ORDER BY gap_ns DESC, seq LIMIT 5)
),
told_gap AS MATERIALIZED (
  SELECT g.*, p.pid, m.name AS process, (
    SELECT 'main: ' || doing || ' (' || times || ' of ' || looks || ' looks)' FROM (
      SELECT o.doing, count(*) AS times, sum(count(*)) OVER () AS looks
      FROM look_words o JOIN thread t ON t.run_id = :run AND t.id = o.thread_id
      WHERE o.run_id = :run AND o.process_id = g.process_id
        AND o.t_ns > g.t_ns - g.gap_ns AND o.t_ns < g.t_ns AND t.first_seq = p.first_seq
      GROUP BY o.doing ORDER BY times DESC, o.doing LIMIT 1)) AS looks
  FROM top_gap g
  LEFT JOIN process p ON p.run_id = :run AND p.id = g.process_id
  LEFT JOIN module m ON m.id = p.image_module_id
)
SELECT r.*,
  CASE WHEN json_valid(r.counts) AND json_valid(r.holds) THEN (
    SELECT json_group_array(json_object('kind', c.key, 'events', c.value,
             'hold_ns', json_extract(c.holds, '$.total_ns'), 'p50_hold_ns',
                 json_extract(c.holds, '$.p50_ns'),
             'p99_hold_ns', json_extract(c.holds, '$.p99_ns')))
    FROM (SELECT k.name AS key, json_extract(r.counts, '$.' || k.name) AS value,
        json_extract(r.holds, '$.' || k.name) AS holds FROM kind k ORDER BY k.id) c
    WHERE c.value IS NOT NULL
  ) END AS kinds,
  (
    SELECT json_group_array(json_object('ns', t_ns - since, 'from', before, 'to', name, 't_ns',
        t_ns))
    FROM (SELECT p.t_ns, p.name, lag(p.name, 1, 'start') OVER w AS before,
        lag(p.t_ns, 1, 0) OVER w AS since FROM points p WINDOW w AS (ORDER BY p.seq))
  ) AS phases,
  (SELECT count(*) FROM event_mark k WHERE k.run_id = :run) AS marks,
  (SELECT count(*) FROM relative) AS process_count,
  (
    SELECT json_group_array(json_object('name', name, 'processes', processes, 'lived_ns', lived_ns,
        'cpu_ns', cpu_ns, 'failed', failed))
    -- total(), since sum() is an error where a damaged file's numbers are too large
    FROM (SELECT name, count(*) AS processes,
        iif(count(lived_ns) > 0, CAST(total(lived_ns) AS INTEGER), NULL) AS lived_ns,
        iif(count(cpu_ns) > 0, CAST(total(cpu_ns) AS INTEGER), NULL) AS cpu_ns,
        sum(has_failed) AS failed
        FROM relative GROUP BY name ORDER BY 4 DESC, 3 DESC, name LIMIT 10)
  ) AS programs,
  (
    SELECT json_group_array(json_object('pid', pid, 'name', name, 'command_line', command_line,
        'start_t_ns', start_t_ns, 'lived_ns', lived_ns, 'cpu_ns', cpu_ns))
    FROM (SELECT r.* FROM chain c CROSS JOIN relative r ON r.id = c.id
        WHERE c.list = 'last' AND (SELECT count(*) FROM relative) > 1 ORDER BY c.depth)
  ) AS critical_chain,
  (
    SELECT json_group_array(json_object('pid', pid, 'name', name, 'command_line', command_line,
        'start_t_ns', start_t_ns, 'lived_ns', lived_ns, 'cpu_ns', cpu_ns))
    FROM (SELECT r.* FROM chain c CROSS JOIN relative r ON r.id = c.id
        WHERE c.list = 'longest' AND (SELECT count(*) FROM relative) > 1 ORDER BY c.depth)
  ) AS longest_chain,
  (
    SELECT json_group_array(json_object('images', images, 'processes', processes))
    FROM (SELECT images, count(*) AS processes FROM gone_through
        GROUP BY images ORDER BY processes DESC, images LIMIT 5)
  ) AS exec_chains,
  -- SIGCHLD with CLD_EXITED, CLD_KILLED or CLD_DUMPED; several at once become one
  CASE WHEN r.follow = 0 THEN (SELECT count(*) FROM event_exception x
    WHERE x.run_id = :run AND x.code = 17 AND x.si_code BETWEEN 1 AND 3) ELSE 0 END AS unfollowed,
  (
    SELECT json_group_array(json_object('gap_ns', gap_ns, 'from', before, 'to', name, 't_ns', t_ns,
        'pid', pid, 'process', process, 'looks', looks))
    FROM (SELECT * FROM told_gap WHERE list = 'run' ORDER BY gap_ns DESC, seq)
  ) AS gaps,
  (
    SELECT json_group_array(json_object('gap_ns', gap_ns, 'from', before, 'to', name, 't_ns', t_ns,
        'pid', pid, 'process', process, 'looks', looks))
    FROM (SELECT * FROM told_gap WHERE list = 'process' ORDER BY gap_ns DESC, seq)
  ) AS process_gaps,
  (
    SELECT json_group_array(json_object('name', name, 'times', times, 'pid', pid))
    FROM (
      SELECT b.name, count(*) AS times, p.pid
      FROM bounds b LEFT JOIN process p ON p.run_id = :run AND p.id = b.process_id
      WHERE b.module_id IS NOT NULL
      GROUP BY b.process_id, b.image, b.name HAVING count(*) > 1
      ORDER BY times DESC, min(b.seq) LIMIT 10
    )
  ) AS repeated_modules,
  (SELECT count(*) FROM fault) - (SELECT count(*) FROM loader_breakpoint) AS exceptions,
  (
    SELECT json_group_array(json_object('name', name, 'times', times)) FROM (
      SELECT coalesce(c.word, CAST(n.code AS TEXT)) AS name, n.times
      FROM (SELECT x.code, x.si_code IS NULL AS is_windows, count(*) AS times
          FROM event_exception x
          WHERE x.run_id = :run AND x.seq NOT IN (SELECT seq FROM fault) GROUP BY 1, 2) n
      LEFT JOIN code c ON c.domain = iif(n.is_windows, 'exception', 'signal') AND c.value = n.code
      ORDER BY n.times DESC, n.code LIMIT 5
    )
  ) AS notices,
  (SELECT count(*) FROM loader_breakpoint) AS loader_breakpoints,
  (SELECT sum(x.cpu_user_ns + x.cpu_system_ns) FROM event_exit_process x WHERE x.run_id = :run)
      AS cpu_ns,
  (SELECT count(*) FROM event_exit_process x WHERE x.run_id = :run) AS ended_processes,
  (SELECT count(x.cpu_user_ns) FROM event_exit_process x WHERE x.run_id = :run) AS used_processes,
  (SELECT max(x.peak_bytes) FROM event_exit_process x WHERE x.run_id = :run) AS peak_bytes,
  (
    SELECT json_object('name', x.name, 'code', x.code, 'access', x.access, 'first_chance',
        x.first_chance, 'module', x.module, 'offset', x.offset,
                       'address', x.address, 't_ns', x.t_ns, 'pid', x.pid, 'tid', x.tid, 'seq',
                           x.seq)
    FROM exceptions x WHERE x.run = :run AND x.seq = (SELECT min(f.seq) FROM fault f
        WHERE f.seq NOT IN (SELECT seq FROM loader_breakpoint))
  ) AS first_exception,
  (
    SELECT json_group_array(json_object('name', name, 'what', what, 'needed_by', needed_by, 'words',
        words, 'source', source, 'load_phase', load_phase, 't_ns', t_ns, 'pid', pid, 'times',
        times))
    FROM (SELECT f.*, count(*) AS times, min(f.seq) FROM failed_loads f
        WHERE f.run = :run AND f.what <> 'call'
        GROUP BY f.what, f.name, f.needed_by, f.words, f.source, f.load_phase
        ORDER BY f.load_phase <> 'startup', f.what <> 'module', min(f.seq) LIMIT 5)
  ) AS failed_loads,
  (SELECT count(*) FROM failed_loads f WHERE f.run = :run AND f.what <> 'call') AS failed,
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
