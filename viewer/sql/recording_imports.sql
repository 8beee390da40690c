-- What module ?1 needs, or forwards exports to: of an API set the module that stands for it.
SELECT coalesce(version, name) FROM main.import WHERE module_id = ?1 AND kind IN (0, 2)
ORDER BY position LIMIT 4096
