-- What says, for all loads of run :run, in which folders they are looked for.
SELECT
  r.os LIKE 'Windows%' AS is_windows,
  r.directory,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run AND v.name = 'LD_LIBRARY_PATH')
      AS library_path,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run AND v.name = 'PATH' COLLATE NOCASE)
      AS path_variable,
  (SELECT v.value FROM main.environment v WHERE v.run_id = :run
      AND v.name = 'SystemRoot' COLLATE NOCASE) AS system_root
FROM main.run r
WHERE r.id = :run
