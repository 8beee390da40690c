-- What the program of run ?1 ran in: name, value, and what it is: 1 a variable that steers loading
-- or locale, of which the value is kept; 2 another variable; 0 no variable. What shells set for
-- themselves is left out, and what is another one in each session or each run of a CI.
SELECT name, value, role FROM (
  SELECT 'command line' AS name, command_line AS value, 0 AS role FROM main.run WHERE id = ?1
  UNION ALL SELECT 'folder', directory, 0 FROM main.run WHERE id = ?1
  UNION ALL SELECT 'system', os, 0 FROM main.run WHERE id = ?1
  UNION ALL
  SELECT name, coalesce(value, printf('(check value %03x)', check_value)),
      iif(value IS NOT NULL, 1, 2)
  FROM main.environment WHERE run_id = ?1 AND name NOT IN ('_', 'OLDPWD', 'PWD', 'SHLVL',
    'COLUMNS', 'LINES', 'WINDOWID', 'TERM_SESSION_ID', 'XDG_SESSION_ID', 'SSH_CLIENT',
    'SSH_CONNECTION', 'SSH_TTY', 'SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'GPG_AGENT_INFO', 'GPG_TTY',
    'DBUS_SESSION_BUS_ADDRESS', 'DBUS_SESSION_BUS_PID', 'SESSION_MANAGER', 'SESSIONNAME',
    'DESKTOP_STARTUP_ID', 'INVOCATION_ID', 'JOURNAL_STREAM', 'MANAGERPID', 'SYSTEMD_EXEC_PID',
    'TMUX', 'TMUX_PANE', 'STY', 'WINDOW', 'TERM', 'COLORTERM', 'TERM_PROGRAM',
    'TERM_PROGRAM_VERSION', 'VTE_VERSION', 'LS_COLORS', 'PS1', 'DISPLAY', 'WAYLAND_DISPLAY',
    'XAUTHORITY', 'XDG_VTNR', 'XDG_SEAT', 'LESSOPEN', 'LESSCLOSE', 'BUILD_NUMBER', 'BUILD_ID',
    'BUILD_URL', 'BUILD_TAG', 'EXECUTOR_NUMBER')
    AND name NOT GLOB 'GITHUB_*' AND name NOT GLOB 'RUNNER_*' AND name NOT GLOB 'ACTIONS_*'
    AND name NOT GLOB 'CI_*' AND name NOT GLOB 'JENKINS_*' AND name NOT GLOB 'BUILDKITE_*')
ORDER BY name
