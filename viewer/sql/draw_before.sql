-- Where reading begins so that what was going on at event ?2 of run ?1 is known, mostly: some
-- loads and starts before it.
SELECT coalesce(min(seq), 1) FROM (
  SELECT * FROM (SELECT seq FROM event_load_dll WHERE run_id = ?1 AND seq < ?2
    ORDER BY seq DESC LIMIT 1 OFFSET 1000)
  UNION ALL SELECT * FROM (SELECT seq FROM event_create_process WHERE run_id = ?1 AND seq < ?2
    ORDER BY seq DESC LIMIT 1 OFFSET 1000)
)
