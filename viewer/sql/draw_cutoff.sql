-- The first event of run ?1 from ?2 on with which there are more than ?3 of a kind that bounds
-- gaps; NULL: there are not so many.
SELECT min(seq) FROM (
  SELECT * FROM (SELECT seq FROM event_load_dll WHERE run_id = ?1 AND seq >= ?2
    ORDER BY seq LIMIT 1 OFFSET ?3)
  UNION ALL SELECT * FROM (SELECT seq FROM event_create_process WHERE run_id = ?1 AND seq >= ?2
    ORDER BY seq LIMIT 1 OFFSET ?3)
  UNION ALL SELECT * FROM (SELECT seq FROM event_exit_process WHERE run_id = ?1 AND seq >= ?2
    ORDER BY seq LIMIT 1 OFFSET ?3)
  UNION ALL SELECT * FROM (SELECT seq FROM event_load_failed WHERE run_id = ?1 AND seq >= ?2
    ORDER BY seq LIMIT 1 OFFSET ?3)
  UNION ALL SELECT * FROM (SELECT seq FROM event_mark WHERE run_id = ?1 AND seq >= ?2
    ORDER BY seq LIMIT 1 OFFSET ?3)
)
