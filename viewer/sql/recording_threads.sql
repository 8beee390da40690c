-- The threads of run ?1.
SELECT t.id, t.process_id, t.tid, t.name, t.start_address_module_id, t.start_address_offset,
    t.first_seq, t.last_seq
FROM main.thread t WHERE t.run_id = ?1 ORDER BY t.id
