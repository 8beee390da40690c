# Start-ups that Windows' loader ends: what is concluded from the imports, and what API sets are.
. "$(dirname "$0")/common.sh"

cp "$TRACE_TOOLS/chain_windows.exe" "$TRACE_TOOLS/middle_windows.dll" \
    "$TRACE_TOOLS/absent_windows.dll" . || fail "there is no program to copy"

trailrec -q -o trail.db -- ./chain_windows.exe
same "status" 7 $?
api_set=$(value "SELECT import FROM imports WHERE name = 'chain_windows.exe'
    AND import LIKE 'api-ms-%' AND version = 'kernelbase.dll'")
[ -n "$api_set" ] || fail "kernelbase.dll stands for no API set: $(value 'SELECT * FROM imports')"
same "the API set's module" "needed by chain_windows.exe" "$(value "SELECT why FROM loads
    WHERE lower(name) = 'kernelbase.dll'")"
trailview -d trail.db why "$api_set" >why.txt
grep -q 'no module, but an API set: kernelbase.dll stands for it' why.txt ||
    fail "why an API set: $(cat why.txt)"

failed() { value "SELECT name || ' ' || needed_by || ' ' || status || ' ' || source
    FROM failed_loads WHERE run = (SELECT max(run) FROM runs)"; }
trailrec -q -o trail.db -E REFUSE=1 -- ./chain_windows.exe
same "exit code of a DllMain that refuses" 3221225794 "$(value "SELECT exit_code FROM runs
    WHERE run = 2")"
same "all of its imports came" "" "$(failed)"

rm absent_windows.dll
trailrec -o trail.db -- ./chain_windows.exe 2>digest.txt
same "what never came" "absent_windows.dll middle_windows.dll 0xc0000135 conclusion" "$(failed)"
grep -q 'concluded from the imports: absent_windows.dll, needed by middle_windows.dll, was not' \
    digest.txt || fail "digest: $(cat digest.txt)"
grep -q 'with --loader-snaps' digest.txt || fail "digest: $(cat digest.txt)"
trailview -d trail.db loads --failed | grep -q 'conclusion' || fail "loads --failed"
