# Attaching and letting go where it is hard: a process that waits for its vfork child and cannot be
# stopped, that child itself, a process whose main thread has ended, several processes at once. And
# what trailrec says where it may not.
. "$(dirname "$0")/common.sh"

library=/usr/lib/x86_64-linux-gnu/libz.so.1
[ -e $library ] || library=libz.so.1
others=
place= # a folder that another user can enter, wherever this one lies
trap 'kill -9 $target $others 2>/dev/null; [ -z "$place" ] || rm -rf "$place"' EXIT

begin() # begin WHAT
{
    rm -f go start child rounds alone held holds let_go live.txt
    "$TRACE_TOOLS/attach_corners" "$1" $library &
    target=$!
}

# The target goes on and ends as it would have, with no byte of ours in it.
ends_well() # ends_well WHAT
{
    : >start
    : >go
    wait $target
    same "status of the target, $1" 9 $?
}

is_told() { grep -q 'LoadDll' live.txt; }
has_counted() { [ "$(cat rounds)" -ge "$1" ]; }

# In a vfork when it is attached to, and let go at a time limit.
for options in "" "-f"; do
    for kind in vfork thread-vfork; do
        begin $kind
        : >start
        wait_for "the child" [ -s child ]
        # shellcheck disable=SC2086
        timeout -k 5 180 "$TRAILREC" -q -t 0.2 -o trail.db $options -p $target
        same "status of trailrec in a $kind $options" 0 $?
        [ $kind = vfork ] || { before=$(cat rounds) &&
            wait_for "the other thread" has_counted $((before + 5)); }
        ends_well "$kind $options"
    done
done
same "loads of all four" 4 "$(value "SELECT count(*) FROM loads WHERE name = 'libc.so.6'
    AND synthetic")"
same "both threads" 2 "$(value "SELECT count(*) FROM events WHERE kind = 'CreateThread'
    AND synthetic")"

# Attached to before it; let go by a signal, or the vfork ends first and the recording goes on to
# the end.
for options in "" "-f"; do
    for signal in TERM HUP none; do
        begin thread-vfork
        # shellcheck disable=SC2086
        timeout -k 5 180 "$TRAILREC" -q -v -o trail.db $options -p $target 2>live.txt &
        recorder=$!
        wait_for "the attach" is_told
        : >start
        wait_for "the child" [ -s child ]
        if [ $signal != none ]; then
            kill -$signal $recorder
            wait $recorder
            same "status of trailrec at SIG$signal in a vfork $options" 0 $?
        fi
        ends_well "SIG$signal $options"
        if [ $signal = none ]; then
            wait $recorder
            same "status of trailrec at the end $options" 9 $?
        fi
    done
done
same "loads in the end" "3 3" "$(value "SELECT group_concat(n, ' ') FROM (SELECT count(*) AS n
    FROM loads WHERE NOT synthetic AND name LIKE 'libz%' GROUP BY run)")"

# The vfork child: its parent, which nobody traces, has the same memory.
begin vfork
: >start
wait_for "the child" [ -s child ]
timeout -k 5 180 "$TRAILREC" -q -t 0.2 -o trail.db -p "$(cat child)"
same "status of trailrec at a vfork child" 0 $?
ends_well "attached to the child"
begin vfork
: >start
wait_for "the child" [ -s child ]
timeout -k 5 180 "$TRAILREC" -q -v -o trail.db -p "$(cat child)" 2>live.txt &
recorder=$!
wait_for "the attach" grep -q CreateProcess live.txt
ends_well "recorded the child"
wait $recorder
same "status of the child" 5 $?
same "the child's program" "not observed (memory shared with its parent)|r_brk" \
    "$(value "SELECT group_concat(json_extract(detail, '\$.load_detection'), '|') FROM events
        WHERE kind = 'CreateProcess' AND run = (SELECT max(run) FROM runs)")"

# Launched: a time limit kills it in its vfork too.
for options in "" "-f"; do
    rm -f go start child
    : >start
    # shellcheck disable=SC2086
    timeout -k 5 180 "$TRAILREC" -q -t 0.5 -o trail.db $options -- "$TRACE_TOOLS/attach_corners" \
        vfork $library
    same "status of trailrec that launched $options" 0 $?
    : >go # for a child that was not followed
done

