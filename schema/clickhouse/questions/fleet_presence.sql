-- Which modules each build loads, in how many of its runs, and when: as 'stats --only loads'.
SELECT label, program, process, first_name AS name,
  if(runs = of_runs, 'always', 'sometimes') AS presence, runs, of_runs,
  if(runs < of_runs, 0, fewest) AS least, most, quartiles[2] AS median_ns,
  if(n > 1, quartiles[1], NULL) AS low_ns, if(n > 1, quartiles[3], NULL) AS high_ns,
  if(length(places) = 1, places[1], '') AS place
FROM (
  SELECT label, program, process, key, first_name, runs, fewest, most, places, n,
    {quartiles} AS quartiles
  FROM (
    SELECT label, program, process, key, argMin(name, start_utc_ns) AS first_name,
      count() AS runs, min(times) AS fewest, max(times) AS most,
      toInt64(countIf(ns >= 0)) AS n, arraySort(groupArrayIf(ns, ns >= 0)) AS sorted,
      groupUniqArray(place) AS places
    FROM (
      SELECT {label}copy, program, process, key, name, times, ns, place, start_utc_ns FROM measure
      WHERE what = 'load' AND {rows}{in_runs}
    ){join_label}
    GROUP BY label, program, process, key
  )
)
ALL INNER JOIN (
  SELECT label, program, count() AS of_runs, min(start_utc_ns) AS began FROM ({runs})
  GROUP BY label, program
) USING label, program
ORDER BY program, process, key, began, label
