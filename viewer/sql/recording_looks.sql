-- The looks into run ?1, in the order of time. Of what computes, the innermost function with a name
-- that whoever is named has called: a C library's system calls are in functions without one.
SELECT t_ns, process_id, thread_id, computing, coalesce(call, iif(computing = 1,
    (SELECT p.function
      FROM main.kept_stack k
      CROSS JOIN main.stack t ON t.id = k.stack_id
      CROSS JOIN json_each(iif(json_valid(t.frames), t.frames, '[]')) j
      CROSS JOIN places p ON p.frame = j.value
      WHERE k.run_id = ?1 AND k.seq = stack_seq AND p.function LIKE '%!%'
        AND j.key < (SELECT min(c.key) FROM json_each(t.frames) c WHERE c.value = k.cause_frame_id)
      ORDER BY j.key LIMIT 1), NULL)), caller
FROM look_words WHERE run_id = ?1
ORDER BY t_ns, id