# The main thread is gone: the memory is reached by the others.
begin leader-gone
wait_for "the last thread" [ -s alone ]
timeout -k 5 180 "$TRAILREC" -q -v -o trail.db -p $target 2>live.txt &
recorder=$!
wait_for "the attach" is_told
ends_well "a leader that is gone"
wait $recorder
same "status of trailrec" 9 $?
begin leader-gone
wait_for "the last thread" [ -s alone ]
timeout -k 5 180 "$TRAILREC" -q -t 0.2 -o trail.db -p $target
same "status of trailrec, a leader that is gone" 0 $?
ends_well "let go, a leader that is gone"
rm -f alone
(wait_for "the last thread" [ -s alone ]; : >go) &
rm -f go
"$TRAILREC" -q -o trail.db -- "$TRACE_TOOLS/attach_corners" leader-gone $library
same "status, launched, a leader that is gone" 9 $?
last="run = (SELECT max(run) FROM runs)"
same "loads without a leader" "3 3" \
    "$(value "SELECT sum(kind = 'LoadDll') || ' ' || sum(kind = 'UnloadDll') FROM events
    WHERE $last AND tid != (SELECT pid FROM processes WHERE $last)
    AND kind IN ('LoadDll', 'UnloadDll')")"
attached="run = (SELECT max(run) - 2 FROM runs)"
same "an attached process without a leader" "attach|r_brk|9" \
    "$(value "SELECT group_concat(word, '|') FROM (
    SELECT via || '|' || json_extract(detail, '\$.load_detection') AS word FROM processes
    JOIN events USING (run) WHERE run = (SELECT max(run) - 2 FROM runs) AND kind = 'CreateProcess'
    UNION ALL SELECT exit_code FROM processes WHERE $attached)")"
[ "$(value "SELECT count(*) FROM loads WHERE $attached AND NOT synthetic")" = 3 ] ||
    fail "the loads of the last thread"

# A program that runs itself anew all the time, with threads: each attach meets the exec at another
# point. It is never missed or harmed, and each of its programs is in the record with its libraries,
# from the one that was met to the last.
has_rounds() { [ "$(($(cat rounds) + 0))" -gt "$1" ]; }
begin execs
wait_for "the first exec" has_rounds 1
deadline=$(($(date +%s) + 10))
attaches=0
while [ $attaches -lt 60 ] && [ "$(date +%s)" -lt $deadline ]; do
    attaches=$((attaches + 1))
    [ $((attaches % 2)) -eq 0 ] && follow=-f || follow=
    # shellcheck disable=SC2086
    timeout -k 5 180 "$TRAILREC" -q -t 0.01 -o execs.db $follow -p $target
    same "status of attach $attaches to a program that runs itself anew $follow" 0 $?
done
before=$(cat rounds)
wait_for "another exec" has_rounds "$before"
timeout -k 5 180 "$TRAILREC" -q -o execs.db -f -p $target &
recorder=$!
wait_for "the attach" [ -s execs.db-run$((attaches + 1)).ring ]
before=$(cat rounds)
wait_for "execs" has_rounds $((before + 5))
ends_well "that ran itself anew"
wait $recorder
same "status of trailrec at that end" 9 $?
last="run = (SELECT max(run) FROM runs)"
same "runs" $((attaches + 1)) "$(value "SELECT count(DISTINCT run) FROM processes
    WHERE pid = $target" execs.db)"
same "processes" $((attaches + 1)) "$(value "SELECT count(*) FROM processes" execs.db)"
same "loads in the last program" 3 "$(value "SELECT count(*) FROM loads WHERE $last
    AND name LIKE 'libz%'" execs.db)"
same "programs without their libraries" 0 "$(value "SELECT count(*) FROM events AS begun WHERE $last
    AND kind = 'CreateProcess' AND NOT EXISTS (
    SELECT 1 FROM loads WHERE loads.run = begun.run AND name = 'libc.so.6' AND seq > begun.seq
    AND seq < (SELECT coalesce(min(seq), 1e9)
    FROM events WHERE run = begun.run AND kind = 'CreateProcess' AND seq > begun.seq))" execs.db)"
trailview -d execs.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# An exec that somebody else holds up, who traces a thread and takes no notice of its end: no attach
# can be done before he does. Whoever asks trailrec to end meanwhile is heard; and where it ends,
# the attach is to the new program.
is_in_ptrace() { grep -q '^101 ' "/proc/$(cat recorder)/syscall"; }
gives_up() # gives_up PATTERN SIGNAL OPTION...
{
    pattern=$1
    signal=$2
    shift 2
    rm -f recorder
    # A shell has SIGINT ignored in what it runs behind.
    timeout -k 5 180 python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
open("recorder", "w").write(str(os.getpid()))
os.execv(sys.argv[1], sys.argv[1:])' "$TRAILREC" -q -o held.db "$@" -p $target 2>err.txt &
    waiter=$!
    if [ "$signal" != none ]; then
        wait_for "the attach to wait" is_in_ptrace
        kill -"$signal" "$(cat recorder)"
    fi
    wait $waiter
    same "status of an attach that is given up, $signal" 125 $?
    grep -q "$pattern before process $target was attached to" err.txt ||
        fail "message of $signal: $(cat err.txt)"
}
begin late-exec
wait_for "the thread" [ -s held ]
"$TRACE_TOOLS/attach_corners" hold "$(cat held)" &
holder=$!
others=$holder
wait_for "its tracer" [ -s holds ]
: >start
is_zombie() { grep -q '^State:.Z' /proc/$target/task/"$(cat held)"/status; }
wait_for "the exec" is_zombie
for signal in TERM HUP INT; do
    gives_up "was asked to end" $signal
