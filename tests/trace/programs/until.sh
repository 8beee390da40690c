# Stop conditions: at each kind of event a program is killed, let go, or left standing just there,
# and nothing of it has run afterwards.
. "$(dirname "$0")/common.sh"

samples="$TRACE_TOOLS/../../samples"
stages="$samples/stages"
system=linux
[ ! -e "$samples/stages.exe" ] || { stages="$samples/stages.exe" system=windows; }
trap '[ -z "$standing" ] || go_on' EXIT
standing=

# The four numbers that the sample keeps: stage, work, handled, pid.
progress() { od -An -v -tu8 -N32 progress | tr -s ' \n' '  ' | sed 's/^ //; s/ $//'; }
number() { progress | cut -d' ' -f"$1"; }
begin() { head -c 64 /dev/zero >progress; }

last() { value "SELECT $1 FROM runs ORDER BY run DESC LIMIT 1"; }
# last_kind KIND: the last event of the thread that had an event of that kind. Those of other
# threads may be in the queue already.
last_kind()
{
    value "WITH e AS (SELECT * FROM events WHERE run = (SELECT max(run) FROM runs)
        AND kind NOT IN ('ExitProcess', 'ExitThread'))
        SELECT kind FROM e WHERE tid = (SELECT tid FROM e WHERE kind = '$1'
        ORDER BY seq DESC LIMIT 1) ORDER BY seq DESC LIMIT 1"
}

# killed_at CONDITION KIND STAGE: where the whole program is killed.
killed_at()
{
    begin
    trailrec -o trail.db --until "$1" -- "$stages" progress >out.txt 2>err.txt
    same "status at $1" 0 $?
    same "stage at $1" "$3" "$(number 1)"
    same "end at $1" "complete until" "$(last "state || ' ' || end_reason")"
    [ "$2" = any ] || same "last event at $1" "$2" "$(last_kind "$2")"
    grep -qF "killed at $1 after" err.txt || fail "digest at $1: $(cat err.txt)"
}

killed_at load:sample_plugin.* LoadDll 3
killed_at unload:sample_plug?n.* UnloadDll 4
[ "$(number 3)" = 0 ] || fail "something was handled"
killed_at output OutputDebugString 1
killed_at 'output:hello*stage 1' OutputDebugString 1
killed_at mark:ready Mark 2
if [ $system = linux ]; then
    killed_at thread CreateThread 0
    killed_at process CreateProcess 0
    killed_at exception Exception 5
    killed_at exception:usr2 Exception 5
    killed_at exception:12 Exception 5
    same "handled" 0 "$(number 3)"
else
    killed_at load:SAMPLE_PLUGIN.DLL LoadDll 3
    killed_at exception:e0001234 Exception 5
    killed_at exception:0xE0001234 Exception 5
    same "handled" 0 "$(number 3)"
    killed_at 'thread:sample w*' Exception 0
    killed_at process any 0 # the load of ntdll is in the queue with it
fi

# Several conditions: the first that comes. One that does not come changes nothing, and that is
# said.
begin
trailrec -o trail.db --until load:no_such_library --until load:sample_plugin.* \
    --until unload:sample_plugin.* -- "$stages" progress >out.txt 2>err.txt
same "status of several" 0 $?
same "stage of several" 3 "$(number 1)"
grep -q 'killed at load:sample_plugin' err.txt || fail "digest of several: $(cat err.txt)"
begin
trailrec -o trail.db --until load:no_such_library -t 60 -- "$stages" progress >out.txt 2>err.txt
same "status without the event" 7 $?
same "end without the event" "complete exit" "$(last "state || ' ' || end_reason")"
grep -q 'trailrec: load:no_such_library did not come' err.txt ||
    fail "digest without the event: $(cat err.txt)"
