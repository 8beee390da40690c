-- What was asked of the loader in vain, by build: as 'loads --failed'.
SELECT label, program, what, name, needed_by, load_phase, runs, of_runs, times, first_words AS words
FROM (
  SELECT label, program, what, name, needed_by, load_phase, uniqExact(copy) AS runs,
    count() AS times,
    argMin(words, start_utc_ns) AS first_words
  FROM (SELECT copy, what, name, needed_by, load_phase, words FROM failed_load WHERE {rows})
  ALL INNER JOIN ({runs}) USING copy
  GROUP BY label, program, what, name, needed_by, load_phase
)
ALL INNER JOIN (
  SELECT label, program, count() AS of_runs, min(start_utc_ns) AS began FROM ({runs})
  GROUP BY label, program
) USING label, program
ORDER BY program, name, began, label, what, needed_by, load_phase