done
gives_up "the time limit was over" none -t 0.2
timeout -k 5 180 "$TRAILREC" -q -o held.db -p $target &
recorder=$!
wait_for "the recording to begin" [ -e held.db-run1.ring ]
: >let_go
wait $holder
same "status of the other tracer" 0 $?
others=
wait_for "the new program" [ -s alone ]
ends_well "an exec that was held up"
wait $recorder
same "status of trailrec, an exec that was held up" 9 $?
same "the new program's loads" 3 "$(value "SELECT count(*) FROM loads
    WHERE name LIKE 'libz%'" held.db)"

# The last thread runs another program: it takes the number of the main thread, which has ended long
# before.
begin last-exec
has_ended() { grep -q '^State:.Z' /proc/$target/status; }
wait_for "the end of the main thread" has_ended
timeout -k 5 180 "$TRAILREC" -q -v -o last.db -p $target 2>live.txt &
recorder=$!
wait_for "the attach" is_told
: >start
ends_well "an exec of the last thread"
wait $recorder
same "status of trailrec, an exec of the last thread" 9 $?
same "programs of the last thread" "attach exec" \
    "$(value "SELECT group_concat(json_extract(detail, '\$.via'), ' ') FROM events
    WHERE kind = 'CreateProcess'" last.db)"
same "loads of the last thread" 3 "$(value "SELECT count(*) FROM loads
    WHERE name LIKE 'libz%'" last.db)"
trailview -d last.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# Stopped by job control: it stays so, can be continued and stopped meanwhile, and is left as it is
# then.
has_state() { grep -q "^State:.[$1]" /proc/$target/status; }
for options in "" "-f"; do
    begin thread-vfork
    wait_for "the target" [ -s rounds ]
    kill -STOP $target
    wait_for "the stop" has_state T
    # shellcheck disable=SC2086
    timeout -k 5 180 "$TRAILREC" -q -t 0.2 -o trail.db $options -p $target
    same "status of trailrec, a stopped process $options" 0 $?
    has_state T || fail "no longer stopped: $(grep State /proc/$target/status)"
    before=$(cat rounds)
    # shellcheck disable=SC2086
    timeout -k 5 180 "$TRAILREC" -q -v -o trail.db $options -p $target 2>live.txt &
    recorder=$!
    wait_for "the attach" is_told
    wait_for "the stop, traced" has_state Tt
    same "rounds of a stopped process" "$before" "$(cat rounds)"
    kill -CONT $target
    wait_for "rounds" has_counted $((before + 5))
    kill -STOP $target
    wait_for "another stop" has_state Tt
    kill -TERM $recorder
    wait $recorder
    same "status of trailrec, stopped again $options" 0 $?
    wait_for "the stop without a tracer" has_state T
    before=$(cat rounds)
    kill -CONT $target
    wait_for "rounds" has_counted $((before + 5))
    ends_well "stopped $options"
done

# A 32-bit program: its loads are not observed, and the record says so.
cat >small.c <<'END'
static long call(long number, long a, long b)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(0) : "memory");
    return result;
}
void _start(void)
{
    struct { long seconds, ns; } pause = {0, 2000000};
    while (call(33, (long)"go", 0) != 0) /* access */
        call(162, (long)&pause, 0);      /* nanosleep */
    call(1, 9, 0);
}
END
: >go
if gcc -m32 -O1 -nostdlib -static -fno-pic -fno-stack-protector -o small small.c 2>/dev/null &&
    (./small; [ $? -eq 9 ]) 2>/dev/null; then
    rm -f go # the kernel can run it
    ./small &
    target=$!
    is_small() { grep -qx small /proc/$target/comm; }
    wait_for "a 32-bit program" is_small
    timeout -k 5 180 "$TRAILREC" -q -t 0.2 -o trail.db -p $target
    same "status of trailrec at a 32-bit program" 0 $?
    same "loads of a 32-bit program" "not observed (32-bit program)" \
        "$(value "SELECT load_detection FROM processes WHERE run = (SELECT max(run) FROM runs)")"
    ends_well "a 32-bit program"
