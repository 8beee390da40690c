-- What a cluster adds, on each of its nodes or with ON CLUSTER. The tables themselves are in a
-- database trail_local of each node (trailview push --init http://NODE:8123/trail_local). These are
-- in a database trail; after them, trailview push --init http://NODE:8123/trail makes the views
-- there. CLUSTER is the cluster's name in the server's remote_servers. Push to trail, on any node:
-- a run's rows come to one shard.

CREATE TABLE IF NOT EXISTS trail.trail_format AS trail_local.trail_format
ENGINE = Distributed(CLUSTER, trail_local, trail_format, number);
CREATE TABLE IF NOT EXISTS trail.run AS trail_local.run
ENGINE = Distributed(CLUSTER, trail_local, run, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.environment AS trail_local.environment
ENGINE = Distributed(CLUSTER, trail_local, environment, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.process AS trail_local.process
ENGINE = Distributed(CLUSTER, trail_local, process, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.thread AS trail_local.thread
ENGINE = Distributed(CLUSTER, trail_local, thread, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.look AS trail_local.look
ENGINE = Distributed(CLUSTER, trail_local, look, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event AS trail_local.event
ENGINE = Distributed(CLUSTER, trail_local, event, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_create_process AS trail_local.event_create_process
ENGINE = Distributed(CLUSTER, trail_local, event_create_process, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_exit_process AS trail_local.event_exit_process
ENGINE = Distributed(CLUSTER, trail_local, event_exit_process, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_load_dll AS trail_local.event_load_dll
ENGINE = Distributed(CLUSTER, trail_local, event_load_dll, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_unload_dll AS trail_local.event_unload_dll
ENGINE = Distributed(CLUSTER, trail_local, event_unload_dll, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_exception AS trail_local.event_exception
ENGINE = Distributed(CLUSTER, trail_local, event_exception, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_output_debug_string AS trail_local.event_output_debug_string
ENGINE = Distributed(CLUSTER, trail_local, event_output_debug_string, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_rip AS trail_local.event_rip
ENGINE = Distributed(CLUSTER, trail_local, event_rip, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_mark AS trail_local.event_mark
ENGINE = Distributed(CLUSTER, trail_local, event_mark, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_entry_point AS trail_local.event_entry_point
ENGINE = Distributed(CLUSTER, trail_local, event_entry_point, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.event_load_failed AS trail_local.event_load_failed
ENGINE = Distributed(CLUSTER, trail_local, event_load_failed, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.raw_stack AS trail_local.raw_stack
ENGINE = Distributed(CLUSTER, trail_local, raw_stack, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.kept_stack AS trail_local.kept_stack
ENGINE = Distributed(CLUSTER, trail_local, kept_stack, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.measure AS trail_local.measure
ENGINE = Distributed(CLUSTER, trail_local, measure, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.failed_load AS trail_local.failed_load
ENGINE = Distributed(CLUSTER, trail_local, failed_load, sipHash64(toString(copy)));
CREATE TABLE IF NOT EXISTS trail.module AS trail_local.module
ENGINE = Distributed(CLUSTER, trail_local, module, sipHash64(toString(id)));
CREATE TABLE IF NOT EXISTS trail.frame AS trail_local.frame
ENGINE = Distributed(CLUSTER, trail_local, frame, sipHash64(toString(id)));
CREATE TABLE IF NOT EXISTS trail.stack AS trail_local.stack
ENGINE = Distributed(CLUSTER, trail_local, stack, sipHash64(toString(id)));
