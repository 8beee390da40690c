-- What says where load :seq of run :run was looked for: whose import it is, by which name, and the
-- folders that are asked before the system's own. (What is the same for the whole run: why_run.)
SELECT
  m.path,
  im.name AS importer,
  im.path AS importer_path,
  coalesce((SELECT coalesce(i.version, i.name) FROM main.import i WHERE i.module_id = im.id
      AND i.kind IN (0, 1) AND coalesce(i.version, i.name) IN (m.soname, m.name) COLLATE NOCASE
      LIMIT 1), iif(l.cause IN (0, 1, 2), m.name, NULL)) AS imported_as,
  (SELECT i.name FROM main.import i WHERE i.module_id = im.id AND i.kind = 4) AS rpath,
  (SELECT i.name FROM main.import i WHERE i.module_id = im.id AND i.kind = 5) AS runpath,
  pm.name AS program,
  pm.path AS program_path,
  -- what launched it all has the RPATH that why_run tells
  iif(pm.id IS NOT im.id AND pm.id = (SELECT p1.image_module_id FROM main.process p1
    WHERE p1.run_id = :run AND p1.id = 1), :rpath, NULL) AS program_rpath
FROM main.event_load_dll l
JOIN main.event e ON e.run_id = l.run_id AND e.seq = l.seq
LEFT JOIN main.module m ON m.id = l.module_id
LEFT JOIN main.event_load_dll bl ON bl.run_id = l.run_id AND bl.seq = l.by_seq
LEFT JOIN main.event_create_process bc ON bc.run_id = l.run_id AND bc.seq = l.by_seq
LEFT JOIN main.module im ON im.id = coalesce(bl.module_id, bc.image_module_id)
LEFT JOIN main.process p ON p.run_id = l.run_id AND p.id = e.process_id
LEFT JOIN main.module pm ON pm.id = p.image_module_id
-- not the loader itself, nor what was preloaded
WHERE l.run_id = :run AND l.seq = :seq AND coalesce(l.cause, 0) NOT IN (3, 4, 5)
