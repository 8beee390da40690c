# Where the time went on Windows: silences are looked into, and what was seen is said of the gap.
. "$(dirname "$0")/common.sh"

cp "$TRACE_TOOLS/idle_windows.exe" .

# after_entry RUN: what was seen in the gap from the program's first instruction to its end
after_entry()
{
    trailview -d trail.db gaps "$1" --format ndjson | tr -d '\r' |
        sed -n 's/.*"from":"entry","to":"exit".*"looks":"\([^"]*\)".*/\1/p'
}

trailrec -q -o trail.db -- idle_windows.exe sleep 500 >out.txt || fail "sleep ends with $?"
case $(after_entry 1) in
"main: NtDelayExecution ("*) ;; *) fail "of a sleeper is said '$(after_entry 1)'" ;;
esac
same "the times of looks" 1 "$(value "SELECT min(l.t_ns) >= 20000000 AND max(l.t_ns) <= r.wall_ns
    FROM looks l, runs r WHERE l.run = 1 AND r.run = 1")"
trailrec -q -o trail.db -- idle_windows.exe wait 500 >out.txt || fail "wait ends with $?"
case $(after_entry 2) in
"main: NtWaitFor"*) ;; *) fail "of one that waits is said '$(after_entry 2)'" ;;
esac
trailrec -q -o trail.db -- idle_windows.exe compute 2000 >out.txt || fail "compute ends with $?"
case $(after_entry 3) in
"main: computing ("*) ;; *) fail "of one that computes is said '$(after_entry 3)'" ;;
esac
trailrec -q --looks 0 -o trail.db -- idle_windows.exe sleep 200 >out.txt
same "looks with --looks 0" 0 "$(value "SELECT count(*) FROM looks WHERE run = 4")"

# One that was attached to is not stopped: where Windows itself does not tell what a thread waits
# for (Wine), only its CPU time says that it waits.
$EMULATOR ./idle_windows.exe sleep 6000 >pid.txt &
wait_for "a target" test -s pid.txt
trailrec -q -t 1 -o attached.db -p "$(tr -d '\r' <pid.txt)" || fail "attaching: $?"
same "what attached ones wait in" "" "$(value "SELECT group_concat(DISTINCT call) FROM looks
    WHERE call LIKE 'Nt%'" attached.db)"
same "attached ones that compute" 0 "$(value "SELECT sum(computing) FROM looks" attached.db)"
