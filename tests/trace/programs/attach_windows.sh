# Attaching on Windows: to a busy program, again and again; to two at once; with its children; and
# every way to let go of it.
. "$(dirname "$0")/common.sh"

library=$(ls "$TRACE_TOOLS/../../samples/sample_plugin.dll") || fail "there is no library to load"
trap ': >stop' EXIT

# start_target NAME: its line is in NAME.txt.
start_target()
{
    $EMULATOR "$TRACE_TOOLS/attach_target_windows.exe" "$1.txt" stop "$library" >"$1.out" 2>&1 &
}

# look NAME: at its line, which may be half written at this moment.
look()
{
    looks=0
    while :; do
        if [ -s "$1.txt" ]; then
            read -r pid_now rounds lost bad_children <"$1.txt"
            bad_children=${bad_children%?} # a CR
            [ -n "$bad_children" ] && return
        fi
        looks=$((looks + 1))
        [ $looks -lt 12000 ] || fail "$1 says nothing: $(cat "$1.out")"
        sleep 0.01
    done
}

# Waits until the target has done some more rounds: it lives, its handler sees its exceptions, its
# children are well.
is_well()
{
    look "$1"
    start=$rounds
    waits=0
    while [ "$rounds" -lt $((start + 20)) ]; do
        waits=$((waits + 1))
        [ $waits -lt 12000 ] || fail "$1 does not go on: $(cat "$1.txt")"
        sleep 0.01
        look "$1"
    done
    same "exceptions of $1 that its handler did not see" 0 "$lost"
    same "children of $1 that ended otherwise" 0 "$bad_children"
}

# ended_well PID WHAT: with its own status; or Wine has killed it (137), since its process took more
# than a second to go after its end.
ended_well()
{
    wait "$1"
    status=$?
    [ -n "$EMULATOR" ] && [ $status -eq 137 ] || same "status of $2" 7 $status
}

start_target first
first=$!
is_well first
pid=$pid_now
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    trailrec_within 60 -q -t 0.05 -o trail.db -p "$pid" || fail "attach $i: status $?"
done
is_well first
same "runs" 30 "$(value "SELECT count(*) FROM runs WHERE state = 'complete' AND mode = 'attach'
    AND end_reason = 'timeout' AND exit_code IS NULL")"
same "first event of each run" 30 "$(value "SELECT count(*) FROM events WHERE seq = 1 AND synthetic
    AND kind = 'CreateProcess' AND pid = $pid")"
same "the process" "attach attach_target_windows.exe" "$(value "SELECT via || ' ' || lower(name)
    FROM processes WHERE run = 1 AND process = 1")"
same "processes" 30 "$(value 'SELECT count(*) FROM processes')"
# On a busy machine the time may be up before all of the replay is there: what holds of the others
# counts.
went_on="(SELECT DISTINCT run FROM events WHERE NOT synthetic)"
whole=$(value "SELECT count(*) FROM $went_on")
[ "$whole" -ge 15 ] || fail "only $whole of 30 recordings came to the end of the replay"
same "kernel32 was there" "$whole" "$(value "SELECT count(*) FROM loads
    WHERE lower(name) = 'kernel32.dll' AND synthetic AND load_phase = 'attach'
        AND run IN $went_on")"
same "threads were there" "$whole" "$(value "SELECT count(*) FROM (SELECT run FROM events
    WHERE kind = 'CreateThread' AND synthetic AND run IN $went_on GROUP BY run
    HAVING count(*) >= 4)")"
same "synthetic rows are the first" 0 "$(value "SELECT count(*) FROM events e WHERE NOT synthetic
    AND kind IN ('LoadDll', 'CreateThread') AND EXISTS (SELECT 1 FROM events l WHERE l.run = e.run
    AND l.seq > e.seq AND l.synthetic AND l.kind = 'LoadDll')")"
