# --kernel-times: each load has the time at which the kernel mapped it, in the order in which the
# process itself asked for it.
. "$(dirname "$0")/common.sh"

command -v python3 >/dev/null || skip "python3 is not installed"
python=$(python3 -c 'import os; print(os.path.realpath("/proc/self/exe"))')
"$python" -c 'import json, ssl, sqlite3, ctypes' 2>/dev/null ||
    skip "python3 comes without json, ssl, sqlite3 or ctypes"

# Without the option nothing is asked, and where the kernel refuses the run is as if it had not been
# asked.
trailrec -q -o without.db -- "$python" -c 'import json, ssl, sqlite3' || fail "without the option"
trailrec -q --kernel-times -o trail.db -p $$ 2>attach.err
same "status of an attach" 125 $?
same "an attach" \
    "trailrec: --kernel-times is for a COMMAND: what runs already cannot be observed so" \
    "$(cat attach.err)"
"$TRACE_TOOLS/refuse_perf" "$TRAILREC" -q --kernel-times -o without.db -- sh -c 'exit 3' \
    2>refused.err
status=$?
[ $status = 77 ] || {
    same "status where it is refused" 3 $status
    grep -q '^trailrec: no load times from the kernel: perf_event_open is not permitted ' \
        refused.err || fail "stderr: $(cat refused.err)"
    same "lines on stderr" 1 "$(wc -l <refused.err | tr -d ' ')"
}
same "times of the kernel without it" 0 "$(value "SELECT count(*) FROM loads
    WHERE time_source = 'kernel'" without.db)"
same "load detection without it" r_brk \
    "$(value 'SELECT DISTINCT load_detection FROM runs' without.db)"
[ "$(value "SELECT count(*) > 1 FROM loads WHERE run = 1 AND load_phase = 'startup'
    AND time_source = 'batch'" without.db)" = 1 ] || fail "no batch"

trailrec -q --kernel-times -o trail.db -- "$python" -c 'import json, ssl, sqlite3' 2>talk.err ||
    fail "python3 failed"
! grep -q 'no load times from the kernel' talk.err || skip "$(cat talk.err)"
same "talk" "" "$(cat talk.err)"
same "load detection" "r_brk + perf mmap2" "$(value 'SELECT load_detection FROM runs')"
same "loads without a time of the kernel" "" "$(value "SELECT path FROM loads
    WHERE time_source <> 'kernel'")"

# Every time lies between the stop before and the stop that told of the load; all are distinct, and
# but for the loader, which the exec itself mapped, their order is the link map's.
stops="WITH stop AS (SELECT run, seq, t_ns, max(iif(mapped IS NULL, t_ns, NULL)) OVER w AS before,
    mapped FROM (
           SELECT run, seq, t_ns, json_extract(detail, '\$.mapped_t_ns') AS mapped, pid FROM events)
           WINDOW w AS (PARTITION BY run, pid ORDER BY t_ns RANGE BETWEEN UNBOUNDED PRECEDING
           AND 1 PRECEDING))"
within_stops() { same "loads that were mapped at another time than between two stops" "" \
    "$(value "$stops SELECT run || ':' || seq || ' ' || before || ' ' || mapped || ' ' || t_ns
        FROM stop WHERE mapped NOT BETWEEN before AND t_ns" "$1")"; }
within_stops trail.db
same "distinct times" "$(value 'SELECT count(*) FROM loads')" \
    "$(value 'SELECT count(DISTINCT t_ns) FROM loads')"
same "the loader's time" 0 "$(value "SELECT t_ns FROM loads WHERE name LIKE 'ld-%'")"
same "order" "$(value "SELECT path FROM loads WHERE name NOT LIKE 'ld-%' ORDER BY seq")" \
    "$(value "SELECT path FROM loads WHERE name NOT LIKE 'ld-%' ORDER BY t_ns")"
trailview verify trail.db >verify.txt || fail "verify: $(cat verify.txt)"

# The same order by another witness: the first executable mmap of each file, as strace sees it.
if command -v strace >/dev/null &&
    strace -o strace.txt -y -e trace=mmap "$python" -c 'import json, ssl, sqlite3' 2>/dev/null; then
    sed -n 's/^mmap(.*PROT_EXEC.*<\(\/[^>]*\)>.*/\1/p' strace.txt | awk '!seen[$0]++' >expected.txt
    value "SELECT path FROM loads WHERE name NOT LIKE 'ld-%' ORDER BY t_ns" |
        diff -u expected.txt - >&2 || fail "strace saw another order (-)"
fi

# Loads at the same address again and again, each with its own time; and children with -f.
cat >again.py <<'END'
import _ctypes, subprocess
path = 'libanl.so.1' # part of glibc, and nothing needs it
for i in range(300):
    _ctypes.dlclose(_ctypes.dlopen(path, 2))
subprocess.run(['/bin/sh', '-c', 'ls / >/dev/null; exit 0'], check=True)
END
trailrec -q -f --kernel-times -o again.db -- "$python" again.py || fail "again.py failed"
[ "$(value 'SELECT count(*) > 250 FROM events WHERE kind = '"'UnloadDll'" again.db)" = 1 ] ||
    fail "no unloads"
[ "$(value "SELECT count(DISTINCT pid) > 2 FROM loads WHERE time_source = 'kernel'" again.db)" = 1 \
    ] || fail "no children"
same "loads without a time of the kernel" "" "$(value "SELECT DISTINCT path FROM loads
    WHERE time_source <> 'kernel'" again.db)"
within_stops again.db

# More mappings than the buffers hold between two loads: where records were lost, the loads keep the
# times of their stops.
cat >lost.py <<'END'
import _ctypes, mmap
path = 'libanl.so.1'
with open('/proc/self/exe', 'rb') as file:
    for i in range(6): # the buffers may be emptied at any moment, but not each time just before the load
        for j in range(20000):
            mmap.mmap(file.fileno(), 4096, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()
        _ctypes.dlclose(_ctypes.dlopen(path, 2))
END
trailrec -q --kernel-times -o lost.db -- "$python" lost.py || fail "lost.py failed"
within_stops lost.db
[ "$(value "SELECT count(*) FROM loads WHERE name LIKE 'libanl%'
    AND time_source <> 'kernel'" lost.db)" -gt 0 ] || fail "no record was lost"
