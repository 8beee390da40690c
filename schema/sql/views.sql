-- The documented views (README.md has every column). The text serves twice: a file carries them for
-- people with other clients, and trailview lays them as TEMP views over the tables, because it runs
-- nothing that a file brought along.

-- A CROSS JOIN below is not a product: it tells SQLite to start from the (small) detail table, not
-- from all events.

CREATE VIEW runs AS
SELECT
  r.id AS run,
  r.state,
  strftime('%Y-%m-%dT%H:%M:%S', r.start_utc_ns / 1000000000, 'unixepoch')
    || printf('.%03dZ', r.start_utc_ns / 1000000 % 1000) AS start,
  r.wall_ns,
  r.hold_ns,
  r.events,
  (SELECT json_group_object(l.key, l.value) FROM label l WHERE l.run_id = r.id) AS labels,
  r.exit_code,
  (SELECT c.word FROM code c WHERE c.domain = 'signal' AND c.value = r.exit_signal) AS exit_signal,
  r.end_reason,
  r.command_line,
  r.directory,
  r.mode,
  r.follow,
  r.counts,
  r.holds,
  r.quiet_stops,
  r.stalls,
  r.stall_ns,
  r.os,
  r.arch,
  r.host,
  r.recorder,
  r.wait_function,
  r.load_detection,
  r.wine,
  r.cpus,
  r.load_start,
  r.load_end,
  r.pressure_start,
  r.pressure_end,
  r.idle_share,
  r.stolen_share,
  r.uuid,
  r.start_utc_ns,
  r.start_monotonic_ns
FROM run r;

CREATE VIEW variables AS
SELECT v.run_id AS run, v.name, v.value, v.check_value FROM environment v;

CREATE VIEW modules AS
SELECT
  m.id AS module,
  m.name,
  m.path,
  nullif(m.file_bytes, 0) AS file_bytes,
  nullif(m.image_bytes, 0) AS size,
  nullif(m.machine, 0) AS machine,
  nullif(m.file_version, '') AS version,
  nullif(m.build_id, '') AS build_id,
  nullif(m.soname, '') AS soname,
  nullif(m.pe_timestamp, 0) AS pe_timestamp,
  nullif(m.pe_checksum, 0) AS pe_checksum,
  nullif(m.pdb_guid, '') AS pdb_guid,
  nullif(m.pdb_name, '') AS pdb_name
FROM module m;

CREATE VIEW imports AS
SELECT
  i.module_id AS module,
  m.name,
  i.position,
  (SELECT c.word FROM code c WHERE c.domain = 'import' AND c.value = i.kind) AS kind,
  i.name AS import,
  i.version
FROM import i
JOIN module m ON m.id = i.module_id;

-- What is executed at a frame, in words.
CREATE VIEW places AS
SELECT
  f.id AS frame,
  CASE
  WHEN f.module_id = 0 THEN printf('0x%x', f.offset)
  WHEN f.symbol = '' THEN coalesce(m.name, '?') || printf('+0x%x', f.offset)
  ELSE coalesce(m.name, '?') || '!' || f.symbol || printf('+0x%x', f.symbol_offset)
  END AS place,
  -- without how far in it that is
  CASE
  WHEN f.module_id = 0 THEN printf('0x%x', f.offset)
  WHEN f.symbol = '' THEN coalesce(m.name, '?') || printf('+0x%x', f.offset)
  ELSE coalesce(m.name, '?') || '!' || f.symbol
  END || iif(f.guessed, ' (guessed)', '') AS function
FROM frame f
LEFT JOIN module m ON m.id = f.module_id;

CREATE VIEW stacks AS
SELECT
  es.run_id AS run,
  es.seq,
  j.key AS depth,
  m.name AS module,
  printf('0x%x', f.offset) AS offset,
  nullif(f.symbol, '') AS symbol,
  iif(f.symbol = '', NULL, f.symbol_offset) AS symbol_offset,
  f.guessed,
  f.id IS es.cause_frame_id AS is_cause,
  p.place,
  m.path
FROM kept_stack es
JOIN stack s ON s.id = es.stack_id
CROSS JOIN json_each(iif(json_valid(s.frames), s.frames, '[]')) j
CROSS JOIN frame f ON f.id = j.value
LEFT JOIN places p ON p.frame = f.id
LEFT JOIN module m ON m.id = f.module_id;

