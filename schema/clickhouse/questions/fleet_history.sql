-- A quantity of each run, the builds in the order in which they were first recorded.
SELECT label, start_utc_ns, value
FROM ({values})
ALL INNER JOIN ({runs}) USING copy
ORDER BY label, start_utc_ns, uuid
