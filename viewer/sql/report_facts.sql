-- What a report says of a run, besides its summary, which facts.c makes the table s (MATERIALIZED:
-- else SQLite would compute it at each mention). Of several processes only gaps of those count that
-- waited for no child.
SELECT s.*,
  (SELECT count(*) FROM main.process p WHERE p.run_id = :run) AS processes,
  (SELECT count(*) FROM main.thread t WHERE t.run_id = :run) AS threads,
  (SELECT count(*) FROM main.event_load_dll l WHERE l.run_id = :run) AS loads,
  (SELECT count(*) FROM main.event_output_debug_string o WHERE o.run_id = :run) AS strings,
  (SELECT p.name FROM processes p WHERE p.run = :run ORDER BY p.process LIMIT 1) AS program,
  (SELECT group_concat(l.key || '=' || l.value, ' ') FROM main.label l WHERE l.run_id = :run)
      AS label_words,
  json_extract(s.told_gaps, '$[0].gap_ns') AS gap_ns,
  json_extract(s.told_gaps, '$[0].from') AS gap_from,
  json_extract(s.told_gaps, '$[0].to') AS gap_to,
  json_extract(s.told_gaps, '$[0].looks') AS gap_looks,
  json_extract(s.told_gaps, '$[0].process') AS gap_process,
  json_extract(s.told_gaps, '$[0].pid') AS gap_pid,
  -- when the loader was done, and when the program itself began
  (SELECT json_extract(j.value, '$.t_ns') FROM json_each(s.phases) j
    WHERE json_extract(j.value, '$.to') = 'loaded' LIMIT 1) AS loaded_t_ns,
  (SELECT json_extract(j.value, '$.t_ns') FROM json_each(s.phases) j
    WHERE json_extract(j.value, '$.to') = 'entry' LIMIT 1) AS entry_t_ns,
  json_extract(s.failed_loads, '$[0].name') AS failed_name,
  json_extract(s.failed_loads, '$[0].needed_by') AS failed_needed_by,
  json_extract(s.failed_loads, '$[0].words') AS failed_words,
  json_extract(s.failed_loads, '$[0].load_phase') = 'startup' AS failed_start,
  coalesce(json_extract(s.first_exception, '$.name'), json_extract(s.first_exception, '$.code'))
      AS exception_name,
  coalesce(json_extract(s.first_exception, '$.module') || '+'
      || json_extract(s.first_exception, '$.offset'),
    json_extract(s.first_exception, '$.address')) AS exception_place,
  json_extract(s.first_exception, '$.t_ns') AS exception_t_ns
FROM (SELECT DISTINCT *, iif(process_count > 1, process_gaps, gaps) AS told_gaps FROM s) s
