-- What run :run did not get by a name that fits :name: loads that failed, with the loader's words,
-- and what is imported though nothing of that name was loaded. Then whether it was looked for in
-- folders, and as in why_search by whom: the program, or who asked.
WITH said AS MATERIALIZED (SELECT * FROM failed_loads WHERE run = :run AND what <> 'call'),
failed AS MATERIALIZED (
  SELECT f.*, p.image_module_id AS program_id, coalesce(
      iif(i.name = f.needed_by, i.id, NULL),
      iif(f.needed_by IS NULL AND (f.request IS NULL OR f.request = f.name),
        (SELECT r.module_id FROM main.kept_stack k JOIN main.frame r ON r.id = k.cause_frame_id
        WHERE k.run_id = :run AND k.seq = f.seq), NULL)) AS importer_id
  FROM said f
  LEFT JOIN main.event e ON e.run_id = :run AND e.seq = f.seq
  LEFT JOIN main.process p ON p.run_id = :run AND p.id = e.process_id
  LEFT JOIN main.module i ON i.id = p.image_module_id),
preloaded(name) AS (
  SELECT value FROM main.environment WHERE run_id = :run AND name = 'LD_PRELOAD'),
path(module_id, rpath, runpath) AS MATERIALIZED (
  SELECT i.module_id, max(iif(i.kind = 4, i.name, NULL)), max(iif(i.kind = 5, i.name, NULL))
  FROM main.import i WHERE i.kind IN (4, 5)
    AND i.module_id IN (SELECT importer_id FROM failed UNION SELECT program_id FROM failed)
  GROUP BY i.module_id),
loaded(name) AS MATERIALIZED (
  SELECT value FROM (
    SELECT o.soname AS value FROM main.event_load_dll l JOIN main.module o ON o.id = l.module_id
    WHERE l.run_id = :run
    UNION SELECT o.name FROM main.event_load_dll l JOIN main.module o ON o.id = l.module_id
    WHERE l.run_id = :run)
  WHERE value IS NOT NULL)
SELECT f.name, coalesce(f.needed_by || ' needs it: ', f.asked_by || ' asked for '
  || iif(f.request IS NULL OR f.request = f.name, 'it: ', f.request || ', which needs it: '),
  iif(f.load_phase = 'startup' AND instr((SELECT name FROM preloaded), f.name) > 0,
    'LD_PRELOAD has it: ', NULL), '') || f.words AS why, f.t_ns, f.seq,
  f.words LIKE 'cannot open shared object file%' AND instr(f.name, '/') = 0 AS is_searched,
  NULL, im.name, im.path, f.needed_by, ip.rpath, ip.runpath, pm.name, pm.path,
  iif(pm.id IS NOT im.id AND pp.runpath IS NULL, pp.rpath, NULL)
FROM failed f
LEFT JOIN main.module im ON im.id = f.importer_id
LEFT JOIN main.module pm ON pm.id = f.program_id
LEFT JOIN path ip ON ip.module_id = im.id
LEFT JOIN path pp ON pp.module_id = pm.id
WHERE f.what = 'module' AND trail_glob(:name, f.name, f.name)
UNION ALL
-- what is there and lacks something
SELECT replace(f.object, rtrim(f.object, replace(f.object, '/', '')), ''),
  f.words || coalesce(', in a call by ' || f.asked_by, ''), f.t_ns, f.seq,
  0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM failed f
WHERE f.what = 'symbol' AND trail_glob(:name,
  replace(f.object, rtrim(f.object, replace(f.object, '/', '')), ''), f.object)
UNION ALL
SELECT DISTINCT i.name, iif(i.version COLLATE NOCASE IN (SELECT name FROM loaded),
  'no module, but an API set: ' || i.version || ' stands for it',
  'imported by ' || m.name || coalesce(' (an API set: ' || i.version || ' stands for it)', '')
    || ', but never loaded'), NULL, NULL,
  0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM main.import i
JOIN main.module m ON m.id = i.module_id
WHERE i.kind IN (0, 1) AND trail_glob(:name, i.name, i.name) AND i.module_id IN (
    SELECT l.module_id FROM main.event_load_dll l WHERE l.run_id = :run
    UNION SELECT c.image_module_id FROM main.event_create_process c WHERE c.run_id = :run)
  AND i.name COLLATE NOCASE NOT IN (SELECT name FROM loaded)
  AND NOT (i.version IS NULL AND (i.name LIKE 'api-ms-%' OR i.name LIKE 'ext-ms-%'))
  -- by its name, or by the path of what was found and is no good
  AND i.name NOT IN (SELECT replace(f.name, rtrim(f.name, replace(f.name, '/', '')), '')
    FROM failed f WHERE f.what = 'module' AND f.name IS NOT NULL)
ORDER BY 4, 1, 2
