-- What run ?1 did not load; nothing of a run of which that is plain without looking closer.
SELECT seq, t_ns, pid, tid, what, name, words, needed_by, asked_by, object, request, load_phase,
  status, source
FROM failed_loads WHERE run = ?1
  AND (EXISTS (SELECT 1 FROM main.event_load_failed f WHERE f.run_id = ?1)
    OR EXISTS (SELECT 1 FROM main.process p WHERE p.run_id = ?1
      AND p.exit_code IN (0xC0000135, 0xC0000139, 0xC0000142)))
ORDER BY seq
