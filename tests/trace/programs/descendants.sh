# The record of programs with many descendants: each with its parent and its exit code, also where
# all have one and the same number, where ten thousand come and go, and where each is the child of
# the one before.
. "$(dirname "$0")/common.sh"

target=$TRACE_TOOLS/../transparent/programs/target_children
[ -x "$target" ] || skip "there is no target_children (it is built where there is a python3)"

# recorded EXPECTED_STATUS WHAT NUMBER: the last run is then that of the target.
recorded()
{
    expected=$1
    shift
    trailrec -q -f -o trail.db -- "$target" "$@" >"$1.txt" || [ $? -eq "$expected" ] ||
        fail "status of $*"
}

last="run = (SELECT max(run) FROM runs)"
# What is known of all processes but the first: how many, their numbers, the sum of their exit
# codes, how many without end or parent.
children() { value "SELECT count(*), count(DISTINCT pid), sum(exit_code), sum(exit_code IS NULL),
    sum(parent_process IS NULL) FROM processes WHERE $last AND process > 1"; }

recorded 0 crowd 10000
same "ten thousand" "10000 0 0" "$(children | cut -d, -f 1,4,5 | tr , ' ')"
same "their exit codes" "$(cat crowd.txt)" "$(children | cut -d, -f 3)"

if [ "$(id -u)" = 0 ]; then # who may choose the numbers of its children
    recorded 0 reuse 2000
    same "two thousand with one number" "2000,1,$(cat reuse.txt),0,0" "$(children)"
    same "each at its time" 0 "$(value "SELECT count(*) FROM processes a
        JOIN processes b ON a.run = b.run AND b.process = a.process + 1
        WHERE a.$last AND a.process > 1 AND a.end_t_ns > b.start_t_ns")"
fi

recorded 42 chain 200
same "a chain of two hundred" "200,200,8400,0,0" "$(children)"
same "each the child of the one before" 201 "$(value "WITH RECURSIVE
    chain(process, depth) AS (SELECT 1, 1
    UNION ALL SELECT p.process, depth + 1 FROM chain
    JOIN processes p ON p.parent_process = chain.process WHERE p.$last)
    SELECT max(depth) FROM chain")"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
