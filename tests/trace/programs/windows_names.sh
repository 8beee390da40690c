# Names of files beyond ASCII on Windows: letters of the system's own code page, letters that it
# lacks, and characters of two UTF-16 units, wherever a path goes: database, rules, output, working
# folder, program, environment.
. "$(dirname "$0")/common.sh"
LC_ALL=C.UTF-8 # how Wine reads our arguments
export LC_ALL
library=$(ls "$TRACE_TOOLS/../../samples/sample_plugin.dll") || fail "there is no library to load"

# one NAME: all of it with that name.
one()
{
    name=$1
    mkdir -p "$name/into" || fail "cannot make '$name'"
    cp "$TRACE_TOOLS/../../samples/no_events.exe" "$name/$name.exe" || fail "no program to copy"
    for i in 1 2 3 4 5 6; do
        trailrec -q -o "$name/$name.db" -l round=$i -- "$name/$name.exe" >/dev/null 2>"$name/err" ||
            fail "$name: status $? of trailrec: $(cat "$name/err")"
    done
    [ -f "$name/$name.db" ] || fail "$name: the database is called otherwise: $(ls "$name")"
    same "$name: program" "$name.exe" \
        "$(value "SELECT name FROM processes WHERE run = 1" "$name/$name.db")"
    same "$name: selector" 6 "$(trailview -d "$name/$name.db" runs --format ndjson | wc -l)"
    trailview runs --format ndjson "$name/$name.db:3" | grep -q '"run":3' ||
        fail "$name: FILE:RUN does not find it"
    same "$name: where it is" "$name.db" "$(cd "$name" && TRAIL_DB=$name.db trailview info |
        grep -o "$name.db" | head -n 1)"

    trailview -d "$name/$name.db" baseline -o "$name/$name.rules" 2>"$name/err" ||
        fail "$name: status $? of baseline: $(cat "$name/err")"
    [ -f "$name/$name.rules" ] || fail "$name: the rules are called otherwise: $(ls "$name")"
    trailview -d "$name/$name.db" baseline -o "$name/$name.rules" 1 2 3 4 5 2>"$name/err" ||
        fail "$name: rules are not replaced: $(cat "$name/err")"
    same "$name: what is left beside it" "" "$(find "$name" -name '*.new')"
    trailview -d "$name/$name.db" check "$name/$name.rules" 6 >"$name/out" 2>&1 ||
        fail "$name: status $? of check: $(cat "$name/out")"

    mkdir "$name/work"
    (cd "$name/work" && trailrec -q -o "../$name 2.db" -C "../into" -- "../$name.exe") ||
        fail "$name: status $? in a working folder and with -C"
    same "$name: working folder" "into" "$(value "SELECT directory FROM runs" "$name/$name 2.db" |
        tr '\\' '/' | sed 's:.*/::')"

    rm -f rounds.txt stop
    # one that is killed leaves its ring beside the database, and that is found again
    $EMULATOR "$TRAILREC" -q -o "$name/killed $name.db" -- \
        "$TRACE_TOOLS/attach_target_windows.exe" rounds.txt stop "$library" >"$name/out" 2>&1 &
    recorder=$!
    wait_for "$name: a round" test -s rounds.txt
    ls "$name" | grep -q "^killed $name.db-run1.*ring" || fail "$name: no ring: $(ls "$name")"
    kill -9 $recorder
    : >stop
    wait $recorder
    same "$name: after a kill" recovered \
        "$(value "SELECT state FROM runs" "$name/killed $name.db")"
    ls "$name" | grep ring && fail "$name: a ring is left"

    printf 'not a trail file' >"$name/other.db"
    trailview -d "$name/other.db" runs 2>"$name/err" && fail "$name: what is no trail file opens"
    grep -q 'not a' "$name/err" || fail "$name: $(cat "$name/err")"
    trailview -d "$name/absent $name.db" runs 2>"$name/err" && fail "$name: nothing opens"
    grep -q "absent $name.db': no such file" "$name/err" || fail "$name: $(cat "$name/err")"
    trailview -d "$name/$name.db" check "$name/absent.rules" 2>"$name/err" >&2
    grep -q "absent.rules': no such file" "$name/err" || fail "$name: $(cat "$name/err")"
}

one 'Äpfel'
one 'ελΔη Ж'
one '漢字 ﬀ'
one '😀 a̋'
