-- The processes of :run, children below their parents, with the lines before the name. A child has
-- a higher number than its parent, because a parent is recorded first; where a file says otherwise
-- there is a root instead of a circle. Deeper than 40 no line is moved further to the right.
WITH RECURSIVE link(id, parent) AS (
    SELECT p.id, (SELECT q.id FROM main.process q
                  WHERE q.run_id = p.run_id AND q.id = p.parent_process_id AND q.id < p.id)
    FROM main.process p WHERE p.run_id = :run
),
kin(id, parent, is_last) AS (
    SELECT id, parent, lead(id) OVER (PARTITION BY parent ORDER BY id) IS NULL FROM link
),
tree(id, depth, is_last, prefix) AS (
    SELECT id, 0, is_last, '' FROM kin WHERE parent IS NULL
    UNION ALL
    SELECT k.id, t.depth + 1, k.is_last,
        t.prefix || CASE WHEN t.depth NOT BETWEEN 1 AND 39 THEN '' WHEN t.is_last THEN '   '
            ELSE '│  ' END
    FROM tree t CROSS JOIN kin k ON k.parent = t.id
    ORDER BY 2 DESC, 1
),
-- `word`: by what a program was started, where its file has another name: a link to it.
started AS (
    SELECT e.process_id AS id, c.seq, coalesce(m.name, '?') AS name, CASE
        WHEN m.path LIKE '/%' AND substr(c.command_line, 1, 1) NOT IN (char(39), '"', '$') THEN
            substr(c.command_line, 1, instr(c.command_line || ' ', ' ') - 1) END AS word
    FROM main.event_create_process c
    CROSS JOIN main.event e ON e.run_id = c.run_id AND e.seq = c.seq
    LEFT JOIN main.module m ON m.id = c.image_module_id
    WHERE c.run_id = :run AND c.via IS NOT 1
    ORDER BY e.process_id, c.seq
),
gone_through AS MATERIALIZED (
    SELECT id, group_concat(name || CASE WHEN base NOT IN ('', name)
        THEN ' (as ' || base || ')' ELSE '' END, ' > ') AS images
    FROM (SELECT *, coalesce(replace(word, rtrim(word, replace(word, '/', '')), ''), '') AS base
        FROM started)
    GROUP BY id
),
placed AS (SELECT row_number() OVER () AS position, * FROM tree)
SELECT p.run, o.depth, p.process, p.pid, p.parent_process, p.parent_pid, p.via, p.name, p.path,
    p.command_line, p.start_t_ns, p.end_t_ns, p.exit_code, p.exit_signal, p.load_detection,
    p.first_seq, p.last_seq, p.cpu_user_ns, p.cpu_system_ns, p.peak_bytes,
    coalesce(g.images, p.name) AS images, o.position,
    o.prefix || CASE WHEN o.depth = 0 THEN '' WHEN o.is_last THEN '└─ ' ELSE '├─ ' END AS lines
FROM placed o
CROSS JOIN processes p ON p.run = :run AND p.process = o.id
LEFT JOIN gone_through g ON g.id = o.id
