# --then stop in the harder cases: many threads, several processes, what runs already, a signal that
# is about to kill, a shell's job. And what -f says when it waits for what a program has left
# behind.
. "$(dirname "$0")/common.sh"

samples="$TRACE_TOOLS/../../samples"
standing=
target=
trap '[ -z "$standing$target" ] || kill -9 $standing $target 2>/dev/null' EXIT

is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
is_stopped() { for task in /proc/"$1"/task/*; do grep -q '^State:.T' "$task/status" &&
    grep -q '^TracerPid:.0$' "$task/status" || return 1; done; }
has_text() { grep -q "$2" "$1"; }

# stands N: so many stand still, untraced.
stands()
{
    standing=$(sed -n 's/.*standing still, untraced: //p' err.txt | sed 's/([^)]*)//g; s/,//g')
    same "processes that stand still" "$1" "$(echo $standing | wc -w | tr -d ' ')"
    for pid in $standing; do
        wait_for "$pid to stop" is_stopped "$pid"
    done
}

go_on()
{
    kill -CONT $standing
    pids=$standing
    standing=
    for pid in $pids; do
        wait_for "the end of $pid" is_gone "$pid"
    done
}

# A fatal signal is not delivered yet, and kills as soon as it goes on; a debugger would be told of
# it.
trailrec -o trail.db --until exception:SIGSEGV --then stop -- "$samples/access_violation" \
    2>err.txt || fail "status of a fault"
stands 1
same "pending" 1 \
    "$((0x$(sed -n 's/^SigPnd:[[:space:]]*//p' /proc/$(echo $standing)/status) >> 10 & 1))"
if command -v gdb >/dev/null; then
    gdb -nx -batch -p $standing -ex continue >gdb.txt 2>&1
    grep -q 'received signal SIGSEGV' gdb.txt || fail "gdb is not told of the fault: $(cat gdb.txt)"
fi
kill -CONT $standing 2>/dev/null
wait_for "the end by the fault" is_gone $standing
standing=

# Not what a signal would do: a handler's first instruction is not reached, and then it is run once,
# in the order of the signals.
trailrec -o trail.db --until exception:USR1 --then stop -- sh \
    -c 'trap "echo usr1" USR1; trap "echo usr2" USR2; kill -USR1 $$; kill -USR2 $$; echo end' \
    >out.txt 2>err.txt || fail "status of a handled signal"
stands 1
same "what ran" "" "$(cat out.txt)"
go_on
same "what ran then" "usr1 usr2 end" "$(tr '\n' ' ' <out.txt | sed 's/ $//')"

# Followed processes all stand still: the one that made the event, its parent that waits for it, and
# one that runs.
trailrec -f -o trail.db --until process:sleep --then stop -- sh \
    -c 'while [ ! -e go ]; do :; done & sleep 0.1; wait; echo all >ended' \
    2>err.txt || fail "status of several"
stands 3
: >go
sleep 0.1 # time in which the loop would have seen it
[ ! -e ended ] || fail "something ran"
go_on
same "the end of several" all "$(cat ended)"

# It stands also where its group loses its last link to the session, as with the end of this program
# that leads a group: Linux would send SIGHUP. Whose child it is stays until it is continued.
timeout 180 "$TRAILREC" -o trail.db --until load:libc.so.6 --then stop -- sh \
    -c 'echo $PPID >parent; echo woken >ended' 2>err.txt || fail "status in a group"
stands 1
parent=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$(echo $standing)/status)
[ "$parent" -gt 1 ] || fail "it has lost its parent"
go_on
same "the end in a group" woken "$(cat ended)"
wait_for "the end of its parent" is_gone "$parent"

python3 "$(dirname "$0")/standing_job.py" "$TRAILREC" || fail "the job of a shell"

