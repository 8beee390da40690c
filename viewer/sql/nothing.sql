-- One row for :run: what may be the reason that there is nothing of a kind in it. The process whose
-- loads were not observed is the first; with :pid, of those with that number.
SELECT (SELECT state = 'recording' FROM main.run WHERE id = :run) AS is_recording,
  count(*) AS unobserved, name, pid, load_detection
FROM (SELECT name, pid, load_detection FROM temp.processes
    WHERE run = :run AND load_detection LIKE 'not observed%' AND (:pid IS NULL OR pid = :pid)
    ORDER BY process DESC)
