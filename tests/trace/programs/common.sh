# For the tests that record real programs: sourced by each, never run. The caller (CMake) sets
# TRAILREC, TRAILVIEW, TRAILFAKE, TRACE_TOOLS (a folder) and EMULATOR ("" or "wine.sh run PREFIX");
# the test runs in a fresh folder of its own, with the file trail.db to record to.
set -u

trailrec() { $EMULATOR "$TRAILREC" "$@"; }
trailview() { $EMULATOR "$TRAILVIEW" "$@"; }
trailfake() { $EMULATOR "$TRAILFAKE" "$@"; }

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

skip()
{
    echo "skipped: $*"
    exit 77
}

# trailrec_within SECONDS OPTION...: for what has a time limit of its own; to hang is a failure with
# a name, and not the test's own limit. A busy machine gets three times as long.
trailrec_within()
{
    seconds=$(($1 * 3))
    shift
    timeout "$seconds" $EMULATOR "$TRAILREC" "$@"
    trailrec_status=$?
    [ $trailrec_status -ne 124 ] || fail "trailrec $* has not come to an end in $seconds s"
    return $trailrec_status
}

# ends_within SECONDS PID WHAT: the process of ours with that number has ended; `wait` knows its
# status.
ends_within()
{
    end_deadline=$(($(date +%s) + $1 * 3))
    while kill -0 "$2" 2>/dev/null; do
        [ "$(date +%s)" -lt $end_deadline ] || fail "$3 has not ended in $1 s"
        sleep 0.02
    done
}

# same WHAT EXPECTED ACTUAL
same()
{
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# value SQL [FILE]: values of a recording, by SQL over the documented views. It goes in one line,
# since the heading of a column without a name is what stands there.
value()
{
    value_sql=$(printf '%s' "$1" | tr '\n' ' ')
    value_rows=$(trailview -d "${2:-trail.db}" sql --format csv "$value_sql") ||
        fail "status $? of the query: $1"
    [ -n "$value_rows" ] || fail "not even a heading came of the query: $1"
    printf '%s\n' "$value_rows" | tr -d '\r' | sed 1d
}

# wait_for WHAT COMMAND...: until COMMAND succeeds, three minutes at most: a machine may be busy.
wait_for()
{
    what=$1
    shift
    deadline=$(($(date +%s) + 180))
    until "$@" 2>/dev/null; do
        [ "$(date +%s)" -lt "$deadline" ] || fail "not within 180 s: $what"
        sleep 0.01
    done
}

# Of a target that counts its rounds in the first line of rounds.txt: how many it has done; and
# waits until it has done 20 more, so that it is seen to live.
rounds() { cat rounds.txt 2>/dev/null | head -n 1; }
wait_for_rounds()
{
    start=$(rounds)
    looks=0
    while [ "$(($(rounds) + 0))" -lt "$((start + 20))" ]; do
        kill -0 $target 2>/dev/null || fail "the target is gone"
        looks=$((looks + 1))
        [ $looks -lt 12000 ] || fail "the target does not go on"
        sleep 0.01
    done
}