# Where nobody outside looks after the group (as a CI's runner starts it), neither it nor others in
# it get a SIGHUP when the target ends.
rm -f ended survived
cat >group.sh <<'END'
sleep 60 & # stops, as somebody else's job might
other=$!
kill -STOP $other
"$TRAILREC" -o trail.db --until load:libc.so.6 --then stop -- sh -c 'echo woken >ended' 2>err.txt || exit 1
pid=$(sed -n 's/.*standing still, untraced: \([0-9]*\).*/\1/p' err.txt)
kill -CONT $pid
until [ -e ended ] && { [ ! -e /proc/$pid ] || grep -q '^State:.Z' /proc/$pid/status; }; do sleep 0.01; done
kill -0 $other && echo alive >survived
kill -9 $other
END
setsid -w sh -c 'sh group.sh; :' || fail "status in a group of its own session"
same "a group without a parent" "woken alive" "$(cat ended survived 2>&1 | tr '\n' ' ' |
    sed 's/ $//')"

# Without -f a child is none of our business: it runs on.
rm -f go ended
trailrec -o trail.db --until exception:USR1 --then stop -- sh \
    -c 'echo $$ >pid; (while [ ! -e go ]; do sleep 0.01; done; echo free >child) &
    kill -USR1 $$; sleep 60' \
    2>err.txt || fail "status with a child"
stands 1
: >go
wait_for "the child" has_text child free
kill -9 $standing
standing=

# What runs already, busy with threads, loads and signals: at an event, at a time; again and again.
# It lives on each time.
"$TRACE_TOOLS/attach_target" rounds.txt "$samples/sample_plugin.so" &
target=$!
rounds() { n=$(head -n 1 rounds.txt); echo $((n + 0)); }
has_rounds() { [ "$(rounds)" -ge "$1" ]; }
wait_for "the target" has_rounds 20
for i in 1 2 3 4 5 6 7 8 9 10; do
    for condition in "--until load:sample_plugin.so" "--until unload" "--until exception:SIGUSR1" \
        "--until thread" "-t 0.02"; do
        trailrec -q -o attach.db $condition --then stop -p $target 2>err.txt ||
            fail "status of $condition: $(cat err.txt)"
        stands 1
        before=$(rounds)
        sleep 0.02 # time for a hundred rounds
        same "rounds at $condition" "$before" "$(rounds)"
        kill -CONT $target
        wait_for "the target after $condition" has_rounds $((before + 5))
    done
done
standing=
same "ends" "timeout 10 until 40" "$(value "SELECT group_concat(end_reason || ' ' || n, ' ') FROM
    (SELECT end_reason, count(*) AS n FROM runs GROUP BY end_reason
    ORDER BY end_reason)" attach.db)"
trailrec -o attach.db --until thread -p $target 2>err.txt || fail "status of an attach that ends"
grep -q 'detached at thread' err.txt || fail "digest of an attach that ends: $(cat err.txt)"
now=$(rounds)
wait_for "the target after a detach" has_rounds $((now + 5))
trailrec -o attach.db --until exception --then kill -p $target 2>err.txt ||
    fail "status of an attach that kills"
wait $target
same "status of what was killed" 137 $?
target=

# It waits for what the program has started, and says so; not where that ends soon, nor if it is to
# be quiet.
trailrec -f -o wait.db -- sh -c 'while [ ! -e enough ]; do sleep 0.01; done & exit 5' 2>err.txt &
recorder=$!
wait_for "a word about what is waited for" has_text err.txt \
    'the program has ended; waiting for what it started: [0-9]* (.*sh)'
: >enough
wait $recorder
same "status after waiting" 5 $?
same "said once" 1 "$(grep -c 'waiting for' err.txt)"
trailrec -f -o wait.db -- sh -c 'sleep 0.1 & exit 5' 2>err.txt
! grep -q 'waiting for' err.txt || fail "there was nothing to wait for: $(cat err.txt)"
same "quiet" "" "$(trailrec -q -f -o wait.db -- sh -c 'sleep 1.5 & exit 5' 2>&1)"
trailrec -f -t 2 --then detach -o wait.db -- sh -c 'sleep 2.5 & exit 5' 2>err.txt
same "status of a limit while waiting" 0 $?
trailview -d trail.db verify >verify.txt && trailview -d attach.db verify >>verify.txt ||
    fail "verify: $(cat verify.txt)"
