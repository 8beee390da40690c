# The program's first instruction on Windows: phases, a limit for them, what follows -f, and that a
# program which was let go before it does not meet our breakpoint.
. "$(dirname "$0")/common.sh"

cp "$TRACE_TOOLS"/../../samples/plugin.exe "$TRACE_TOOLS"/../../samples/sample_plugin.dll \
    "$TRACE_TOOLS"/../../samples/children.exe . || fail "there is no program to copy"
trailrec -q -o trail.db -- ./plugin.exe >alone.txt || fail "it ends with $?"
same "entry points" 1 "$(value "SELECT count(*) FROM events WHERE kind = 'EntryPoint'
    AND json_extract(detail, '$.module') = 'plugin.exe'")"
trailview -d trail.db summary | grep -q '[.][.]entry at ' || fail "no phase: $(trailview summary)"
trailview -d trail.db gaps | grep -q 'entry' || fail "no gap: $(trailview -d trail.db gaps)"
printf 'trail-rules 1\nlimit time start..entry 1ms\n' >limit.rules
trailview -d trail.db check limit.rules >check.txt
same "status of a limit that is broken" 1 $?
grep -q 'start..entry' check.txt || fail "the limit: $(cat check.txt)"

trailrec -q --until EntryPoint --then detach -o trail.db -- ./plugin.exe >let_go.txt ||
    fail "until: $?"
for load in ntdll.dll kernelbase.dll; do
    trailrec -q --until "load:$load" --then detach -o trail.db -- ./plugin.exe >early.txt ||
        fail "let go at $load: $?"
    wait_for "output of what was let go at $load" cmp alone.txt early.txt
done
trailrec --until load:kernelbase.dll --then stop -o trail.db -- ./plugin.exe >stood.txt 2>said.txt
pid=$(sed -n 's/^trailrec: standing still, untraced: \([0-9]*\).*/\1/p' said.txt)
$EMULATOR "$TRACE_TOOLS/standing_windows.exe" resume "$pid" || fail "nobody stands: $(cat said.txt)"
wait_for "output of what stood still at a load" cmp alone.txt stood.txt
same "events of what was let go at a load" 0 "$(value "SELECT count(*) FROM events
    WHERE run = (SELECT max(run) FROM runs) AND kind = 'EntryPoint'")"

trailrec -q -f -o trail.db -- ./children.exe >followed.txt
same "each process has one" 1 "$(value "SELECT
    (SELECT count(*) FROM processes p WHERE p.run = r.run) =
    (SELECT count(*) FROM events e WHERE e.run = r.run AND e.kind = 'EntryPoint')
    FROM runs r ORDER BY run DESC LIMIT 1")"
