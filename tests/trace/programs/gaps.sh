# Where the time went: silences are looked into, and the gap that has them says what was seen.
. "$(dirname "$0")/common.sh"

# what RUN FIELD: of the run's longest gap
longest() { trailview -d trail.db gaps "$1" -n 1 --format ndjson |
    sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p"; }

trailrec -q -o trail.db -- sleep 0.5 || fail "sleep ends with $?"
same "the gap's end" exit "$(longest 1 to)"
case $(longest 1 looks) in
"main: clock_nanosleep 500 ms, called by sleep"*) ;;
*) fail "of a sleeper is said '$(longest 1 looks)'" ;;
esac
same "looks at it" 1 "$(value "SELECT count(*) BETWEEN 2 AND 40 FROM looks WHERE run = 1")"
same "the times of looks" 1 "$(value "SELECT min(l.t_ns) >= 20000000 AND max(l.t_ns) <= r.wall_ns
    FROM looks l, runs r WHERE l.run = 1 AND r.run = 1")"

# one that computes, until it was looked at or a minute has passed
trailrec -q -o trail.db -- perl -e '$t = time + 3; 1 while time < $t' || fail "perl ends with $?"
case $(longest 2 looks) in
"main: computing"*) ;;
*) fail "of one that computes is said '$(longest 2 looks)'" ;;
esac

# where, too, as far as the system tells
"$TRACE_TOOLS/refuse_perf" "$TRAILREC" -q -o refused.db -- \
    perl -e '$t = time + 2; 1 while time < $t'
if [ $? -eq 77 ]; then
    echo "perf cannot be refused here: not tested"
else
    same "without perf" \
        '"computing, place unknown: perf is forbidden here, record with --looks-stop"' \
        "$(value 'SELECT DISTINCT doing FROM looks WHERE computing' refused.db)"
    trailrec -q --kernel-times -o times.db -- sh -c : 2>times.txt
    grep -q 'not permitted' times.txt ||
        same "samples" 1 "$(value "SELECT count(*) > 20 AND count(caller) > 20 FROM looks
            WHERE run = 2 AND computing")"
fi

trailrec -q -o trail.db -- perl -e 'pipe R, W; if (fork) { close W; read R, $x, 1; wait }
    else { select undef, undef, undef, 0.4 }' || fail "perl ends with $?"
case $(longest 3 looks) in
"main: read of pipe, called by "*) ;;
*) fail "of one that reads is said '$(longest 3 looks)'" ;;
esac

# one that waits for a child that is not followed
trailrec -q -o child.db -- sh -c 'sleep 0.4; exit 3'
same "the shell's status" 3 $?
same "for whom a shell waits" 1 "$(value "SELECT count(*) > 2 FROM looks
    WHERE doing LIKE 'wait4 for its child sleep%'" child.db)"

# main waits for another thread: what that one does is the answer
if command -v python3 >/dev/null; then
    for nap in 0.01 0.5; do
        trailrec -q -E NAP=$nap -o waits.db -- python3 -c 'import os, threading, time
t = threading.Thread(target=time.sleep, args=(float(os.environ["NAP"]),))
t.start()
t.join()' || fail "python ends with $?"
    done
    case $(trailview -d waits.db diff | head -n 1) in
    *": main waits in futex"*", while another thread waits in clock_nanosleep"*) ;;
    *) fail "of main that waits for a thread: $(trailview -d waits.db diff | head -n 1)" ;;
    esac
fi

trailrec -q --looks 0 -o trail.db -- sleep 0.2
same "looks with --looks 0" 0 "$(value "SELECT count(*) FROM looks WHERE run = 4")"
trailrec -q --looks 200 -o trail.db -- sleep 0.1
same "looks into less" 0 "$(value "SELECT count(*) FROM looks WHERE run = 5")"
