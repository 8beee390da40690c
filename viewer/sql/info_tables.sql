-- A statement that says how large each table of the file is, with its indexes, as a JSON array of
-- objects; to be prepared with the same connection. Where SQLite cannot tell bytes (?1 is 0), rows.
SELECT printf('WITH space AS MATERIALIZED (%s), counted AS (%s)',
    iif(?1, 'SELECT coalesce(m.tbl_name, d.name) AS name, sum(d.pgsize) AS bytes '
      || 'FROM dbstat(''main'', 1) d LEFT JOIN main.sqlite_schema m ON m.name = d.name GROUP BY 1',
      'SELECT NULL AS name, NULL AS bytes'),
    group_concat(printf('SELECT %Q AS name, count(*) AS rows FROM main."%w"', t.name, t.name),
      ' UNION ALL '))
  || ' SELECT json_group_array(json_object(''table'', c.name, ''rows'', c.rows, ''bytes'','
  || ' c.bytes)) FROM (SELECT c.name, c.rows, s.bytes FROM counted c LEFT JOIN space s'
  || ' ON s.name = c.name WHERE c.rows > 0 ORDER BY s.bytes DESC, c.rows DESC, c.name) c'
FROM (SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
  LIMIT 100) t
