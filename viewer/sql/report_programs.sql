-- The programs of :run by what their processes took; failed are those that ended otherwise than
-- with 0.
SELECT :run AS run, name, count(*) AS processes,
  sum(exit_signal IS NOT NULL OR coalesce(exit_code, 0) <> 0) AS failed,
  sum(end_t_ns - start_t_ns) AS lived_ns, max(end_t_ns - start_t_ns) AS longest_ns,
  sum(cpu_user_ns + cpu_system_ns) AS cpu_ns, max(peak_bytes) AS peak_bytes,
  row_number() OVER (ORDER BY sum(cpu_user_ns + cpu_system_ns) DESC,
    sum(end_t_ns - start_t_ns) DESC, name) AS place
FROM processes WHERE run = :run GROUP BY name
