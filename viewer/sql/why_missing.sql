-- What run :run did not get by a name that fits :name: loads that failed, with the loader's words,
-- and what is imported though nothing of that name was loaded.
WITH failed AS MATERIALIZED (SELECT * FROM failed_loads WHERE run = :run AND what = 'module'),
loaded(name) AS MATERIALIZED (
  SELECT value FROM (
    SELECT o.soname AS value FROM main.event_load_dll l JOIN main.module o ON o.id = l.module_id
    WHERE l.run_id = :run
    UNION SELECT o.name FROM main.event_load_dll l JOIN main.module o ON o.id = l.module_id
    WHERE l.run_id = :run)
  WHERE value IS NOT NULL)
SELECT f.name, coalesce(f.needed_by || ' needs it: ', f.asked_by || ' asked for '
  || iif(f.request IS NULL OR f.request = f.name, 'it: ', f.request || ', which needs it: '), '')
  || f.words AS why, f.t_ns, f.seq
FROM failed f
WHERE trail_glob(:name, f.name, f.name)
UNION ALL
SELECT DISTINCT i.name, iif(i.version COLLATE NOCASE IN (SELECT name FROM loaded),
  'no module, but an API set: ' || i.version || ' stands for it',
  'imported by ' || m.name || coalesce(' (an API set: ' || i.version || ' stands for it)', '')
    || ', but never loaded'), NULL, NULL
FROM main.import i
JOIN main.module m ON m.id = i.module_id
WHERE i.kind IN (0, 1) AND trail_glob(:name, i.name, i.name) AND i.module_id IN (
    SELECT l.module_id FROM main.event_load_dll l WHERE l.run_id = :run
    UNION SELECT c.image_module_id FROM main.event_create_process c WHERE c.run_id = :run)
  AND i.name COLLATE NOCASE NOT IN (SELECT name FROM loaded)
  AND NOT (i.version IS NULL AND (i.name LIKE 'api-ms-%' OR i.name LIKE 'ext-ms-%'))
  -- by its name, or by the path of what was found and is no good
  AND i.name NOT IN (SELECT replace(f.name, rtrim(f.name, replace(f.name, '/', '')), '')
    FROM failed f WHERE f.name IS NOT NULL)
ORDER BY 4, 1, 2
