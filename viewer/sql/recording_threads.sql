-- The threads of run ?1.
SELECT t.id, t.process_id, t.tid, t.name, t.start_address_module_id, t.start_address_offset,
    (SELECT e.seq FROM main.event e WHERE e.run_id = t.run_id AND e.seq = t.first_seq
        AND e.kind IN (1, 3)), t.last_seq
FROM main.thread t WHERE t.run_id = ?1 ORDER BY t.id
