-- What leads from one load of run :run to another: by whom each was needed, in which request (of
-- part 0), and which programs each process ran (of part 1).
SELECT 0 AS part, by_seq AS of, seq, request_seq AS request
FROM main.event_load_dll WHERE run_id = :run AND by_seq IS NOT NULL
UNION ALL
SELECT 1, e.process_id, c.seq, NULL
FROM main.event_create_process c
CROSS JOIN main.event e ON e.run_id = c.run_id AND e.seq = c.seq
WHERE c.run_id = :run AND e.process_id IS NOT NULL
