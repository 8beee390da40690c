# A recorder in trouble: the target always ends with its own output and status, stderr says what is
# missing, and what was committed is whole. Small disks are in trouble_disk.sh.
. "$(dirname "$0")/common.sh"
command -v sqlite3 >/dev/null || skip "the sqlite3 program is not installed"

. "$(dirname "$0")/trouble_common.sh"

# A file that is read-only in mid-run: for new openers only (chmod), and for what is open too
# (chattr, where it can be had).
begin readonly/trail.db
chmod a-w readonly/trail.db
go_on
expect_end 7 ""
same "read-only for others: state" "complete 1" "$(state_of readonly/trail.db)"
if chattr +i readonly/trail.db 2>/dev/null; then
    chattr -i readonly/trail.db
    chmod u+w readonly/trail.db
    begin readonly2/trail.db
    chattr +i readonly2/trail.db readonly2/trail.db-wal
    go_on
    chattr -i readonly2/trail.db readonly2/trail.db-wal
    expect_end 7 "trailrec: the recording is not finished; the next trailrec or trailview that can \
write 'readonly2/trail.db' completes it: \
disk I/O error"
    trailview -d readonly2/trail.db recover >recovered.txt || fail "recover"
    same "read-only: state" "recovered 1" "$(state_of readonly2/trail.db)"
fi

# The folder is removed, the file is renamed.
begin removed/trail.db
rm -r removed
go_on
expect_end 7 "trailrec: the recording is not in 'removed/trail.db': that file was moved, replaced \
or removed meanwhile"
mkdir removed
"$TRAILREC" -o removed/trail.db -- rm -r removed 2>err.txt
same "removed: status" 0 $?
grep 'look at' err.txt && fail "removed: there is nothing to look at"
begin renamed/trail.db
mv renamed/trail.db renamed/other.db
go_on
expect_end 7 "trailrec: the recording is not in 'renamed/trail.db': that file was moved, replaced \
or removed meanwhile"
mv renamed/other.db renamed/trail.db # beside its -wal, which has the run
same "renamed back: state" "complete 1" "$(state_of renamed/trail.db)"

# The target is killed.
begin killed/trail.db
kill -9 "$(sqlite3 -readonly killed/trail.db 'SELECT pid FROM process')"
expect_end 137 ""
same "killed: how it ended" "complete SIGKILL" "$(value "SELECT state || ' ' || exit_signal
    FROM runs" killed/trail.db)"
same "killed: ring file" no "$(ring_of killed/trail.db 1)"

# trailview looks on, all the time: it sees a run that is being recorded, and changes nothing.
begin watched/trail.db
: >seen.txt
looks=0
while [ $looks -lt 50 ]; do
    trailview -d watched/trail.db runs --format csv >>seen.txt 2>>seen.err ||
        fail "trailview runs beside a recorder"
    looks=$((looks + 1))
    [ $looks -ne 10 ] || echo go >go
done
expect_end 7 ""
same "watched: other states than these" "" \
    "$(grep -v -e '^run,' -e ',recording,' -e ',complete,' seen.txt)"
[ -s seen.err ] && fail "watched: $(cat seen.err)"
same "watched: state" "complete 1" "$(state_of watched/trail.db)"
same "watched: ring file" no "$(ring_of watched/trail.db 1)"

# Two recorders on one file, following children, each with a ring of its own.
mkdir two
for i in 1 2; do
    "$TRAILREC" -q -f -o two/trail.db -- sh \
        -c 'n=0; while [ $n -lt 60 ]; do (exit 3); n=$((n + 1)); done; exit 4' 2>two.err$i &
    eval "recorder$i=$!"
done
wait "$recorder1"; same "two: status" 4 $?
wait "$recorder2"; same "two: status" 4 $?
same "two: messages" "" "$(cat two.err1 two.err2)"
same "two: processes" "1 complete 61,2 complete 61" "$(value "SELECT group_concat(line)
    FROM (SELECT r.run || ' ' || r.state || ' ' || count(*) AS line
    FROM runs r JOIN processes p ON p.run = r.run GROUP BY r.run ORDER BY r.run)" two/trail.db |
        tr -d '"')"
