-- The looks into run ?1, in the order of time.
SELECT t_ns, process_id, thread_id, computing, call, caller FROM look_words WHERE run_id = ?1
ORDER BY t_ns, id
