-- What run ?1 is found by over there: its uuid, state, start, the program that it began with, its
-- build; its events and how long it took.
SELECT r.uuid, r.state, r.start_utc_ns,
  coalesce((SELECT m.name FROM main.process p JOIN main.module m ON m.id = p.image_module_id
    WHERE p.run_id = r.id ORDER BY p.id LIMIT 1), ''),
  coalesce((SELECT l.value FROM main.label l WHERE l.run_id = r.id AND l.key = 'build'), ''),
  r.events, r.wall_ns
FROM main.run r WHERE r.id = ?1
