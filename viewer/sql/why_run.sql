-- What says, for all loads of run :run, in which folders they are looked for.
SELECT
  r.os LIKE 'Windows%' AS is_windows,
  r.directory,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run AND v.name = 'LD_LIBRARY_PATH')
      AS library_path,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run AND v.name = 'PATH' COLLATE NOCASE)
      AS path_variable,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run
      AND v.name = 'SystemRoot' COLLATE NOCASE) AS system_root,
  -- of the launched program, by which its libraries' imports are looked for, too
  (SELECT iif(max(i.kind) = 4, max(i.name), NULL) FROM main.process p
    JOIN main.import i ON i.module_id = p.image_module_id AND i.kind IN (4, 5)
    WHERE p.run_id = :run AND p.id = 1) AS rpath
FROM main.run r
WHERE r.id = :run
