-- What a file of version 2 has not yet, laid over its tables as TEMP so that it can be viewed without being changed.
CREATE TEMP VIEW thread AS SELECT *, (
  SELECT d.thread_local_base FROM main.event_create_thread d WHERE d.run_id = t.run_id AND d.seq = t.first_seq) AS thread_local_base
FROM main.thread t;
