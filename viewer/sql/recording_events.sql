-- The events of run ?1, without details.
SELECT seq, t_ns, hold_ns, process_id, thread_id, synthetic, cpu_ns FROM main.event
WHERE run_id = ?1 ORDER BY seq
