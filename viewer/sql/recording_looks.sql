-- The looks into run ?1, in the order of time. Of what computes, what it computes in where that is
-- not the doing of who is named.
SELECT t_ns, process_id, thread_id, computing, coalesce(call, iif(computing = 1,
    (SELECT (SELECT p.function FROM places p WHERE p.frame = s.innermost
        AND p.frame <> s.cause_frame_id AND p.function LIKE '%!%')
      FROM (SELECT k.cause_frame_id, (SELECT json_extract(t.frames, '$[0]') FROM main.stack t
          WHERE t.id = k.stack_id) AS innermost
        FROM main.kept_stack k WHERE k.run_id = ?1 AND k.seq = stack_seq) s), NULL)), caller
FROM look_words WHERE run_id = ?1
ORDER BY t_ns, id
