-- What was recorded about run ?1 as a whole, and its environment: part, name, value.
SELECT 'run' AS part, key AS name, value FROM (
  SELECT json_object(
    'run', run, 'uuid', uuid, 'state', state, 'start', start, 'wall_ns', wall_ns, 'events', events,
    'labels', labels, 'exit_code', exit_code, 'exit_signal', exit_signal, 'end_reason', end_reason,
    'command_line', command_line, 'directory', directory, 'mode', mode, 'follow', follow) AS facts
  FROM runs WHERE run = ?1), json_each(facts) WHERE value IS NOT NULL
UNION ALL
SELECT 'machine', key, value FROM (
  SELECT json_object(
    'os', os, 'arch', arch, 'host', host, 'wine', wine, 'recorder', recorder,
    'wait_function', wait_function, 'load_detection', load_detection, 'cpus', cpus,
    'load_start', load_start, 'load_end', load_end, 'pressure_start', pressure_start,
    'pressure_end', pressure_end, 'idle_share', round(idle_share, 3),
    'stolen_share', round(stolen_share, 3)) AS facts
  FROM runs WHERE run = ?1), json_each(facts) WHERE value IS NOT NULL
UNION ALL
SELECT 'environment', name, coalesce(value, printf('(check value %03x)', check_value))
FROM variables WHERE run = ?1
