# CPU time where gaps begin and end: of a program that computes for 300 ms between two marks.
. "$(dirname "$0")/common.sh"

cp "$TRACE_TOOLS"/../../samples/computing* . || fail "there is no program to copy"
trailrec -q -o trail.db -- ./computing || fail "it ends with $?"
gap=$(trailview -d trail.db gaps --format ndjson | tr -d '\r' | grep '"to":"mark:end"')
cpu=$(printf '%s\n' "$gap" | sed -n 's/.*"cpu_ns":\([0-9]*\).*/\1/p')
[ "${cpu:-0}" -ge 250000000 ] && [ "$cpu" -lt 400000000 ] || fail "CPU time of the gap: $gap"
same "the process's own" 1 "$(value "SELECT cpu_user_ns + cpu_system_ns >= $cpu FROM processes")"
