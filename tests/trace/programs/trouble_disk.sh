# A recorder whose disk is too small, or fills up: the target ends as ever, stderr says what is
# missing, the rest is whole.
. "$(dirname "$0")/common.sh"
command -v sqlite3 >/dev/null || skip "the sqlite3 program is not installed"
mkdir small
mount -t tmpfs -o size=1m trail small 2>/dev/null ||
    skip "a tmpfs cannot be mounted here (that needs root)"
trap 'umount -l small' EXIT
. "$(dirname "$0")/trouble_common.sh"

# One megabyte: no room for the ring, and none for all events. A viewer sees a living recorder all
# the same.
signals=20000
begin small/trail.db
same "small: state while it lives" recording \
    "$(trailview -d small/trail.db runs --format csv 2>runs.err | sed 1d | cut -d, -f2)"
same "small: what the viewer says" "" "$(cat runs.err)"
grep -q "^trailrec: there is no space for a ring beside 'small/trail.db': " err.txt ||
    fail "small: what the recorder says: $(cat err.txt)"
go_on
same "small: status" 7 $status
same "small: output of the target" "started finished" "$(tr '\n' ' ' <out.txt | sed 's/ $//')"
grep -q '^trailrec: the recording is incomplete, .* lost: no space is left on the medium$' \
    err.txt || fail "small: $(cat err.txt)"
trailview -d small/trail.db verify >verify.txt 2>&1 || fail "small: $(cat verify.txt)"
same "small: state" interrupted "$(value 'SELECT state FROM runs' small/trail.db)"
same "small: is something there, but not all" 1 "$(value "SELECT events BETWEEN 1 AND $signals
    FROM runs" small/trail.db)"
same "small: whole" ok "$(sqlite3 small/trail.db 'PRAGMA integrity_check')"

# A disk that fills up in mid-run, of which the ring holds the rest; it is completed when there is
# room.
signals=3000
umount small
mount -t tmpfs -o size=8m trail small || fail "mount"
begin small/trail.db
dd if=/dev/zero of=small/filler bs=4096 2>/dev/null
go_on
expect_end 7 "trailrec: the recording is not finished; the next trailrec or trailview that can \
write 'small/trail.db' completes it: \
no space is left on the medium"
same "full: ring file" yes "$(ring_of small/trail.db 1)"
trailview -d small/trail.db runs >runs.txt 2>&1 || fail "a viewer on a full disk: $(cat runs.txt)"
trailview -d small/trail.db recover >recover.txt 2>recover.err
same "full: status of recover" 2 $?
grep -q 'no space is left on the medium' recover.err || fail "full: recover says $(cat recover.err)"
rm small/filler
trailview -d small/trail.db recover >recover.txt || fail "recover"
same "full: state after there is room" "recovered 1" "$(state_of small/trail.db)"
same "full: ring file" no "$(ring_of small/trail.db 1)"

# A recorder that died, on a medium that cannot be written now: its run is shown as it is, and why.
rm small/*
mkdir dead
printf 'pid=1 CreateProcess via=launch path=/a\nhang\n' >hang.trail
"$TRAILFAKE" -q -o dead/trail.db -- hang.trail 2>/dev/null & recorder=$!
wait_until '[ 1 = "$(sqlite3 -readonly dead/trail.db "SELECT events FROM run" 2>/dev/null)" ]'
kill -9 $recorder
wait $recorder 2>/dev/null
recorder=
mount -o remount,size=40m small || fail "remount"
cp dead/trail.db* small || fail "cp"
mount -o remount,ro small || fail "remount"
trailview -d small/trail.db runs --format csv >runs.txt 2>runs.err || fail "runs: $(cat runs.err)"
same "read-only medium: state" recording "$(sed 1d runs.txt | cut -d, -f2)"
grep -q "^trailview: a run was left unfinished by its recorder, and stays so: .*read-only" \
    runs.err || fail "read-only medium: $(cat runs.err)"
mount -o remount,rw small || fail "remount"
trailview -d small/trail.db recover >recover.txt || fail "recover"
same "medium: state" recovered "$(value 'SELECT state FROM runs' small/trail.db)"
rm small/*
mount -o remount,size=8m small || fail "remount"

# More than the ring holds: what is lost is counted, and counted right.
rm small/*
"$TRAILFAKE" -q -o small/trail.db -- generate:300000 2>err.txt
same "overfull: status" 0 $?
lost=$(sed -n 's/^trailrec: the recording is incomplete, \([0-9]*\) events are lost: '\
'no space is left on the medium$/\1/p' err.txt)
[ -n "$lost" ] || fail "overfull: $(cat err.txt)"
same "overfull: in the file and lost" 300000 \
    "$((lost + $(value 'SELECT events FROM runs' small/trail.db)))"
same "overfull: state" interrupted "$(value 'SELECT state FROM runs' small/trail.db)"
trailview -d small/trail.db verify >verify.txt 2>&1 || fail "overfull: $(cat verify.txt)"
same "overfull: ring file" no "$(ring_of small/trail.db 1)"
