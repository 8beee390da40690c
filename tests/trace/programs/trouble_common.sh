# For the tests of a recorder in trouble: a target that waits, raises signals, and ends with status
# 7; sourced after common.sh.
signals=3000

# wait_until CONDITION: looks until it holds, for at most a minute.
wait_until()
{
    deadline=$(($(date +%s) + 180))
    until eval "$1"; do
        [ "$(date +%s)" -lt $deadline ] || fail "waited in vain for: $1"
    done
}

mkfifo go
cat >target.sh <<'SH'
trap : USR1
echo started
read -r line <go
n=0
while [ $n -lt $1 ]; do
    kill -USR1 $$
    n=$((n + 1))
done
echo finished
exit 7
SH

# begin FILE: starts to record the target to FILE, in a new folder, and waits until something is
# committed.
begin()
{
    mkdir -p "$(dirname "$1")"
    "$TRAILREC" -q -o "$1" -- sh target.sh $signals >out.txt 2>err.txt &
    recorder=$!
    wait_until '[ "$(cat out.txt)" = started ]'
    wait_until "[ \"\$(sqlite3 -readonly '$1' 'SELECT events > 0 FROM run' 2>/dev/null)\" = 1 ]"
}

# go_on: lets the target work and end.
go_on()
{
    echo go >go
    wait $recorder
    status=$?
    recorder=
}

# expect_end STATUS MESSAGE: of the recorder; and the target wrote all that it writes.
expect_end()
{
    if [ -n "$recorder" ]; then
        wait $recorder 2>/dev/null
        status=$?
    fi
    same "status" "$1" $status
    same "message" "$2" "$(cat err.txt)"
    [ "$1" != 7 ] ||
        same "output of the target" "started finished" "$(tr '\n' ' ' <out.txt | sed 's/ $//')"
}

# state_of FILE: the state of its run, and whether all signals are there and the file is whole.
state_of()
{
    trailview -d "$1" verify >verify.txt 2>&1 || fail "verify $1: $(cat verify.txt)"
    value "SELECT state || ' ' || ((SELECT count(*) FROM exceptions e
        WHERE e.run = r.run) = $signals) FROM runs r" "$1"
}

# ring_of FILE RUN: whether its ring's file is there.
ring_of()
{
    [ -e "$1-run$2.ring" ] && echo yes || echo no
}
