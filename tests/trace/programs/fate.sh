# What becomes of the target when something happens to the recorder: it is stopped, killed, asked to
# end, cannot print.
. "$(dirname "$0")/common.sh"

has_state() { grep -q "^State:.[$1]" /proc/$target/status; }
is_gone() { ! kill -0 "$1"; }

# begin OPTION...: starts to record a target that counts its rounds, each with a signal, and ends
# with status 7 when the file go is there.
begin()
{
    rm -f go pid rounds ended
    "$TRAILREC" -q -o trail.db "$@" -- sh \
        -c 'echo $$ >pid; trap : USR1; n=0
        until [ -e go ]; do kill -USR1 $$; n=$((n + 1)); echo $n >rounds; done
        echo yes >ended; exit 7' &
    recorder=$!
    wait_for "the target" has_rounds 20
    target=$(cat pid)
}

has_rounds() { [ "$(($(cat rounds) + 0))" -ge "$1" ]; }

for options in "" "-f"; do
    # Stopped: the target stands still at its next event, and goes on when the recorder does.
    # shellcheck disable=SC2086
    begin $options
    kill -STOP $recorder
    wait_for "the target to stand still" has_state t
    stood=$(cat rounds)
    : >go
    has_state t || fail "the target goes on without its recorder"
    same "rounds" "$stood" "$(cat rounds)"
    kill -CONT $recorder
    wait $recorder
    same "status after a stop" 7 $?

    # Killed: the target runs on, untraced, and ends as it would alone.
    # shellcheck disable=SC2086
    begin $options
    kill -KILL $recorder
    wait $recorder 2>killed.sh # which says so
    before=$(($(cat rounds) + 0))
    wait_for "the target without its recorder" has_rounds $((before + 20))
    same "tracer" 0 "$(sed -n 's/^TracerPid:[[:space:]]*//p' /proc/$target/status)"
    : >go
    wait_for "the end of the target" is_gone $target
    same "the target came to its end" yes "$(cat ended)"

    # Asked to end: the target is killed, and the record is whole.
    # shellcheck disable=SC2086
    begin $options
    kill -TERM $recorder
    wait $recorder
    same "status after SIGTERM" 137 $?
    is_gone $target 2>/dev/null || fail "the target lives"
    same "reason" request "$(value 'SELECT end_reason FROM runs ORDER BY run DESC LIMIT 1')"
done

same "states" "complete recovered complete complete recovered complete" \
    "$(value "SELECT group_concat(state, ' ') FROM (SELECT state FROM runs ORDER BY run)")"

# Nobody reads what it says: the record and the status are right all the same.
python3 -c '
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.run(sys.argv[1:], stdout=w, stderr=w).returncode)' "$TRAILREC" -v -o trail.db \
    -- sh -c 'echo $$ >/dev/null; exit 9'
same "status without a reader" 9 $?
same "run without a reader" "complete 9" "$(value "SELECT state || ' ' || exit_code FROM runs
    ORDER BY run DESC LIMIT 1")"

# The file may not grow any more, by a limit that the target has too: the target goes its way.
(ulimit -f 200; "$TRAILREC" -q -o small.db -- sh \
    -c 'i=0; while [ $i -lt 4000 ]; do (:); i=$((i + 1)); done; echo done >limited; exit 6') \
    2>limit.txt
limited=$?
[ $limited -eq 6 ] || [ $limited -eq 125 ] ||
    fail "status under a limit of the file size: $limited, $(cat limit.txt)"
[ $limited -ne 6 ] || same "the target under a limit" "done" "$(cat limited)"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
