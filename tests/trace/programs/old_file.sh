# A file of format version 1 is shown like a new one without being changed, and a recorder that adds
# to it keeps what is there.
. "$(dirname "$0")/common.sh"

command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
tables=$(dirname "$0")/../../../schema/sql/migration_1.sql

# What a recorder makes today, in the tables of then.
trailrec -q -f -o trail.db -- sh -c 'true; exit 3'
sqlite3 old.db <"$tables" || fail "migration_1.sql"
for table in $(sqlite3 old.db "ATTACH 'trail.db' AS new; SELECT name FROM main.sqlite_master
    JOIN new.sqlite_master USING (type, name)
    WHERE type = 'table'"); do
    columns=$(sqlite3 old.db "SELECT group_concat(name) FROM pragma_table_info('$table')")
    sqlite3 old.db "ATTACH 'trail.db' AS new; INSERT INTO $table ($columns) SELECT $columns
        FROM new.$table" || fail "$table"
done
sqlite3 old.db "INSERT INTO event_exit_thread SELECT t.run_id, t.last_seq, t.exit_code FROM thread t
    JOIN event e ON e.run_id = t.run_id AND e.seq = t.last_seq AND e.kind = 4" ||
        fail "event_exit_thread"
sqlite3 old.db "PRAGMA application_id = 0x5472616C; PRAGMA user_version = 1"
chmod a-w old.db
before=$(cksum <old.db)

show()
{
    for command in runs summary events loads tree threads exceptions output; do
        echo "== $command"
        trailview -d "$1" $command --format json || fail "$command of $1"
    done
}

show trail.db >new.txt
show old.db >old.txt
diff -u new.txt old.txt >&2 || fail "the old file is shown otherwise"
trailview -d old.db verify >verify.txt || fail "verify: $(cat verify.txt)"
same "bytes of the old file" "$before" "$(cksum <old.db)"

chmod u+w old.db
trailrec -q -o old.db -- true || fail "recording to an old file"
same "version" 3 "$(sqlite3 old.db 'PRAGMA user_version')"
same "runs" "complete 3
complete 0" "$(value "SELECT state || ' ' || exit_code FROM runs ORDER BY run" old.db)"
trailview -d old.db events 1 --format json >again.txt
trailview -d trail.db events 1 --format json | cmp - again.txt || fail "the old run has changed"
