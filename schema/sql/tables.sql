-- The tables of a new file. Units: *_ns are nanoseconds; t_ns counts from the run's first event.
-- Addresses are 64-bit patterns in SQLite's signed integers. Numbers that stand for a word (via,
-- kind, ...) are explained by the tables kind and code, which every file carries.

CREATE TABLE kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE code (
  -- the column the number stands in, or 'exception' and 'signal' for event_exception.code
  domain TEXT NOT NULL,
  value INTEGER NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (domain, value)
) WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,             -- recording, complete, interrupted, recovered
  start_utc_ns INTEGER NOT NULL,   -- the first event, since 1970-01-01 UTC
  start_monotonic_ns INTEGER NOT NULL, -- the same moment on the machine's monotonic clock: t_ns = 0
  wall_ns INTEGER,                 -- first event to the end of the recording
  command_line TEXT NOT NULL,
  directory TEXT NOT NULL,
  mode TEXT NOT NULL,              -- launch, attach
  follow INTEGER NOT NULL,         -- 1: child processes were recorded too
  end_reason TEXT,                 -- exit, timeout, request, failure: why the recording ended
  exit_code INTEGER,               -- of the launched process
  exit_signal INTEGER,             -- the signal that killed it
  os TEXT NOT NULL,
  arch TEXT NOT NULL,
  host TEXT NOT NULL,
  recorder TEXT NOT NULL,          -- version of trailrec
  wait_function TEXT NOT NULL,
  load_detection TEXT NOT NULL,
  wine TEXT,                       -- Wine's version, where there is one
  events INTEGER NOT NULL DEFAULT 0,
  counts TEXT NOT NULL DEFAULT '{}', -- events by kind, a JSON object
  -- hold_ns by kind: stops, total_ns, p50_ns, p99_ns, a JSON object of objects
  holds TEXT NOT NULL DEFAULT '{}',
  -- how long threads of the target stood still for us, added up
  hold_ns INTEGER NOT NULL DEFAULT 0,
  quiet_stops INTEGER NOT NULL DEFAULT 0, -- stops that were no event (their time is in hold_ns)
  stalls INTEGER NOT NULL DEFAULT 0,   -- how often the loop waited for room in the ring
  stall_ns INTEGER NOT NULL DEFAULT 0,
  -- how busy the machine was; NULL where the system does not tell
  cpus INTEGER,
  load_start REAL, load_end REAL,  -- the load average of the minute before
  -- % of the ten seconds before in which something waited for a CPU
  pressure_start REAL, pressure_end REAL,
  -- of the CPU time of all processors during the run: what nobody used, what the hypervisor took
  idle_share REAL, stolen_share REAL
);

