# The file is the interface: its views answer to plain sqlite3, without Trail; events come as one
# JSON object a line.
. "$(dirname "$0")/common.sh"

command -v sqlite3 >/dev/null || skip "the sqlite3 program is not installed"
trailrec -q -o trail.db -- true || fail "recording failed"
for view in runs events loads processes threads exceptions output marks modules; do
    sqlite3 -header trail.db "SELECT * FROM $view" >"$view.txt" || fail "view $view"
done
grep -q '|libc.so.6|' loads.txt || fail "loads: $(cat loads.txt)"
same "columns of events" "run|seq|t_ns|hold_ns|pid|tid|kind|synthetic|detail" \
    "$(head -n 1 events.txt)"
same "columns of loads" \
    "run|ordinal|seq|t_ns|time_source|pid|tid|name|path|base|size|version|build_id|why|load_phase|\
synthetic|unload_t_ns|image" \
    "$(head -n 1 loads.txt)"
trailview -d trail.db events last --format ndjson >events.ndjson || fail "events"
same "objects" "$(value 'SELECT events FROM runs')" "$(wc -l <events.ndjson | tr -d ' ')"
while read -r line; do
    keys=$(sqlite3 :memory: "SELECT group_concat(key, '|')
        FROM json_each('$(printf %s "$line" | sed "s/'/''/g")')") || fail "not JSON: $line"
    same "keys" "$(head -n 1 events.txt)" "$keys"
done <events.ndjson