fi

# Several at once: each is told whole, all are let go.
begin thread-vfork
first=$target
"$TRACE_TOOLS/attach_corners" thread-vfork $library &
second=$!
"$TRACE_TOOLS/attach_corners" leader-gone $library &
third=$!
others="$first $second $third"
wait_for "the third" [ -s alone ]
wait_for "the others" [ -s rounds ]
timeout -k 5 180 "$TRAILREC" -q -t 0.3 -o trail.db -p $first -p $second -p $third
same "status of trailrec with three" 0 $?
same "three processes" "$(printf '%s\n' $others | sort -n | tr '\n' ' ')" "$(value "SELECT pid
    FROM processes WHERE $last ORDER BY pid" | tr '\n' ' ')"
same "with their libraries" 3 "$(value "SELECT count(*) FROM loads WHERE $last
    AND name = 'libc.so.6'")"
for process in $others; do
    same "tracer of $process" 0 "$(sed -n 's/^TracerPid:[[:space:]]*//p' /proc/$process/status)"
done
: >start
: >go
for process in $others; do
    wait $process
    same "status of one of three" 9 $?
done
others=
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# Who may not, is told why, and what to do.
says() # says PATTERN COMMAND...
{
    pattern=$1
    shift
    "$@" 2>err.txt
    same "status of $*" 125 $?
    grep -q "$pattern" err.txt || fail "message of $*: $(cat err.txt)"
}

begin thread-vfork
wait_for "the target" [ -s rounds ]
says "there is no process 4194304; see 'ps -e'" "$TRAILREC" -o trail.db -p 4194304
says "is a thread of process $target; attach to that" "$TRAILREC" -o trail.db \
    -p "$(ls /proc/$target/task | grep -vx $target | head -n 1)"
says "process $target is being recorded already" "$TRAILREC" -o trail.db -p $target -p $target
timeout -k 5 180 "$TRAILREC" -q -v -o trail.db -p $target 2>live.txt &
recorder=$!
wait_for "the attach" is_told
says "process $target is traced by process [0-9]* already; end that first" "$TRAILREC" -o other.db \
    -p $target
kill -TERM $recorder
wait $recorder
(sleep 0 & exec sleep 5) &
others=$!
has_zombie() { zombie=$(ps -o pid=,stat= --ppid $others | sed -n 's/^ *\([0-9]*\) *Z.*/\1/p') &&
    [ -n "$zombie" ]; }
wait_for "a zombie" has_zombie
says "process $zombie has ended; its parent $others has yet to take notice" "$TRAILREC" \
    -o trail.db -p "$zombie"
kernel=$(ps -o pid= --ppid 2 2>/dev/null | head -n 1)
[ -z "$kernel" ] ||
    says "is a thread of the kernel; only programs can be recorded" "$TRAILREC" -o trail.db \
    -p $kernel

# Another user's; and what the system forbids to all but root, for which another /proc/sys/kernel is
# put in place.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    place=$(mktemp -d)
    chmod 777 "$place"
    cp "$TRAILREC" "$TRACE_TOOLS/attach_corners" "$place"
    nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env "TRAIL_DB=$place/trail.db" \
        "$@"; }
    if nobody $place/trailrec --version >/dev/null 2>&1; then
        says "it belongs to user 0; run trailrec as that user or as root" nobody $place/trailrec \
            -p $target
        rule() # rule NUMBER PATTERN
        {
            says "$2" unshare -m sh \
                -c "mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama &&
                echo $1 >/proc/sys/kernel/yama/ptrace_scope &&
                exec setpriv --reuid 65534 --regid 65534 --clear-groups $place/trailrec \
                -o $place/trail.db -p $private"
        }
        (cd "$place" &&
            exec setpriv --reuid 65534 --regid 65534 --clear-groups ./attach_corners \
            private $library) &
        private=$!
        others="$others $private"
        wait_for "the protected process" [ -s $place/alone ]
        says "it is protected" nobody $place/trailrec -p $private
        if unshare -m mount -t tmpfs none /proc/sys/kernel 2>/dev/null; then
            rule 1 "to root only; be root, or have root set kernel.yama.ptrace_scope to 0 (it is 1)"
            rule 2 "to root only; be root, or have root set kernel.yama.ptrace_scope to 0 (it is 2)"
            rule 3 "allows it to nobody (kernel.yama.ptrace_scope is 3); have trailrec launch the \
program"
        fi
    fi
fi
ends_well "after all that"
