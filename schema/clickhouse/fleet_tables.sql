-- The tables of a fleet: what trail files keep, of many machines, in ClickHouse (README.md). Every
-- release since 18.16 takes these statements. The columns have the names, and what they mean, of
-- ../sql/tables.sql, but for:
--   program, build, start   of the run, so that a question reads only what it asks about
--   copy                    of the run: each push of a run makes one, and those are whole of which
--                           there is a row in the table run; of those the greatest counts
--   *_id UUID               of a module, frame or stack: made of what that one says, so that it is
--                           the same for all files; 0 where the file has NULL (or 0)

-- The number of these tables (viewer/fleet/), and of the trail format that they follow.
CREATE TABLE IF NOT EXISTS trail_format (
  number UInt32, trail UInt32, made DateTime
) ENGINE = MergeTree PARTITION BY tuple() ORDER BY number;

-- One row for each copy of a run that is whole: it is written when all other rows are there.
CREATE TABLE IF NOT EXISTS run (
  program String, build String, start DateTime, copy UUID,
  uuid String, state String, start_utc_ns Int64, start_monotonic_ns Int64,
  wall_ns Nullable(Int64), command_line String, directory String, mode String, follow Int64,
  end_reason Nullable(String), exit_code Nullable(Int64), exit_signal Nullable(Int64), os String,
  arch String, host String, recorder String, wait_function String, load_detection String,
  wine Nullable(String), events Int64, counts String, holds String, hold_ns Int64,
  quiet_stops Int64, stalls Int64, stall_ns Int64, cpus Nullable(Int64),
  load_start Nullable(Float64), load_end Nullable(Float64), pressure_start Nullable(Float64),
  pressure_end Nullable(Float64), idle_share Nullable(Float64), stolen_share Nullable(Float64),
  -- the labels, by key
  label_keys Array(String), label_values Array(String),
  -- wall_ns without what the recorder held the run for, as comparisons take it
  net_wall_ns Nullable(Int64),
  -- which values came along: 1 environment, 2 arguments, 4 strings, added up; 7: all
  sent UInt8,
  -- how many rows the copy has in all tables but this one
  rows UInt64,
  pushed DateTime
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy);

CREATE TABLE IF NOT EXISTS environment (
  program String, build String, start DateTime, copy UUID,
  name String, value Nullable(String), check_value Int64
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, name);

CREATE TABLE IF NOT EXISTS process (
  program String, build String, start DateTime, copy UUID,
  id Int64, pid Int64, parent_pid Nullable(Int64), parent_process_id Nullable(Int64), via Int64,
  image_module_id UUID, command_line Nullable(String), load_detection Nullable(String),
  first_seq Int64, last_seq Nullable(Int64), exit_code Nullable(Int64),
  exit_signal Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, id);

CREATE TABLE IF NOT EXISTS thread (
  program String, build String, start DateTime, copy UUID,
  id Int64, process_id Int64, tid Int64, name Nullable(String), start_address Nullable(Int64),
  start_address_module_id UUID, start_address_offset Nullable(Int64), first_seq Int64,
  last_seq Nullable(Int64), exit_code Nullable(Int64), thread_local_base Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, id);

CREATE TABLE IF NOT EXISTS look (
  program String, build String, start DateTime, copy UUID,
  id Int64, t_ns Int64, process_id Int64, thread_id Nullable(Int64), computing Int64,
  call Nullable(String), stack_seq Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, id);

