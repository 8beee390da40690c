-- The counts that the run's row keeps are those of the events, which ?1 says: a JSON array of [run,
-- kind, events]. A run that is being recorded may be ahead of its row.
WITH counted AS MATERIALIZED (
  -- CAST: without a type SQLite would not look them up, but go through all of them
  SELECT CAST(json_extract(value, '$[0]') AS INTEGER) AS run_id,
      CAST(json_extract(value, '$[1]') AS INTEGER) AS kind, json_extract(value, '$[2]') AS events
  FROM json_each(?1)
),
told AS MATERIALIZED (
  SELECT r.id AS run_id, CAST(c.key AS TEXT) AS kind, c.value AS events
  FROM main.run r, json_each(CASE WHEN json_valid(r.counts) THEN r.counts ELSE '{}' END) c
)
SELECT printf('run %d: %d events, but the run says %s', r.id, coalesce(c.events, 0), r.events)
FROM main.run r LEFT JOIN (SELECT run_id, sum(events) AS events FROM counted GROUP BY run_id) c
    ON c.run_id = r.id
WHERE r.state <> 'recording' AND r.events IS NOT coalesce(c.events, 0)
UNION ALL
SELECT printf('run %d: its counts are not a JSON object', id) FROM main.run
WHERE state <> 'recording' AND (NOT json_valid(counts) OR counts IS NULL
    OR json_type(iif(json_valid(counts), counts, '0')) <> 'object')
UNION ALL
SELECT printf('run %d: %d events %s, but the run says %s', c.run_id, c.events, k.name,
    coalesce(t.events, 'nothing of them'))
FROM counted c JOIN temp.kind k ON k.id = c.kind JOIN main.run r ON r.id = c.run_id
LEFT JOIN told t ON t.run_id = c.run_id AND t.kind = k.name
WHERE r.state <> 'recording' AND t.events IS NOT c.events
UNION ALL
SELECT printf('run %d: no events %s, but the run says %s', t.run_id, t.kind, t.events)
FROM told t JOIN main.run r ON r.id = t.run_id LEFT JOIN temp.kind k ON k.name = t.kind
LEFT JOIN counted c ON c.run_id = t.run_id AND c.kind = k.id
WHERE r.state <> 'recording' AND t.events IS NOT 0 AND c.events IS NULL
