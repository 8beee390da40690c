-- Modules, and places that modules came from, that no run of the program before had, the newest
-- first; not what the first build had.
SELECT if(first = module_first, 'module', 'place') AS what, program, process, name, place, label,
  runs, uuid AS first_run,
  concat(replaceAll(toString(toDateTime(intDiv(first, 1000000000)), 'UTC'), ' ', 'T'), '.',
    substring(toString(1000 + intDiv(first, 1000000) % 1000), 2), 'Z') AS start
FROM (
  SELECT program, process, key, module_first, name, place, label, runs, first, copy
  FROM (
    SELECT program, process, key, module_first, name, place, label, runs, first, copy
    FROM (
      SELECT program, process, key, min(first_ns) AS module_first, groupArray(first_name) AS names,
        groupArray(place) AS places, groupArray(first_label) AS labels, groupArray(runs) AS counts,
        groupArray(first_ns) AS firsts, groupArray(first_copy) AS copies
      FROM (
        SELECT program, process, key, place, argMin(name, start_utc_ns) AS first_name,
          min(start_utc_ns) AS first_ns, argMin(label, start_utc_ns) AS first_label,
          argMin(copy, start_utc_ns) AS first_copy, count() AS runs
        FROM (
          SELECT {label}copy, program, process, key, name, place, start_utc_ns FROM measure
          WHERE what IN ('load', 'place'){in_all_runs}
        ){join_all_labels}
        GROUP BY program, process, key, place
      )
      GROUP BY program, process, key
    )
    ARRAY JOIN names AS name, places AS place, labels AS label, counts AS runs, firsts AS first,
      copies AS copy
  )
  ALL INNER JOIN (
    SELECT program, argMin(label, start_utc_ns) AS oldest FROM ({all_runs}) GROUP BY program
  ) USING program
  WHERE label <> oldest AND first >= {since}
)
ALL INNER JOIN (SELECT copy, uuid FROM ({all_runs})) USING copy
ORDER BY first DESC, program, process, key, place
