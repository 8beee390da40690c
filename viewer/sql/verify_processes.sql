-- Processes and threads: what they refer to is there. (What events refer to: event_walk.)
SELECT printf('run %d: thread %d is in process %s, which is not there', t.run_id, t.id,
    t.process_id) FROM main.thread t
WHERE NOT EXISTS (SELECT 1 FROM main.process p WHERE p.run_id = t.run_id AND p.id = t.process_id)
UNION ALL
SELECT printf('run %d: the parent of process %d is process %s, which is not there', c.run_id, c.id,
    c.parent_process_id) FROM main.process c
WHERE c.parent_process_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM main.process p WHERE p.run_id = c.run_id
      AND p.id = c.parent_process_id)
UNION ALL
SELECT printf('run %d: the image of process %d is module %s, which is not there', p.run_id, p.id,
    p.image_module_id) FROM main.process p
WHERE p.image_module_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM main.module m WHERE m.id = p.image_module_id)
UNION ALL
SELECT printf('run %d: thread %d started in module %s, which is not there', t.run_id, t.id,
    t.start_address_module_id) FROM main.thread t
WHERE t.start_address_module_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM main.module m WHERE m.id = t.start_address_module_id)
UNION ALL
SELECT printf('run %d: process %d begins or ends at an event that is not there', p.run_id, p.id)
    FROM main.process p
WHERE NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id = p.run_id AND e.seq = p.first_seq)
   OR (p.last_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id = p.run_id
       AND e.seq = p.last_seq))
UNION ALL
SELECT printf('run %d: thread %d begins or ends at an event that is not there', t.run_id, t.id)
    FROM main.thread t
WHERE NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id = t.run_id AND e.seq = t.first_seq)
   OR (t.last_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id = t.run_id
       AND e.seq = t.last_seq))
