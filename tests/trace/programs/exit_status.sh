# trailrec ends as its target ended; what trailrec itself cannot do has statuses of its own, and
# then nothing was launched.
. "$(dirname "$0")/common.sh"

status_of() { "$@" >out.txt 2>err.txt; echo $?; }

same "exit code" 7 "$(status_of trailrec -o trail.db -- sh -c 'exit 7')"
same "exit code in the record" 7 "$(value 'SELECT exit_code FROM runs WHERE run = 1')"
same "fatal signal" 139 "$(status_of trailrec -o trail.db -- sh -c 'kill -SEGV $$')"
same "signal in the record" SIGSEGV "$(value 'SELECT exit_signal FROM runs WHERE run = 2')"
same "not found" 127 "$(status_of trailrec -o trail.db -- ./no-such-program)"
echo 'no program' >text.txt
same "not executable" 126 "$(status_of trailrec -o trail.db -- ./text.txt)"
same "no runs of what never ran" 2 "$(value 'SELECT count(*) FROM runs')"
same "unwritable output" 125 "$(status_of trailrec -o no-such-folder/x.db -- touch launched)"
[ ! -e launched ] || fail "the target was launched although the output cannot be written"
grep -q "^trailrec: cannot record to 'no-such-folder/x.db': " err.txt ||
    fail "message: $(cat err.txt)"
same "foreign file" 125 "$(status_of trailrec -o text.txt -- touch launched)"
same "foreign file is untouched" 'no program' "$(cat text.txt)"
[ ! -e launched ] || fail "the target was launched although the output is not ours"
same "unknown option" 125 "$(status_of trailrec --no-such-option true)"
same "no command" 125 "$(status_of trailrec)"
same "no such directory" 125 "$(status_of trailrec -o trail.db -C no-such-folder true)"
same "help" 0 "$(status_of trailrec --help)"
same "time limit" 0 "$(status_of trailrec -o trail.db -t 0.2 -- sleep 60)"
same "time limit in the record" timeout "$(value 'SELECT end_reason FROM runs WHERE run = 3')"
same "a limit in the record" SIGKILL "$(value 'SELECT exit_signal FROM runs WHERE run = 3')"
same "ignored signals stay ignored" "$(trap '' ALRM HUP; grep SigIgn /proc/self/status)" \
    "$(trap '' ALRM HUP; trailrec -q -o trail.db -- grep SigIgn /proc/self/status)"
same "bad time limit" 125 "$(status_of trailrec -t soon true)"
same "nop passes the status on" 9 "$(status_of trailrec --nop -o nop.db -- sh -c 'exit 9')"
[ ! -e nop.db ] || fail "--nop made a file"
same "time limit where all signals are blocked" 0 \
    "$(status_of env --block-signal "$TRAILREC" -o trail.db -t 0.2 -- sleep 60)"