CREATE TABLE IF NOT EXISTS event (
  program String, build String, start DateTime, copy UUID,
  seq Int64, t_ns Int64, hold_ns Nullable(Int64), process_id Nullable(Int64),
  thread_id Nullable(Int64), kind Int64, synthetic Int64, cpu_ns Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_create_process (
  program String, build String, start DateTime, copy UUID,
  seq Int64, via Nullable(Int64), image_module_id UUID, base Nullable(Int64),
  start_address Nullable(Int64), start_address_module_id UUID,
  start_address_offset Nullable(Int64), thread_local_base Nullable(Int64),
  debug_info_offset Nullable(Int64), debug_info_size Nullable(Int64), parent_pid Nullable(Int64),
  parent_process_id Nullable(Int64), command_line Nullable(String),
  load_detection Nullable(String)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_exit_process (
  program String, build String, start DateTime, copy UUID,
  seq Int64, exit_code Nullable(Int64), signal Nullable(Int64), core_dumped Nullable(Int64),
  cpu_user_ns Nullable(Int64), cpu_system_ns Nullable(Int64), peak_bytes Nullable(Int64),
  minor_faults Nullable(Int64), major_faults Nullable(Int64), voluntary_switches Nullable(Int64),
  involuntary_switches Nullable(Int64), read_bytes Nullable(Int64), written_bytes Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_load_dll (
  program String, build String, start DateTime, copy UUID,
  seq Int64, module_id UUID, base Nullable(Int64), load_phase Nullable(Int64),
  time_source Nullable(Int64), link_namespace Nullable(Int64), debug_info_offset Nullable(Int64),
  debug_info_size Nullable(Int64), end_seq Nullable(Int64), mapped_t_ns Nullable(Int64),
  request_seq Nullable(Int64), cause Nullable(Int64), by_seq Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_unload_dll (
  program String, build String, start DateTime, copy UUID,
  seq Int64, base Nullable(Int64), load_seq Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_exception (
  program String, build String, start DateTime, copy UUID,
  seq Int64, code Nullable(Int64), si_code Nullable(Int64), first_chance Nullable(Int64),
  flags Nullable(Int64), address Nullable(Int64), address_module_id UUID,
  address_offset Nullable(Int64), parameters Nullable(String), nested_codes Nullable(String),
  nested_addresses Nullable(String)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_output_debug_string (
  program String, build String, start DateTime, copy UUID,
  seq Int64, text Nullable(String), encoding Nullable(Int64), raw_bytes Nullable(Int64),
  truncated Nullable(Int64), raw Nullable(String)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_rip (
  program String, build String, start DateTime, copy UUID,
  seq Int64, error Nullable(Int64), type Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_mark (
  program String, build String, start DateTime, copy UUID,
  seq Int64, name Nullable(String)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_entry_point (
  program String, build String, start DateTime, copy UUID,
  seq Int64, address Nullable(Int64), address_module_id UUID, address_offset Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS event_load_failed (
  program String, build String, start DateTime, copy UUID,
  seq Int64, what Nullable(Int64), name Nullable(String), words Nullable(String),
  object Nullable(String), request Nullable(String), load_phase Nullable(Int64),
  status Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS raw_stack (
  program String, build String, start DateTime, copy UUID,
  seq Int64, event_seq Int64, registers String, stack String, base_seq Nullable(Int64)
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

CREATE TABLE IF NOT EXISTS kept_stack (
  program String, build String, start DateTime, copy UUID,
  seq Int64, stack_id UUID, cause_frame_id UUID, constructor_frame_id UUID
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

-- What a run is like in numbers, as trailview's stats and history have them of that run alone.
-- Times are net of what the recorder held, -1 for none.
CREATE TABLE IF NOT EXISTS measure (
  program String, build String, start DateTime, copy UUID, start_utc_ns Int64,
  -- span: name is "start..end"; gap: name is "liba.so -> libb.so"; load: of a module, how often
  -- and when first; place: another place that the module came from in that run; count:
  -- of "loads"
  what String,
  process String, key String, name String, place String, times Int64, ns Int64,
  -- of a span what was held meanwhile, of a load the time since what came before it in its thread
  other_ns Int64
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (what, program, build, copy);

-- The view failed_loads of a file.
CREATE TABLE IF NOT EXISTS failed_load (
  program String, build String, start DateTime, copy UUID,
  seq Int64, t_ns Int64, pid Nullable(Int64), tid Nullable(Int64), what Nullable(String),
  name Nullable(String), words Nullable(String), needed_by Nullable(String),
  asked_by Nullable(String), object Nullable(String), request Nullable(String),
  load_phase Nullable(String), status Nullable(String), source String
) ENGINE = MergeTree PARTITION BY toYYYYMM(start) ORDER BY (program, build, copy, seq);

-- What runs share: of one id there may be more rows than one, all alike. It is written before what
-- refers to it. The arrays of a module are its rows of the file's table import.
CREATE TABLE IF NOT EXISTS module (
  id UUID, path String, name String, file_bytes Int64, image_bytes Int64, machine Int64,
  pe_timestamp Int64, pe_checksum Int64, pdb_guid String, pdb_name String, file_version String,
  build_id String, soname String,
  import_position Array(Int64), import_kind Array(Int64), import_name Array(String),
  import_version Array(Nullable(String))
) ENGINE = ReplacingMergeTree PARTITION BY tuple() ORDER BY id;

CREATE TABLE IF NOT EXISTS frame (
  id UUID, module_id UUID, offset Int64, symbol String, symbol_offset Int64, guessed Int64
) ENGINE = ReplacingMergeTree PARTITION BY tuple() ORDER BY id;

-- The frames from the innermost on.
CREATE TABLE IF NOT EXISTS stack (
  id UUID, frames Array(UUID)
) ENGINE = ReplacingMergeTree PARTITION BY tuple() ORDER BY id;

-- Which copies count: of each run the greatest. One that came with more values is greater.
CREATE VIEW IF NOT EXISTS whole_copy AS SELECT max(copy) AS copy FROM run GROUP BY uuid;

-- The runs, each once.
CREATE VIEW IF NOT EXISTS whole_run AS
SELECT * FROM run WHERE copy GLOBAL IN (SELECT copy FROM whole_copy) LIMIT 1 BY copy;
