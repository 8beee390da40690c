-- Format version 3: what is known of a thread's start and end is kept once, in the thread's row, and no longer with its two events too.

ALTER TABLE thread ADD COLUMN thread_local_base INTEGER;
UPDATE thread SET thread_local_base = (
  SELECT d.thread_local_base FROM event_create_thread d WHERE d.run_id = thread.run_id AND d.seq = thread.first_seq);
DROP TABLE event_create_thread;
DROP TABLE event_exit_thread;