-- Why each load was made, without the rest of it: costs nothing but the rows that are asked for.
CREATE VIEW load_causes AS
SELECT
  l.run_id AS run,
  l.seq,
  CASE l.cause
  WHEN 0 THEN 'needed by ' || coalesce(bm.name, '?')
  WHEN 1 THEN coalesce(bm.name, '?') || ' forwards to it'
  WHEN 2 THEN 'delay-loaded by ' || coalesce(
    (SELECT p.place FROM places p JOIN frame f ON f.id = p.frame
      WHERE f.id = es.cause_frame_id AND f.symbol <> ''), bm.name, '?')
  WHEN 3 THEN 'the loader itself'
  WHEN 4 THEN 'preloaded'
  WHEN 5 THEN 'LD_AUDIT'
  WHEN 6 THEN coalesce(
    (SELECT f.place FROM places f WHERE f.frame = es.cause_frame_id),
    CASE
    WHEN es.seq IS NOT NULL THEN 'unknown: its stack could not be read'
    WHEN EXISTS (SELECT 1 FROM raw_stack r WHERE r.run_id = l.run_id AND r.seq = l.request_seq)
      THEN 'unknown: its stack is not unwound yet'
    WHEN l.load_phase = 0 THEN 'asked for during start-up'
    ELSE 'unknown: no stack was kept'
    END)
  WHEN 7 THEN 'unknown: was there before'
  END AS why
FROM event_load_dll l
LEFT JOIN kept_stack es ON l.cause IN (2, 6) AND es.run_id = l.run_id AND es.seq = l.request_seq
LEFT JOIN event_load_dll bl ON bl.run_id = l.run_id AND bl.seq = l.by_seq
LEFT JOIN event_create_process bc ON bc.run_id = l.run_id AND bc.seq = l.by_seq
LEFT JOIN module bm ON bm.id = coalesce(bl.module_id, bc.image_module_id);

CREATE VIEW loads AS
WITH program AS MATERIALIZED (
  SELECT e.run_id, e.process_id, e.seq, c.image_module_id
  FROM event_create_process c CROSS JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq
)
SELECT
  l.run_id AS run,
  row_number() OVER (PARTITION BY l.run_id ORDER BY l.seq) AS ordinal,
  l.seq,
  coalesce(l.mapped_t_ns, e.t_ns) AS t_ns,
  (SELECT c.word FROM code c WHERE c.domain = 'time_source' AND c.value = l.time_source) AS
      time_source,
  p.pid,
  t.tid,
  m.name,
  m.path,
  iif(l.base IS NULL, NULL, printf('0x%x', l.base)) AS base,
  nullif(m.image_bytes, 0) AS size,
  nullif(m.file_version, '') AS version,
  coalesce(nullif(m.build_id, ''), nullif(m.pdb_guid, '')) AS build_id,
  (SELECT w.why FROM load_causes w WHERE w.run = l.run_id AND w.seq = l.seq) AS why,
  (SELECT c.word FROM code c WHERE c.domain = 'load_phase' AND c.value = l.load_phase) AS
      load_phase,
  e.synthetic,
  ue.t_ns AS unload_t_ns,
  -- the program that the process ran then: of what it needs at its start it is the request, of
  -- what stayed to the end the last one, which is p's; else it is looked for among the latest
  -- programs, and where too many others have started since, in an index of all
  coalesce(
    (SELECT im.name FROM event_create_process ic JOIN module im ON im.id = ic.image_module_id
      WHERE ic.run_id = l.run_id AND ic.seq = l.request_seq),
    iif(l.end_seq IS NULL, pm.name, NULL),
    (SELECT im.name FROM (
        SELECT ic.run_id, ic.seq, ic.image_module_id FROM event_create_process ic
        WHERE ic.run_id = l.run_id AND ic.seq BETWEEN p.first_seq AND l.seq
        ORDER BY ic.seq DESC LIMIT 100) c
      CROSS JOIN event ie ON ie.run_id = c.run_id AND ie.seq = c.seq
      LEFT JOIN module im ON im.id = c.image_module_id
      WHERE ie.process_id = e.process_id
      ORDER BY c.seq DESC LIMIT 1),
    -- (json_each has one row, but SQLite expects several, and so makes an index of what follows)
    (SELECT im.name FROM json_each('[1]') CROSS JOIN program s
      LEFT JOIN module im ON im.id = s.image_module_id
      WHERE s.run_id = e.run_id AND s.process_id = e.process_id AND s.seq <= l.seq
      ORDER BY s.seq DESC LIMIT 1),
    pm.name) AS image
