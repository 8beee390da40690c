-- What run :run imports by a name that fits :name, though nothing of that name was loaded.
SELECT DISTINCT i.name, m.name AS importer
FROM main.import i
JOIN main.module m ON m.id = i.module_id
WHERE i.kind IN (0, 1) AND trail_glob(:name, i.name, i.name) AND i.module_id IN (
    SELECT l.module_id FROM main.event_load_dll l WHERE l.run_id = :run
    UNION SELECT c.image_module_id FROM main.event_create_process c WHERE c.run_id = :run)
  AND NOT EXISTS (
    SELECT 1 FROM main.event_load_dll l JOIN main.module o ON o.id = l.module_id
    WHERE l.run_id = :run AND i.name IN (o.soname, o.name) COLLATE NOCASE)
ORDER BY 1, 2
