-- Modules, and places that modules came from, that no run of the program before had, the newest
-- first; not what the first build had.
SELECT if(first_ns = module_ns, 'module', 'place') AS what, program, process, first_name AS name,
  place, first_label AS label, runs, first_run,
  concat(replaceAll(toString(toDateTime(intDiv(first_ns, 1000000000)), 'UTC'), ' ', 'T'), '.',
    substring(toString(1000 + intDiv(first_ns, 1000000) % 1000), 2), 'Z') AS start
FROM (
  SELECT program, process, key, place, first_name, first_ns, first_label, first_run, runs, oldest
  FROM (
    SELECT program, process, key, place, argMin(name, start_utc_ns) AS first_name,
      min(start_utc_ns) AS first_ns, argMin(label, start_utc_ns) AS first_label,
      argMin(uuid, start_utc_ns) AS first_run, uniqExact(copy) AS runs
    FROM (SELECT copy, process, key, name, place FROM measure WHERE what IN ('load', 'place'))
    ALL INNER JOIN ({all_runs}) USING copy
    GROUP BY program, process, key, place
  )
  ALL INNER JOIN (
    SELECT program, argMin(label, start_utc_ns) AS oldest FROM ({all_runs}) GROUP BY program
  ) USING program
  WHERE first_ns >= {since} AND first_label <> oldest
)
ALL INNER JOIN (
  SELECT program, process, key, min(start_utc_ns) AS module_ns
  FROM (SELECT copy, process, key FROM measure WHERE what IN ('load', 'place'))
  ALL INNER JOIN ({all_runs}) USING copy
  GROUP BY program, process, key
) USING program, process, key
ORDER BY first_ns DESC, program, process, key, place