CREATE TABLE label (
  run_id INTEGER NOT NULL REFERENCES run (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) WITHOUT ROWID;
CREATE INDEX label_by_value ON label (key, value);

-- With which variables the program was launched. The value only of those that steer loading or
-- locale, or that were asked for; check_value has 12 bits of a CRC of it.
CREATE TABLE environment (
  run_id INTEGER NOT NULL REFERENCES run (id),
  name TEXT NOT NULL,
  value TEXT,
  check_value INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) WITHOUT ROWID;

CREATE TABLE module (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  -- this and the columns below: 0 or '' where unknown, so that the unique key holds
  file_bytes INTEGER NOT NULL,
  image_bytes INTEGER NOT NULL,
  machine INTEGER NOT NULL,
  pe_timestamp INTEGER NOT NULL,
  pe_checksum INTEGER NOT NULL,
  pdb_guid TEXT NOT NULL,
  pdb_name TEXT NOT NULL,
  file_version TEXT NOT NULL,
  build_id TEXT NOT NULL,
  soname TEXT NOT NULL,
  UNIQUE (path, file_bytes, build_id, pdb_guid, pe_timestamp, pe_checksum, file_version,
      image_bytes, machine)
);

-- What an image asks the loader for, in its own order.
CREATE TABLE import (
  module_id INTEGER NOT NULL REFERENCES module (id),
  position INTEGER NOT NULL,       -- from 1
  -- needed, delayed, forwarded (an export that is another module's), version, rpath, runpath,
  -- interpreter, more: what follows is not kept
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,              -- a module, as it is asked for; rpath and runpath: folders
  -- the version of a symbol of that module; of an API set the module that stands for it
  version TEXT,
  PRIMARY KEY (module_id, position)
) WITHOUT ROWID;
CREATE INDEX import_by_name ON import (coalesce(version, name) COLLATE NOCASE);

CREATE TABLE process (
  run_id INTEGER NOT NULL REFERENCES run (id),
  id INTEGER NOT NULL,             -- ours, from 1 in each run: PIDs are reused
  pid INTEGER NOT NULL,
  parent_pid INTEGER,
  parent_process_id INTEGER,       -- if the parent was recorded too
  via INTEGER NOT NULL,
  image_module_id INTEGER REFERENCES module (id), -- the last image it ran
  command_line TEXT,
  load_detection TEXT,             -- 'not observed' for a program without a dynamic loader
  first_seq INTEGER NOT NULL,
  last_seq INTEGER,                -- its ExitProcess
  exit_code INTEGER,
  exit_signal INTEGER,
  PRIMARY KEY (run_id, id)
) WITHOUT ROWID;

CREATE TABLE thread (
  run_id INTEGER NOT NULL REFERENCES run (id),
  id INTEGER NOT NULL,             -- ours, from 1 in each run: TIDs are reused
  process_id INTEGER NOT NULL,
  tid INTEGER NOT NULL,
  name TEXT,
  start_address INTEGER,
  start_address_module_id INTEGER REFERENCES module (id),
  start_address_offset INTEGER,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER,                -- its ExitThread, or the exit of its process
  exit_code INTEGER,
  thread_local_base INTEGER,
  PRIMARY KEY (run_id, id)
) WITHOUT ROWID;

-- What a thread was doing when nothing had happened in its process for a while.
CREATE TABLE look (
  run_id INTEGER NOT NULL REFERENCES run (id),
  id INTEGER NOT NULL,             -- from 1, in the order of time
  t_ns INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  thread_id INTEGER,
  -- 1: it ran, or was ready to run; 2: so it did, and where is not known since perf is forbidden
  computing INTEGER NOT NULL,
  call TEXT,                       -- 0: what it waited in; NULL: not known
  stack_seq INTEGER,               -- its stack is that of kept_stack with this seq; NULL: none
  PRIMARY KEY (run_id, id)
) WITHOUT ROWID;

CREATE TABLE event (
  run_id INTEGER NOT NULL REFERENCES run (id),
  seq INTEGER NOT NULL,            -- from 1, without gaps: the order in which the debugger was told
  t_ns INTEGER NOT NULL,
  -- how long the thread stood still for this event; NULL if the recorder died before it knew
  hold_ns INTEGER,
  process_id INTEGER,
  thread_id INTEGER,
  kind INTEGER NOT NULL,
  synthetic INTEGER NOT NULL,      -- 1: state replayed at an attach, not history
  -- the CPU time that its process has used, at events that bound gaps; NULL: not known
  cpu_ns INTEGER,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_create_process (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  via INTEGER,
  image_module_id INTEGER REFERENCES module (id),
  base INTEGER,
  start_address INTEGER,
  start_address_module_id INTEGER,
  start_address_offset INTEGER,
  thread_local_base INTEGER,
  debug_info_offset INTEGER,
  debug_info_size INTEGER,
  parent_pid INTEGER,
  parent_process_id INTEGER,
  command_line TEXT,
  load_detection TEXT,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_exit_process (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  exit_code INTEGER,
  signal INTEGER,
  core_dumped INTEGER,
  -- of the process alone; NULL where the system tells it only with that of its children
  cpu_user_ns INTEGER,
  cpu_system_ns INTEGER,
  peak_bytes INTEGER,
  minor_faults INTEGER,
  major_faults INTEGER,
  voluntary_switches INTEGER,
  involuntary_switches INTEGER,
  read_bytes INTEGER,
  written_bytes INTEGER,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_load_dll (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  module_id INTEGER REFERENCES module (id),
  base INTEGER,
  load_phase INTEGER,
  time_source INTEGER,
  -- glibc's dlmopen: the n-th namespace; NULL for the program's own
  link_namespace INTEGER,
  debug_info_offset INTEGER,       -- LOAD_DLL_DEBUG_INFO, NULL where 0
  debug_info_size INTEGER,
  -- the UnloadDll, or the exec of its process, that ended it; NULL if nothing did
  end_seq INTEGER,
  -- when it was mapped, by the kernel's own record, where time_source says so; NULL: not known
  -- better than by t_ns
  mapped_t_ns INTEGER,
  -- what the loader was doing: the first load of its request, or of a start-up the CreateProcess
  request_seq INTEGER,
  -- needed, forwarded, delayed (by by_seq), loader, preloaded, audit, asked, unknown
  cause INTEGER,
  by_seq INTEGER,                  -- whose import it is: a LoadDll or a CreateProcess
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_unload_dll (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  base INTEGER,
  load_seq INTEGER,                -- the LoadDll that this ends
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_exception (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  code INTEGER,                    -- Windows: the exception code; Linux: the signal number
  si_code INTEGER,                 -- Linux only
  first_chance INTEGER,
  flags INTEGER,
  address INTEGER,
  address_module_id INTEGER,
  address_offset INTEGER,
  -- JSON array: ExceptionInformation; on Linux the numbers of siginfo (see README.md)
  parameters TEXT,
  -- JSON array: the chain of nested EXCEPTION_RECORDs, nearest first
  nested_codes TEXT,
  nested_addresses TEXT,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_output_debug_string (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  text TEXT,
  encoding INTEGER,
  raw_bytes INTEGER,               -- how many bytes were read from the target
  truncated INTEGER,
  raw BLOB,                        -- those bytes, where text cannot say them exactly
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_rip (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  error INTEGER,
  type INTEGER,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE event_mark (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

-- The loader and the constructors of start-up libraries are done: the program's first instruction.
CREATE TABLE event_entry_point (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  address INTEGER,
  address_module_id INTEGER,
  address_offset INTEGER,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

-- A load that the loader refused, or a symbol that it did not find.
CREATE TABLE event_load_failed (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  what INTEGER,                    -- module, symbol, call
  name TEXT,                       -- what was asked for
  words TEXT,                      -- the loader's own
  object TEXT,                     -- the module that asked, where the loader says it
  request TEXT,                    -- what was being loaded then, where it was not this
  load_phase INTEGER,              -- startup, runtime
  status INTEGER,                  -- Windows: NTSTATUS
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

-- Copies of stacks, until they are unwound at the end of the recording.
CREATE TABLE raw_stack (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,            -- of an event, or below 0: of looks that have it as stack_seq
  event_seq INTEGER NOT NULL,      -- that event, or the last one of the process before those looks
  -- 17 of 8 bytes, in the order of DWARF's numbers on x86-64; or 2: stack pointer and place
  registers BLOB NOT NULL,
  stack BLOB NOT NULL,             -- from the stack pointer on, compressed by zlib
  -- before that xor what that row's stack, which has none, has at the same addresses; NULL: nothing
  base_seq INTEGER,
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  module_id INTEGER NOT NULL,      -- 0: in no module that is known
  -- from the module's base; of a caller the place to which it is returned
  offset INTEGER NOT NULL,
  symbol TEXT NOT NULL,            -- '': not known
  symbol_offset INTEGER NOT NULL,
  guessed INTEGER NOT NULL,        -- 1: found without unwind tables
  UNIQUE (module_id, offset, guessed)
);

CREATE TABLE stack (
  id INTEGER PRIMARY KEY,
  check_value INTEGER NOT NULL,    -- crc32 of frames: equal stacks are one row
  frames TEXT NOT NULL             -- JSON array of frame.id, the innermost first
);
CREATE INDEX stack_by_check_value ON stack (check_value);

CREATE TABLE kept_stack (
  run_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,            -- as in raw_stack
  stack_id INTEGER REFERENCES stack (id), -- NULL: it could not be unwound
  -- the first frame outside the loader: who asked for a module; of a look outside of libc, too
  cause_frame_id INTEGER REFERENCES frame (id),
  -- the function that the loader has called as a constructor, and in which all this was
  constructor_frame_id INTEGER REFERENCES frame (id),
  PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
