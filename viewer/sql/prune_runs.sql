-- What prune may take away: of the chosen runs (:runs, a JSON array) those that are not among the
-- newest :keep, and began before :before_ns; and why one stays all the same (:kept, a JSON object:
-- the uuid of a run, and which file names it).
WITH
kept AS MATERIALIZED (SELECT key, value FROM json_each(:kept)),
chosen AS (
  SELECT r.id, r.uuid, r.state, r.start_utc_ns,
      row_number() OVER (ORDER BY r.start_utc_ns DESC, r.id DESC) AS place
  FROM main.run r WHERE r.id IN (SELECT value FROM json_each(:runs))
)
SELECT c.id AS run, v.start, v.events, v.labels, v.command_line,
  CASE
  WHEN c.state = 'recording' THEN 'it is being recorded'
  WHEN k.key IS NOT NULL THEN k.value || ' was learned from it'
  END AS reason
FROM chosen c
JOIN runs v ON v.run = c.id
LEFT JOIN kept k ON k.key = c.uuid
WHERE c.place > :keep AND (:before_ns IS NULL OR c.start_utc_ns < :before_ns)
ORDER BY c.id