FROM event_load_dll l
CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
LEFT JOIN module m ON m.id = l.module_id
LEFT JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
LEFT JOIN thread t ON t.run_id = e.run_id AND t.id = e.thread_id
LEFT JOIN event ue ON ue.run_id = l.run_id AND ue.seq = l.end_seq
LEFT JOIN module pm ON pm.id = p.image_module_id;

-- What was not loaded: what the loader said, and, where Windows' loader told no name, what of the
-- imports never came in a start-up that it ended.
CREATE VIEW failed_loads AS
WITH
-- the modules of the processes whose start Windows' loader ended
began AS (
  SELECT p.run_id, p.id AS process_id, p.image_module_id AS module_id FROM process p
  WHERE p.exit_code IN (0xC0000135, 0xC0000139, 0xC0000142)
  UNION ALL
  SELECT r.run_id, p.id, l.module_id
  FROM (SELECT DISTINCT run_id FROM process
    WHERE exit_code IN (0xC0000135, 0xC0000139, 0xC0000142)) r
  CROSS JOIN event_load_dll l ON l.run_id = r.run_id
  CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
  CROSS JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
  WHERE p.exit_code IN (0xC0000135, 0xC0000139, 0xC0000142)
),
failed AS (
  -- needer: with the separators of one system
  SELECT f.run_id, f.seq, e.t_ns, e.process_id, e.thread_id, f.what, f.name, f.words, f.object,
      iif(f.status IS NULL, f.object, replace(f.object, '\', '/')) AS needer,
      f.request, f.load_phase, f.status, 'loader' AS source,
      -- by which name it is imported: what was found and is no good has a path
      iif(f.load_phase = 0 OR f.request IS NOT NULL,
        replace(f.name, rtrim(f.name, replace(f.name, '/', '')), ''), f.name) AS imported
  FROM event_load_failed f
  CROSS JOIN event e ON e.run_id = f.run_id AND e.seq = f.seq
  UNION ALL
  SELECT DISTINCT b.run_id, p.last_seq, e.t_ns, p.id, NULL, 0, coalesce(i.version, i.name),
      printf('never came; the start ended with 0x%08x', p.exit_code), m.name, m.name, NULL, 0,
      p.exit_code, 'conclusion', coalesce(i.version, i.name)
  FROM began b
  CROSS JOIN process p ON p.run_id = b.run_id AND p.id = b.process_id
  CROSS JOIN event e ON e.run_id = p.run_id AND e.seq = p.last_seq
  CROSS JOIN module m ON m.id = b.module_id
  -- of an API set the version is the module that stands for it; without one it is not known
  CROSS JOIN import i ON i.module_id = m.id AND i.kind = 0
    AND NOT (i.version IS NULL AND (i.name LIKE 'api-ms-%' OR i.name LIKE 'ext-ms-%'))
  WHERE (p.run_id, p.id) NOT IN (SELECT e.run_id, e.process_id FROM event_load_failed f
      CROSS JOIN event e ON e.run_id = f.run_id AND e.seq = f.seq
      WHERE f.load_phase = 0 AND e.process_id IS NOT NULL)
    AND (p.run_id, p.id, coalesce(i.version, i.name) COLLATE NOCASE) NOT IN (
      SELECT p.run_id, p.id, m.name
      FROM (SELECT DISTINCT run_id FROM process
        WHERE exit_code IN (0xC0000135, 0xC0000139, 0xC0000142)) r
      CROSS JOIN event_load_dll l ON l.run_id = r.run_id
      CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
      CROSS JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
      JOIN module m ON m.id = l.module_id
      WHERE p.exit_code IN (0xC0000135, 0xC0000139, 0xC0000142))
),
-- as `imported`, of all runs, and the modules that import such
sought AS NOT MATERIALIZED (
  SELECT DISTINCT iif(load_phase = 0 OR request IS NOT NULL,
      replace(name, rtrim(name, replace(name, '/', '')), ''), name) COLLATE NOCASE AS name
  FROM event_load_failed WHERE what = 0 AND object IS NULL
),
importer AS NOT MATERIALIZED (
  -- (the plus: import_by_name has no type)
  SELECT i.module_id FROM sought s CROSS JOIN import i
    ON coalesce(i.version, i.name) = +s.name COLLATE NOCASE AND i.kind IN (0, 1)
),
-- what failed, among the loads of what imports it. Nobody imports what is only tried by name.
asked AS (
  SELECT *, NULL AS load_seq FROM failed
  UNION ALL
  SELECT r.run_id, l.seq, NULL, e.process_id, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, coalesce(i.version, i.name), l.seq
  FROM (SELECT DISTINCT run_id FROM event_load_failed WHERE what = 0 AND object IS NULL
    AND EXISTS (SELECT 1 FROM importer)) r
  CROSS JOIN event_load_dll l ON l.run_id = r.run_id
    AND l.module_id IN (SELECT module_id FROM importer)
  CROSS JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq
  CROSS JOIN import i ON i.module_id = l.module_id AND i.kind IN (0, 1)
    AND coalesce(i.version, i.name) COLLATE NOCASE IN (SELECT name FROM sought)
)
SELECT
  f.run_id AS run,
  f.seq,
  f.t_ns,
  p.pid,
  t.tid,
  (SELECT c.word FROM code c WHERE c.domain = 'failed' AND c.value = f.what) AS what,
  f.name,
  f.words,
  coalesce(iif(f.what = 1 AND f.load_phase = 1, NULL,
      replace(f.needer, rtrim(f.needer, replace(f.needer, '/', '')), '')), iif(f.what = 0, coalesce(
    (SELECT m.name FROM import i JOIN module m ON m.id = i.module_id
      WHERE coalesce(i.version, i.name) = +f.imported COLLATE NOCASE
        AND i.module_id = p.image_module_id AND i.kind IN (0, 1) LIMIT 1),
    (SELECT m.name FROM event_load_dll l JOIN module m ON m.id = l.module_id
      WHERE l.run_id = f.run_id AND l.seq = f.load_seq)), NULL)) AS needed_by,
  -- who asked for it at run time, or for what needs it
  iif(f.load_phase = 0, NULL, (SELECT a.place FROM kept_stack k JOIN places a
    ON a.frame = k.cause_frame_id WHERE k.run_id = f.run_id AND k.seq = f.seq)) AS asked_by,
  f.object,
  f.request,
  (SELECT c.word FROM code c WHERE c.domain = 'load_phase' AND c.value = f.load_phase) AS
      load_phase,
  iif(f.status IS NULL, NULL, printf('0x%08x', f.status)) AS status,
  f.source
FROM (
  SELECT run_id, seq, t_ns, process_id, thread_id, what, name, words, object, needer, request,
    load_phase, status, source, imported,
    -- what was loaded before; of a start-up that the loader ends, Linux tells the loads behind it
    coalesce(max(load_seq) OVER (PARTITION BY run_id, process_id, imported COLLATE NOCASE
        ORDER BY seq), iif(load_phase = 0, min(load_seq) OVER (PARTITION BY run_id, process_id,
        imported COLLATE NOCASE ORDER BY seq DESC), NULL)) AS load_seq
  FROM asked) f
LEFT JOIN process p ON p.run_id = f.run_id AND p.id = f.process_id
LEFT JOIN thread t ON t.run_id = f.run_id AND t.id = f.thread_id
WHERE f.source IS NOT NULL;

CREATE VIEW processes AS
SELECT
  p.run_id AS run,
  p.id AS process,
  p.pid,
  p.parent_process_id AS parent_process,
  p.parent_pid,
  (SELECT c.word FROM code c WHERE c.domain = 'via' AND c.value = p.via) AS via,
  m.name,
  m.path,
  p.command_line,
  (SELECT e.t_ns FROM event e WHERE e.run_id = p.run_id AND e.seq = p.first_seq) AS start_t_ns,
  (SELECT e.t_ns FROM event e WHERE e.run_id = p.run_id AND e.seq = p.last_seq) AS end_t_ns,
  p.exit_code,
  (SELECT c.word FROM code c WHERE c.domain = 'signal' AND c.value = p.exit_signal) AS exit_signal,
  p.load_detection,
  p.first_seq,
  p.last_seq,
  x.cpu_user_ns,
  x.cpu_system_ns,
  x.peak_bytes,
  x.minor_faults,
  x.major_faults,
  x.voluntary_switches,
  x.involuntary_switches,
  x.read_bytes,
  x.written_bytes
FROM process p
LEFT JOIN event_exit_process x ON x.run_id = p.run_id AND x.seq = p.last_seq
LEFT JOIN module m ON m.id = p.image_module_id;

CREATE VIEW threads AS
SELECT
  t.run_id AS run,
  t.id AS thread,
  p.pid,
  t.tid,
  t.name,
  iif(t.start_address IS NULL, NULL, printf('0x%x', t.start_address)) AS start_address,
  m.name AS start_module,
  iif(t.start_address_offset IS NULL, NULL, printf('0x%x', t.start_address_offset)) AS start_offset,
  -- not of a thread that is first heard of when it does something: CreateProcess, CreateThread
  (SELECT e.t_ns FROM event e WHERE e.run_id = t.run_id AND e.seq = t.first_seq
    AND e.kind IN (1, 3)) AS start_t_ns,
  (SELECT e.t_ns FROM event e WHERE e.run_id = t.run_id AND e.seq = t.last_seq) AS end_t_ns,
  t.exit_code,
  t.first_seq,
  t.last_seq
FROM thread t
LEFT JOIN process p ON p.run_id = t.run_id AND p.id = t.process_id
LEFT JOIN module m ON m.id = t.start_address_module_id;

CREATE VIEW exceptions AS
SELECT
  x.run_id AS run,
  x.seq,
  e.t_ns,
  p.pid,
  t.tid,
  CASE WHEN x.si_code IS NULL THEN printf('0x%08x', x.code) ELSE CAST(x.code AS TEXT) END AS code,
  (SELECT c.word FROM code c
    WHERE c.domain = CASE WHEN x.si_code IS NULL THEN 'exception' ELSE 'signal' END
        AND c.value = x.code) AS name,
  x.first_chance,
  x.si_code,
  x.flags,
  iif(x.address IS NULL, NULL, printf('0x%x', x.address)) AS address,
  m.name AS module,
  iif(x.address_offset IS NULL, NULL, printf('0x%x', x.address_offset)) AS offset,
  -- of an access violation and a page that could not be read in
  CASE WHEN x.si_code IS NULL AND x.code IN (0xC0000005, 0xC0000006) AND json_valid(x.parameters)
    THEN CASE json_extract(x.parameters, '$[0]') WHEN 0 THEN 'read of ' WHEN 1 THEN 'write to '
      WHEN 8 THEN 'execution of ' END || CASE json_type(x.parameters, '$[1]')
      WHEN 'integer' THEN printf('0x%x', json_extract(x.parameters, '$[1]'))
      WHEN 'text' THEN json_extract(x.parameters, '$[1]') END
    END AS access,
  (SELECT w.place FROM kept_stack es
    JOIN stack s ON s.id = es.stack_id
    JOIN frame f ON f.id = CASE WHEN json_valid(s.frames) THEN json_extract(s.frames, '$[0]') END
    -- Windows: all that programs raise by themselves is raised by one function
    JOIN places w ON w.frame = iif(f.symbol = 'RaiseException', es.cause_frame_id, f.id)
    WHERE es.run_id = x.run_id AND es.seq = x.seq AND f.symbol <> '') AS symbol,
  x.parameters,
  x.nested_codes,
  x.nested_addresses,
  e.synthetic
FROM event_exception x
CROSS JOIN event e ON e.run_id = x.run_id AND e.seq = x.seq
LEFT JOIN module m ON m.id = x.address_module_id
LEFT JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
LEFT JOIN thread t ON t.run_id = e.run_id AND t.id = e.thread_id;

CREATE VIEW output AS
SELECT
  o.run_id AS run,
  o.seq,
  e.t_ns,
  p.pid,
  t.tid,
  o.text,
  (SELECT c.word FROM code c WHERE c.domain = 'encoding' AND c.value = o.encoding) AS encoding,
  o.raw_bytes,
  o.truncated
FROM event_output_debug_string o
CROSS JOIN event e ON e.run_id = o.run_id AND e.seq = o.seq
LEFT JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
LEFT JOIN thread t ON t.run_id = e.run_id AND t.id = e.thread_id;

-- The rows of table look, in words.
CREATE VIEW look_words AS
SELECT
  w.*,
  CASE w.computing
  WHEN 0 THEN coalesce(w.call, 'in the kernel') || coalesce(', called by ' || w.caller, '')
  WHEN 1 THEN 'computing' || coalesce(' in ' || w.caller, '')
  ELSE 'computing, place unknown: perf is forbidden here, record with --looks-stop'
  END AS doing
FROM (
  SELECT
    o.*,
    -- no joins: they would read all frames of the file for each run
    (SELECT c.function || CASE
      WHEN k.constructor_frame_id IS NULL THEN ''
      ELSE (SELECT iif(n.function = c.function, ', a constructor',
          ', in the constructor ' || n.function)
        FROM places n WHERE n.frame = k.constructor_frame_id)
      END FROM places c WHERE c.frame = k.cause_frame_id) AS caller
  FROM look o
  LEFT JOIN kept_stack k ON k.run_id = o.run_id AND k.seq = o.stack_seq
) w;

CREATE VIEW looks AS
SELECT
  o.run_id AS run,
  o.id AS look,
  o.t_ns,
  p.pid,
  t.tid,
  t.name AS thread,
  o.computing > 0 AS computing,
  o.call,
  o.caller,
  o.doing,
  o.stack_seq
FROM look_words o
LEFT JOIN process p ON p.run_id = o.run_id AND p.id = o.process_id
LEFT JOIN thread t ON t.run_id = o.run_id AND t.id = o.thread_id;

-- What bounds gaps: the start of a process (or the attach to it), an exec, loads, failed loads,
-- marks, its exit, or the end of the recording, which has a seq of its own behind all events. The
-- name is as in gaps, rules and comparisons.
CREATE VIEW bounds AS
SELECT d.run_id AS run, d.seq, coalesce(d.mapped_t_ns, e.t_ns) AS t_ns,
  e.process_id AS process, e.thread_id AS thread, 'load' AS what, coalesce(m.name, '?') AS name,
  d.module_id AS module, e.cpu_ns, e.synthetic,
  d.load_phase
FROM event_load_dll d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
LEFT JOIN module m ON m.id = d.module_id
UNION ALL
SELECT d.run_id AS run, d.seq, e.t_ns AS t_ns, e.process_id AS process, e.thread_id AS thread,
  iif(d.via = 2, 'exec', 'start') AS what,
  iif(e.synthetic, 'attach', iif(d.via = 2, 'exec', 'start')) AS name,
  d.image_module_id AS module, e.cpu_ns, 0, NULL
FROM event_create_process d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
UNION ALL
SELECT d.run_id AS run, d.seq, e.t_ns AS t_ns, e.process_id AS process,
  e.thread_id AS thread, 'mark' AS what, 'mark:' || d.name AS name,
  NULL AS module, e.cpu_ns, e.synthetic, NULL
FROM event_mark d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
UNION ALL
SELECT d.run_id AS run, d.seq, e.t_ns AS t_ns, e.process_id AS process,
  e.thread_id AS thread, 'failed' AS what, 'failed:' || d.name AS name,
  NULL AS module, e.cpu_ns, e.synthetic, d.load_phase
FROM event_load_failed d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
UNION ALL
SELECT d.run_id AS run, d.seq, e.t_ns AS t_ns, e.process_id AS process,
  e.thread_id AS thread, 'entry' AS what, 'entry' AS name,
  NULL AS module, e.cpu_ns, e.synthetic, NULL
FROM event_entry_point d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
UNION ALL
SELECT d.run_id AS run, d.seq, e.t_ns AS t_ns, e.process_id AS process,
  e.thread_id AS thread, 'exit' AS what, 'exit' AS name,
  NULL AS module, e.cpu_ns, e.synthetic, NULL
FROM event_exit_process d CROSS JOIN event e ON e.run_id = d.run_id AND e.seq = d.seq
UNION ALL
SELECT r.id AS run, r.events + p.id AS seq, r.wall_ns AS t_ns, p.id AS process, NULL AS thread,
  'end' AS what, 'end' AS name, NULL AS module, NULL AS cpu_ns, 0 AS synthetic, NULL
FROM run r CROSS JOIN process p ON p.run_id = r.id
WHERE r.wall_ns IS NOT NULL AND p.exit_code IS NULL AND p.exit_signal IS NULL;

CREATE VIEW marks AS
SELECT k.run_id AS run, k.seq, e.t_ns, p.pid, t.tid, k.name
FROM event_mark k
CROSS JOIN event e ON e.run_id = k.run_id AND e.seq = k.seq
LEFT JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
LEFT JOIN thread t ON t.run_id = e.run_id AND t.id = e.thread_id;

-- Every event with its details as one JSON object: json_patch() leaves out the fields that are not
-- known. Those of a thread's start and end are in the thread's row.
CREATE VIEW events AS
SELECT
  e.run_id AS run,
  e.seq,
  e.t_ns,
  e.hold_ns,
  p.pid,
  t.tid,
  k.name AS kind,
  e.synthetic,
  CASE e.kind
  WHEN 1 THEN (
    SELECT json_patch('{}', json_object(
      'via', (SELECT c.word FROM code c WHERE c.domain = 'via' AND c.value = d.via),
      'image', m.name,
      'path', m.path,
      'base', iif(d.base IS NULL, NULL, printf('0x%x', d.base)),
      'start_address', iif(d.start_address IS NULL, NULL, printf('0x%x', d.start_address)),
      'start_module', a.name,
      'start_offset', iif(d.start_address_offset IS NULL, NULL,
          printf('0x%x', d.start_address_offset)),
      'thread_local_base', iif(d.thread_local_base IS NULL, NULL,
          printf('0x%x', d.thread_local_base)),
      'debug_info_offset', d.debug_info_offset,
      'debug_info_size', d.debug_info_size,
      'parent_pid', d.parent_pid,
      'parent_process', d.parent_process_id,
      'command_line', d.command_line,
      'load_detection', d.load_detection))
    FROM event_create_process d
    LEFT JOIN module m ON m.id = d.image_module_id
    LEFT JOIN module a ON a.id = d.start_address_module_id
    WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 2 THEN (
    SELECT json_patch('{}', json_object(
      'exit_code', d.exit_code,
      'signal', coalesce((SELECT c.word FROM code c WHERE c.domain = 'signal'
          AND c.value = d.signal), d.signal),
      'core_dumped', d.core_dumped,
      'cpu_user_ns', d.cpu_user_ns,
      'cpu_system_ns', d.cpu_system_ns,
      'peak_bytes', d.peak_bytes,
      'minor_faults', d.minor_faults,
      'major_faults', d.major_faults,
      'voluntary_switches', d.voluntary_switches,
      'involuntary_switches', d.involuntary_switches,
      'read_bytes', d.read_bytes,
      'written_bytes', d.written_bytes))
    FROM event_exit_process d WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 3 THEN json_patch('{}', json_object(
    'start_address', iif(t.start_address IS NULL, NULL, printf('0x%x', t.start_address)),
    'start_module', (SELECT m.name FROM module m WHERE m.id = t.start_address_module_id),
    'start_offset', iif(t.start_address_offset IS NULL, NULL,
        printf('0x%x', t.start_address_offset)),
    'thread_local_base', iif(t.thread_local_base IS NULL, NULL,
        printf('0x%x', t.thread_local_base))))
  WHEN 4 THEN json_patch('{}', json_object('exit_code', t.exit_code))
  WHEN 5 THEN (
    SELECT json_patch('{}', json_object(
      'module', m.name,
      'path', m.path,
      'base', iif(d.base IS NULL, NULL, printf('0x%x', d.base)),
      'size', nullif(m.image_bytes, 0),
      'build_id', coalesce(nullif(m.build_id, ''), nullif(m.pdb_guid, '')),
      'version', nullif(m.file_version, ''),
      'load_phase', (SELECT c.word FROM code c WHERE c.domain = 'load_phase'
          AND c.value = d.load_phase),
      'cause', (SELECT c.word FROM code c WHERE c.domain = 'cause' AND c.value = d.cause),
      'request', d.request_seq,
      'by', d.by_seq,
      'time_source', (SELECT c.word FROM code c WHERE c.domain = 'time_source'
          AND c.value = d.time_source),
      'mapped_t_ns', d.mapped_t_ns,
      'link_namespace', d.link_namespace,
      'debug_info_offset', d.debug_info_offset,
      'debug_info_size', d.debug_info_size))
    FROM event_load_dll d
    LEFT JOIN module m ON m.id = d.module_id
    WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 6 THEN (
    SELECT json_patch('{}', json_object(
      'module', m.name,
      'path', m.path,
      'base', iif(d.base IS NULL, NULL, printf('0x%x', d.base)),
      'load', d.load_seq))
    FROM event_unload_dll d
    LEFT JOIN event_load_dll l ON l.run_id = d.run_id AND l.seq = d.load_seq
    LEFT JOIN module m ON m.id = l.module_id
    WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 7 THEN (
    SELECT json_patch('{}', json_object(
      'code', CASE WHEN d.si_code IS NULL THEN printf('0x%08x', d.code) ELSE d.code END,
      'name', (SELECT c.word FROM code c
                WHERE c.domain = CASE WHEN d.si_code IS NULL THEN 'exception' ELSE 'signal' END
                    AND c.value = d.code),
      'si_code', d.si_code,
      'first_chance', d.first_chance,
      'flags', d.flags,
      'address', iif(d.address IS NULL, NULL, printf('0x%x', d.address)),
      'module', a.name,
      'offset', iif(d.address_offset IS NULL, NULL, printf('0x%x', d.address_offset)),
      'parameters', iif(json_valid(d.parameters), json(d.parameters), d.parameters),
      'nested_codes', iif(json_valid(d.nested_codes), json(d.nested_codes), d.nested_codes),
      'nested_addresses', iif(json_valid(d.nested_addresses), json(d.nested_addresses),
          d.nested_addresses)))
    FROM event_exception d
    LEFT JOIN module a ON a.id = d.address_module_id
    WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 8 THEN (
    SELECT json_patch('{}', json_object(
      'text', d.text,
      'encoding', (SELECT c.word FROM code c WHERE c.domain = 'encoding' AND c.value = d.encoding),
      'raw_bytes', d.raw_bytes,
      'truncated', d.truncated,
      'raw', nullif(hex(d.raw), '')))
    FROM event_output_debug_string d WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 9 THEN (
    SELECT json_patch('{}', json_object(
      'error', d.error,
      'type', (SELECT c.word FROM code c WHERE c.domain = 'rip_type' AND c.value = d.type)))
    FROM event_rip d WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 10 THEN (
    SELECT json_patch('{}', json_object('name', d.name))
    FROM event_mark d WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 12 THEN (
    SELECT json_patch('{}', json_object(
      'address', iif(d.address IS NULL, NULL, printf('0x%x', d.address)),
      'module', a.name,
      'offset', iif(d.address_offset IS NULL, NULL, printf('0x%x', d.address_offset))))
    FROM event_entry_point d
    LEFT JOIN module a ON a.id = d.address_module_id
    WHERE d.run_id = e.run_id AND d.seq = e.seq)
  WHEN 11 THEN (
    SELECT json_patch('{}', json_object(
      'what', (SELECT c.word FROM code c WHERE c.domain = 'failed' AND c.value = d.what),
      'name', d.name,
      'words', d.words,
      'object', d.object,
      'request', d.request,
      'load_phase', (SELECT c.word FROM code c WHERE c.domain = 'load_phase'
          AND c.value = d.load_phase),
      'status', iif(d.status IS NULL, NULL, printf('0x%08x', d.status))))
    FROM event_load_failed d WHERE d.run_id = e.run_id AND d.seq = e.seq)
  END AS detail
FROM event e
LEFT JOIN kind k ON k.id = e.kind
LEFT JOIN process p ON p.run_id = e.run_id AND p.id = e.process_id
LEFT JOIN thread t ON t.run_id = e.run_id AND t.id = e.thread_id;
