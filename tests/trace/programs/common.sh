# For the tests that record real programs: sourced by each, never run. The caller (CMake) sets TRAILREC, TRAILVIEW, TRAILFAKE, TRACE_TOOLS
# (a folder) and EMULATOR ("" or "wine.sh run PREFIX"); the test runs in a fresh folder of its own, with the file trail.db to record to.
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

# same WHAT EXPECTED ACTUAL
same()
{
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# value SQL [FILE]: values of a recording, by SQL over the documented views.
value()
{
    trailview -d "${2:-trail.db}" sql --format csv "$1" | tr -d '\r' | sed 1d
}

# wait_for WHAT COMMAND...: until COMMAND succeeds, half a minute at most.
wait_for()
{
    what=$1
    shift
    deadline=$(($(date +%s) + 30))
    until "$@" 2>/dev/null; do
        [ "$(date +%s)" -lt "$deadline" ] || fail "not within 30 s: $what"
        sleep 0.01
    done
}
