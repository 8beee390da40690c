-- What the looks ?2 to ?3 of run ?1 saw of the threads of process ?4, the main one first.
WITH seen AS (
  SELECT o.thread_id, o.doing, count(*) AS times FROM temp.look_words o
  WHERE o.run_id = ?1 AND o.id BETWEEN ?2 AND ?3 AND o.process_id = ?4 GROUP BY 1, 2
)
SELECT iif(t.first_seq = p.first_seq, 'main', coalesce(t.name, 'thread ' || t.tid, 'a thread'))
  || ': ' || s.doing || ' (' || s.times || ' of '
  || sum(s.times) OVER (PARTITION BY s.thread_id) || ' looks)'
FROM seen s LEFT JOIN thread t ON t.run_id = ?1 AND t.id = s.thread_id
LEFT JOIN process p ON p.run_id = ?1 AND p.id = ?4
ORDER BY t.first_seq = p.first_seq DESC, s.times DESC, s.doing LIMIT 3