same "what happens is not synthetic" 0 "$(value "SELECT count(*) FROM events WHERE synthetic
    AND kind IN ('OutputDebugString', 'ExitProcess', 'UnloadDll')")"
[ "$(value "SELECT count(*) FROM events WHERE NOT synthetic")" -gt 100 ] ||
    fail "nothing was seen after the replay"
same "breakpoints: nothing is put into it" 0 "$(value "SELECT count(*) FROM exceptions
    WHERE code = '0x80000003'")"
same "the main thread's name" "heart €" "$(value "SELECT DISTINCT name FROM threads
    WHERE thread = 1")"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# Two at once, and their children where the system can do that (Wine 8 cannot).
start_target second
second=$!
is_well second
other=$pid_now
trailrec_within 60 -q -t 1 -o two.db -p "$pid" -p "$other" || fail "two at once: status $?"
is_well first
is_well second
same "both were there" 2 "$(value "SELECT count(*) FROM processes WHERE via = 'attach'
    AND pid IN ($pid, $other)" two.db)"
same "others" 0 "$(value "SELECT count(*) FROM processes WHERE via <> 'attach'" two.db)"
if trailrec_within 60 -q -f -t 2 -o follow.db -p "$pid" -p "$other" 2>err.txt; then
    same "both had children" 2 "$(value "SELECT count(DISTINCT parent_pid) FROM processes
        WHERE via = 'create' AND parent_process IS NOT NULL" follow.db)"
    same "their children's status" 5 "$(value "SELECT DISTINCT exit_code FROM processes
        WHERE exit_code IS NOT NULL" follow.db)"
else
    grep -q 'cannot follow the children' err.txt || fail "message of -f: $(cat err.txt)"
fi
is_well first
is_well second
trailview -d two.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# To be ended by Ctrl-C lets go. (Wine has no way to press Ctrl-Break.)
ends_by() # ends_by WAY STATUS
{
    rm -f live.txt
    $EMULATOR "$TRACE_TOOLS/end_recorder_windows.exe" "$1" live.txt round "$TRAILREC" \
        -v -o "$1.db" -p "$pid" 2>live.txt
    same "status after $1" "$2" $?
    is_well first
}
ends_by ctrl-c 0
grep -q 'detached after' live.txt || fail "digest: $(tail -n 2 live.txt)"
same "end by Ctrl-C" "complete request" "$(value "SELECT state || ' ' || end_reason
    FROM runs" ctrl-c.db)"

# Of a recorder that is killed, what it attached to lives on, and what it had seen is brought in.
ends_by terminate 99
same "after a kill" recovered "$(value 'SELECT state FROM runs' terminate.db)"
[ "$(value "SELECT count(*) FROM events WHERE kind = 'OutputDebugString'" terminate.db)" -gt 0 ] ||
    fail "nothing was recovered"

says() # says PATTERN OPTION...
{
    pattern=$1
    shift
    trailrec_within 60 -o trail.db "$@" 2>err.txt
    same "status of $*" 125 $?
    grep -q "$pattern" err.txt || fail "message of $*: $(cat err.txt)"
}
says 'there is no process 4194300;' -p 4194300
says 'is given twice' -p "$pid" -p "$pid"
rm -f live.txt
$EMULATOR "$TRAILREC" -v -t 60 -o held.db -p "$pid" 2>live.txt &
looks=0
until grep -q round live.txt; do
    looks=$((looks + 1))
    [ $looks -lt 12000 ] || fail "nothing is recorded"
    sleep 0.01
done
says 'has a debugger already' -p "$pid"

# It ends while it is recorded: then so does the recording.
: >stop
ends_within 60 $first "the target"
ended_well $first "the target"
ends_within 60 $second "the other target"
ended_well $second "the other"
wait
same "the end" "complete exit" "$(value "SELECT state || ' ' || end_reason FROM runs" held.db)"
same "its exit code" 7 "$(value "SELECT exit_code FROM processes WHERE pid = $pid" held.db)"
says "there is no process $pid;" -p "$pid"