trailview -d two/trail.db verify >verify.txt || fail "two: $(cat verify.txt)"

# Two at full speed: neither keeps the other from the file for so long that events are lost.
"$TRAILFAKE" -q -o fast.db -- generate:500000 2>fast.err & recorder1=$!
"$TRAILFAKE" -q -o fast.db -- generate:500000 2>>fast.err & recorder2=$!
wait "$recorder1" "$recorder2"
same "two at full speed: messages" "" "$(cat fast.err)"
same "two at full speed: events" "complete 500000 complete 500000" \
    "$(value "SELECT group_concat(state || ' ' || events, ' ') FROM runs" fast.db)"

# What a killed recorder left was tampered with: what is sound is taken, what is no ring of that run
# stays as it is and is named.
echo 'pid=1 CreateProcess via=launch path=/a
LoadDll path=/b base=0x1000
hang' >hang.trail
run=0
for kind in whole removed empty cut garbage; do
    "$TRAILFAKE" -q -o left.db -- hang.trail 2>/dev/null & recorder=$!
    run=$((run + 1))
    wait_until '[ 2 = \
        "$(sqlite3 -readonly left.db "SELECT events FROM run WHERE id = $run" 2>/dev/null)" ]'
    kill -9 $recorder
    wait $recorder 2>/dev/null
    ring=left.db-run$run.ring stays=no
    case $kind in
    removed) rm "$ring" ;;
    empty) : >"$ring"; stays=yes ;;
    cut) dd if="$ring" of=cut bs=5000 count=1 2>/dev/null; mv cut "$ring" ;;
    garbage) dd if=/dev/urandom of="$ring" bs=4096 count=20 2>/dev/null; stays=yes ;;
    esac
    trailview -d left.db runs >runs.txt 2>runs.err || fail "runs, ring $kind"
    grep -q "run $run was left unfinished" runs.err || fail "ring $kind: $(cat runs.err)"
    same "ring $kind: file" $stays "$(ring_of left.db "$run")"
    [ $stays = no ] || grep -q "$ring' is .*, and is left alone" runs.err ||
        fail "ring $kind: $(cat runs.err)"
done
same "rings: states" "recovered interrupted interrupted recovered interrupted" \
    "$(value "SELECT group_concat(state, ' ') FROM runs" left.db)"
same "rings: events" "2 2 2 2 2" "$(value "SELECT group_concat(events, ' ') FROM runs" left.db)"
trailview -d left.db verify >verify.txt || fail "rings: $(cat verify.txt)"

# No thread can be had: there is no run, and nothing to look at.
(ulimit -s 1000000000 2>/dev/null && "$TRAILREC" -o thread.db -- touch launched 2>thread.err)
status=$?
if grep -q 'cannot make a thread' thread.err; then
    same "no thread: status" 125 $status
    same "no thread: lines" 1 "$(wc -l <thread.err | tr -d ' ')"
    same "no thread: runs" 0 "$(value 'SELECT count(*) FROM runs' thread.db)"
    same "no thread: files" thread.db "$(echo thread.db*)"
    [ ! -e launched ] || fail "no thread: the target was launched"
fi

# Another program holds the file's lock for ten seconds: a recording of which the ring holds all is
# whole, of another one the end is missing and that is said; one that would start is refused, and
# its target is not started.
begin locked/trail.db
mkfifo release
sqlite3 locked/trail.db >locker.txt 2>&1 <<'SQL' & locker=$!
BEGIN IMMEDIATE;
.shell echo locked >locked/now; timeout 10 cat release
COMMIT;
SQL
wait_until '[ -s locked/now ]'
"$TRAILREC" -q -o locked/trail.db -- touch launched 2>late.err & late=$!
go_on
expect_end 7 ""
wait $locker
wait $late
same "locked at the start: status" 125 $?
same "locked at the start: message" \
    "trailrec: cannot record to 'locked/trail.db': the file is locked by another program; \
close it or try again later" \
    "$(cat late.err)"
[ ! -e launched ] || fail "the target was launched although the file is locked"
same "locked: state" "complete 1" "$(state_of locked/trail.db)"
same "locked: ring file" no "$(ring_of locked/trail.db 1)"
