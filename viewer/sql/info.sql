-- What a file says about itself. The journal mode and the counts come from PRAGMAs that a SELECT
-- can read.
SELECT
  :path AS path,
  (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes,
  (SELECT user_version FROM pragma_user_version) AS format_version,
  (SELECT count(*) FROM main.run) AS runs,
  (SELECT count(*) FROM main.run WHERE state = 'recording') AS recording,
  (SELECT min(start) FROM runs) AS first_run,
  (SELECT max(start) FROM runs) AS last_run,
  (SELECT CAST(total(events) AS INTEGER) FROM main.run) AS events,
  (SELECT count(*) FROM main.module) AS modules,
  (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode,
  (SELECT page_size FROM pragma_page_size) AS page_size,
  (SELECT freelist_count FROM pragma_freelist_count) AS free_pages,
  (SELECT encoding FROM pragma_encoding) AS encoding,
  sqlite_version() AS sqlite,
  :tables AS tables
