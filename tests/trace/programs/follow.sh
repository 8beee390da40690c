# trailview events --follow: events are shown while they are recorded, each once and in order; it
# ends when the run does, however that is.
. "$(dirname "$0")/common.sh"

# The target makes events until the file `go` is there; a child that dies with a status of its own
# comes last.
record()
{
    rm -f go
    "$TRAILREC" -q -f -o "$1" -- sh \
        -c 'n=0; until [ -e go ] || [ $((n = n + 1)) -gt 1200 ]; do sleep 0.05; done
        (exit 3); exit 7' &
    recorder=$!
    wait_for "the run of $1" has_event "$1"
}

has_event() { [ "$(value 'SELECT count(*) > 0 FROM events' "$1")" = 1 ]; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
is_recording() { [ "$(value 'SELECT state FROM runs' "$1")" = recording ]; }
shows() { trailview -d "$1" events --format "$2" | cmp - "$3"; }

# follow NAME FILE OPTION...: to NAME.out, in the background; its exit status goes to NAME.status.
follow()
{
    name=$1 file=$2
    shift 2
    (
        trailview -d "$file" events --follow "$@" >"$name.out" 2>"$name.err"
        echo $? >"$name.status"
    ) &
}

ended() { [ -s "$1.status" ]; }

# ends_well NAME: with exit status 0 and nothing to say.
ends_well()
{
    wait_for "the end of $1" ended "$1"
    same "status of $1" 0 "$(cat "$1.status")"
    same "stderr of $1" "" "$(cat "$1.err")"
}

record trail.db
for format in ndjson csv table; do
    follow $format trail.db --format $format
done
follow filtered trail.db --format ndjson --kind ExitProcess
follow limited trail.db --format ndjson --limit 60
for format in ndjson csv table; do
    wait_for "rows in $format" has_lines $format.out 20
    seen=$(wc -l <$format.out)
    wait_for "more rows in $format" has_lines $format.out $((seen + 20))
done
wait_for "60 rows" ended limited
(trap '' PIPE; trailview -d trail.db events -f --format csv 2>closed.err; echo $? >closed.status) |
    sed 1q >closed.out
wait_for "the end without a reader" ended closed
is_recording trail.db || fail "the run ended too early"
[ ! -e ndjson.status ] || fail "following ended before the run: $(cat ndjson.err)"
: >go
wait $recorder
same "status of the target" 7 $?
for name in ndjson csv table filtered limited closed; do
    ends_well $name
done
shows trail.db ndjson ndjson.out || fail "ndjson: not what the run has"
shows trail.db csv csv.out || fail "csv: not what the run has"
trailview -d trail.db events | sed 's/^ *//; s/  */ /g' >expected.txt
sed 's/^ *//; s/  */ /g' table.out | cmp - expected.txt || fail "table: not what the run has"
trailview -d trail.db events --kind ExitProcess --format ndjson | cmp - filtered.out ||
    fail "filtered: not what the run has"
trailview -d trail.db events --limit 60 --format ndjson | cmp - limited.out ||
    fail "limited: not what the run has"
[ ! -s trail.db-wal ] || fail "the log is not in the file"

# A run that is over is shown like without --follow.
trailview -d trail.db events -f --format ndjson | cmp - ndjson.out || fail "a run that is over"

# A run that is written faster than it is read.
trailfake -q -o many.db -- generate:200000 &
recorder=$!
wait_for "the run of many.db" has_event many.db
follow many many.db --format csv
wait $recorder
ends_well many
shows many.db csv many.out || fail "many: not what the run has"

# The recorder dies: what it left is shown too.
record killed.db
follow killed killed.db --format ndjson
wait_for "rows of killed.db" has_lines killed.out 20
kill -9 $recorder
wait $recorder 2>killed.sh # which says so
wait_for "the end of a recorder that was killed" ended killed
same "status after a kill" 0 "$(cat killed.status)"
: >go
grep -q "^trailview: run 1 was left unfinished by its recorder; .*were recovered$\|file already$" \
    killed.err || fail "stderr: $(cat killed.err)"
same "state" recovered "$(value 'SELECT state FROM runs' killed.db)"
shows killed.db ndjson killed.out || fail "killed: not what the run has"
[ ! -s killed.db-wal ] || fail "the log of killed.db is not in the file"
