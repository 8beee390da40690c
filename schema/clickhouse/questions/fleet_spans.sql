-- How long it took from one point of a run to another, by build: as 'stats --only time'.
SELECT label, program, name, if(runs = of_runs, 'always', 'sometimes') AS presence, runs, of_runs,
  quartiles[2] AS median_ns, if(n > 1, quartiles[1], NULL) AS low_ns,
  if(n > 1, quartiles[3], NULL) AS high_ns,
  toInt64(floor(0.5 + (held[intDiv(n + 1, 2)] + held[intDiv(n, 2) + 1]) / 2)) AS held_ns
FROM (
  SELECT label, program, name, runs, held, n, {quartiles} AS quartiles
  FROM (
    SELECT label, program, name, count() AS runs, toInt64(count()) AS n,
      arraySort(groupArray(other_ns)) AS held, arraySort(groupArray(ns)) AS sorted
    FROM (
      SELECT {label}copy, program, name, ns, other_ns FROM measure
      WHERE what = 'span' AND {rows}{in_runs}
    ){join_label}
    GROUP BY label, program, name
  )
)
ALL INNER JOIN (
  SELECT label, program, count() AS of_runs, min(start_utc_ns) AS began FROM ({runs})
  GROUP BY label, program
) USING label, program
ORDER BY program, name, began, label
