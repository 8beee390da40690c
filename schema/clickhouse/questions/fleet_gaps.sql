-- How long it took in a thread from one thing that bounds gaps to the next, by build, the longest
-- first: as 'stats --only gaps'.
SELECT label, program, process, name, if(runs = of_runs, 'always', 'sometimes') AS presence,
  runs, of_runs, quartiles[2] AS median_ns, if(n > 1, quartiles[1], NULL) AS low_ns,
  if(n > 1, quartiles[3], NULL) AS high_ns
FROM (
  SELECT label, program, process, name, runs, n, {quartiles} AS quartiles
  FROM (
    SELECT label, program, process, name, count() AS runs, toInt64(count()) AS n,
      arraySort(groupArray(ns)) AS sorted
    FROM (
      SELECT {label}copy, program, process, name, ns FROM measure
      WHERE what = 'gap' AND {rows}{in_runs}
    ){join_label}
    GROUP BY label, program, process, name
  )
)
ALL INNER JOIN (
  SELECT label, program, count() AS of_runs, min(start_utc_ns) AS began FROM ({runs})
  GROUP BY label, program
) USING label, program
ORDER BY median_ns DESC, program, process, name, began, label