begin
trailrec -o trail.db --until exit:0 -- "$stages" progress >out.txt 2>&1
same "status of another exit" 7 $?
trailrec -o trail.db --until exit:7 -- "$stages" progress >out.txt 2>err.txt
same "status of that exit" 0 $?
grep -q 'exit code 7 at exit:7' err.txt || fail "digest of that exit: $(cat err.txt)"
same "end at that exit" "until 7" "$(last "end_reason || ' ' || exit_code")"
begin
trailrec --nop -o nop.db --until load:sample_plugin.* -- "$stages" progress >out.txt 2>&1
same "stage without a record" 3 "$(number 1)"

is_gone()
{
    if [ $system = linux ]; then
        [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
    else
        ! $EMULATOR "$TRACE_TOOLS/standing_windows.exe" look "$1" >/dev/null
    fi
}
is_stopped() { for task in /proc/"$1"/task/*; do grep -q '^State:.T' "$task/status" &&
    grep -q '^TracerPid:.0$' "$task/status" || return 1; done; }
go_on()
{
    if [ $system = linux ]; then
        kill -CONT $standing
    else
        for pid in $standing; do $EMULATOR "$TRACE_TOOLS/standing_windows.exe" resume "$pid" \
            >/dev/null; done
    fi
    standing=
}

# stands: whom trailrec has left standing is there, untraced, and nothing of it runs.
stands()
{
    standing=$(tr -d '\r' <err.txt | sed -n 's/.*standing still, untraced: //p' |
        sed 's/([^)]*)//g; s/,//g')
    [ -n "$standing" ] || fail "nothing is said to stand still: $(cat err.txt)"
    for pid in $standing; do
        if [ $system = linux ]; then
            wait_for "$pid to stop" is_stopped "$pid"
        else
            same "look at $pid" "no debugger" \
                "$($EMULATOR "$TRACE_TOOLS/standing_windows.exe" look "$pid" | tr -d '\r')"
        fi
    done
}

# left_at CONDITION KIND STAGE [HANDLED]: where it stands still, and goes on as alone when it is
# continued.
left_at()
{
    begin
    trailrec -o trail.db --until "$1" --then stop -- "$stages" progress >out.txt 2>err.txt
    same "status of what stands at $1" 0 $?
    stands
    before=$(progress)
    same "stage at $1" "$3" "$(number 1)"
    same "last event at $1" "$2" "$(value "SELECT kind FROM events WHERE run = (SELECT max(run)
        FROM runs) ORDER BY seq DESC LIMIT 1")"
    same "end at $1" "complete until" \
        "$(last "state || ' ' || end_reason || coalesce(exit_code, '')")"
    if [ $system = linux ] && command -v gdb >/dev/null; then
        gdb -nx -batch -p $standing -ex 'print $pc' >gdb.txt 2>&1
        grep -qF '$1 = ' gdb.txt || fail "gdb at $1: $(cat gdb.txt)"
        wait_for "$standing to stop again" is_stopped $standing
    fi
    sleep 0.1 # time in which it would have gone on
    same "what ran at $1" "$before" "$(progress)"
    pid=${standing% }
    go_on
    wait_for "the end after $1" is_gone $pid
    same "end after $1" "6 1" "$(progress | cut -d' ' -f1,3)"
}

left_at load:sample_plugin.* LoadDll 3
left_at unload:sample_plugin.* UnloadDll 4
left_at process CreateProcess 0
left_at thread CreateThread 0
left_at output:hello* OutputDebugString 1
left_at mark:ready Mark 2
if [ $system = linux ]; then
    left_at exception:SIGUSR2 Exception 5
else
    left_at exception:e0001234 Exception 5
fi

# Let go: it is on its own, and comes to its end.
begin
trailrec -o trail.db --until load:sample_plugin.* --then detach -- "$stages" progress >out.txt \
    2>err.txt
same "status after letting go" 0 $?
grep -q 'detached at load:sample_plugin' err.txt || fail "digest after letting go: $(cat err.txt)"
ended() { [ "$(progress | cut -d' ' -f1,3)" = "6 1" ]; }
wait_for "the end of what was let go" ended
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
trailview -d trail.db summary >summary.txt || fail "summary"
grep -q 'no exit was seen; an event met a stop condition' summary.txt ||
    fail "summary: $(cat summary.txt)"

says() # says PATTERN OPTION...: a wrong option is one sentence, and nothing is launched.
{
    pattern=$1
    shift
    rm -f launched
    trailrec -o none.db "$@" >out.txt 2>err.txt
    same "status of $*" 125 $?
    grep -q "^trailrec: .*$pattern" err.txt || fail "message of $*: $(cat err.txt)"
    [ ! -e none.db ] || fail "$*: there is a file"
}
says "takes load, unload.* not 'lode'" --until lode -- "$stages"
says 'no pattern behind the colon' --until mark: -- "$stages"
says "'SIGUSR' is no number, and no exception or signal" --until exception:SIGUSR -- "$stages"
says 'without its folder' --until load:/lib/libc.so.6 -- "$stages"
says "takes kill, detach or stop, not 'halt'" --then halt -t 1 -- "$stages"
says 'give one too' --then stop -- "$stages"
[ $system = windows ] || says 'does not tell the names of threads' --until thread:x -- "$stages"

# Again and again.
trailrec -q -n 2 --warmup 1 -o repeated.db -- "$stages" >out.txt 2>&1
same "status of two runs" 7 $?
same "two runs" "2 7" "$(value "SELECT count(*) || ' ' || max(exit_code) FROM runs" repeated.db)"
[ $system = windows ] || exit 0

# What runs already: it stands still at an event of its own, and is well when it goes on. (On Linux:
# standing.sh.)
target="$TRACE_TOOLS/attach_target_windows.exe"
library="$samples/sample_plugin.dll"
trap ': >stop; [ -z "$standing" ] || go_on' EXIT
$EMULATOR "$target" rounds.txt stop "$library" >target.out 2>&1 &
runner=$!
rounds() { read -r pid_now count lost bad <rounds.txt && [ -n "$bad" ] && echo "$count"; }
has_rounds() { [ "$(($(rounds) + 0))" -ge "$1" ]; }
wait_for "the target" has_rounds 5
read -r pid_now count lost bad <rounds.txt
for condition in output:round load:sample_plugin.dll exception:e0000017 thread; do
    trailrec_within 60 -o attach.db --until $condition --then stop -t 20 -p "$pid_now" 2>err.txt ||
        fail "status of $condition: $(cat err.txt)"
    grep -q "left standing at" err.txt || fail "digest of $condition: $(cat err.txt)"
    stands
    before=$(cat rounds.txt)
    sleep 0.2
    same "rounds at $condition" "$before" "$(cat rounds.txt)"
    now=$(rounds)
    go_on
    wait_for "the target after $condition" has_rounds $((now + 5))
    read -r pid_now count lost bad <rounds.txt
    same "exceptions that its handler did not see after $condition" 0 "$lost"
done
: >stop
ends_within 60 $runner "the target"
wait $runner
same "status of the target" 7 $?

# A program that leaves another behind: it is waited for, and that is said.
rm -f stop
$EMULATOR "$TRAILREC" -f -o wait.db -- cmd /c start /b "Z:$target" rounds.txt stop "$library" \
    >out.txt 2>err.txt &
recorder=$!
is_said() { grep -q 'waiting for what it started: .*attach_target_windows.exe' err.txt; }
wait_for "a word about what is waited for" is_said
: >stop
ends_within 60 $recorder "the recorder"
wait $recorder
same "status after waiting" 0 $?
same "processes" 1 "$(value "SELECT count(*) FROM processes WHERE name = 'attach_target_windows.exe'
    AND parent_process IS NOT NULL AND exit_code = 7" wait.db)"
