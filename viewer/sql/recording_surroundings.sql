-- What the program of run ?1 ran in: name, value, and whether it steers what the program does. What
-- shells set for themselves is left out.
SELECT name, value, steers FROM (
  SELECT 'command line' AS name, command_line AS value, 0 AS steers FROM main.run WHERE id = ?1
  UNION ALL SELECT 'folder', directory, 0 FROM main.run WHERE id = ?1
  UNION ALL SELECT 'system', os, 0 FROM main.run WHERE id = ?1
  UNION ALL
  SELECT name, coalesce(value, printf('(check value %03x)', check_value)), value IS NOT NULL
  FROM main.environment WHERE run_id = ?1 AND name NOT IN ('_', 'OLDPWD', 'PWD', 'SHLVL'))
ORDER BY name
