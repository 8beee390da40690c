-- For how long processes of run ?1 were held, from event ?2 to before ?3.
SELECT e.seq, e.process_id, e.hold_ns FROM event e
WHERE e.run_id = ?1 AND e.seq >= ?2 AND e.seq < ?3 AND e.hold_ns > 0 ORDER BY e.seq
