# -n and --warmup: each run is a row of its own, a warm-up none; the status is the first that is not
# 0; whoever wants it to stop can.
. "$(dirname "$0")/common.sh"

status_of() { "$@" >out.txt 2>err.txt; echo $?; }
runs() { value "SELECT count(*) FROM runs" "${1:-trail.db}"; }

same "status" 0 \
    "$(status_of trailrec -n 3 --warmup 2 -l build=7 -o trail.db -- sh -c 'echo x >>times')"
same "times it ran" 5 "$(wc -l <times | tr -d ' ')"
same "runs" 3 "$(runs)"
same "labels" 3 "$(value "SELECT count(*) FROM runs WHERE labels = '{\"build\":\"7\"}'
    AND state = 'complete' AND exit_code = 0")"
same "identities" 3 "$(value 'SELECT count(DISTINCT uuid) FROM runs')"
same "lines" 4 "$(wc -l <err.txt | tr -d ' ')"
grep -q 'look at them with: trailview -d trail.db stats @build=7' err.txt ||
    fail "digest: $(cat err.txt)"
same "quiet" "0 0" "$(status_of trailrec -q -n 2 -o trail.db -- true) $(wc -c <err.txt | tr -d ' ')"
same "the first status that is not 0" 3 \
    "$(status_of trailrec -n 4 -o trail.db -- sh \
    -c 'echo x >>statuses; exit $(($(wc -l <statuses) == 1 ? 0 : $(wc -l <statuses) + 1))')"
same "times it ran after that" 4 "$(wc -l <statuses | tr -d ' ')"
same "a warm-up's status" 0 \
    "$(status_of trailrec --warmup 1 -o trail.db -- sh -c '[ -e warm ] || { : >warm; exit 9; }')"
same "fatal signal" 139 "$(status_of trailrec -n 2 -o trail.db -- sh -c 'kill -SEGV $$')"
same "not found" 127 "$(status_of trailrec -n 2 -o trail.db -- ./no-such-program)"
same "runs of all" 12 "$(runs)"
same "condition in each" 0 \
    "$(status_of trailrec -n 2 -t 30 --until exception:USR1 -o until.db -- sh \
    -c 'kill -USR1 $$; sleep 60')"
same "ends" "until until" "$(value "SELECT group_concat(end_reason, ' ') FROM runs" until.db)"
same "no file" 0 "$(status_of trailrec --nop -n 2 -o nop.db -- true)"
[ ! -e nop.db ] || fail "--nop made a file"
same "scripted" "0 3" "$(echo 'pid=4 CreateProcess via=launch
ExitProcess exit_code=0' >script.trail; status_of trailfake -n 3 -o fake.db -- \
    script.trail) $(runs fake.db)"

# SIGTERM, and a Ctrl-C that the program itself survives, end it all. (What runs behind has SIGINT
# ignored: a program of its own resets that.)
for ending in TERM INT; do
    rm -f begun
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' \
        "$TRAILREC" -n 1000 -o $ending.db -- sh -c 'trap : INT; : >begun; sleep 0.2' 2>err.txt &
    recorder=$!
    wait_for "the first run" [ -e begun ]
    kill -$ending $recorder
    wait $recorder
    status=$?
    [ $ending = INT ] || same "status after SIG$ending" 137 $status
    [ "$(runs $ending.db)" -le 2 ] || fail "it went on after SIG$ending: $(cat err.txt)"
done

says() # says PATTERN OPTION...
{
    pattern=$1
    shift
    same "status of $*" 125 "$(status_of trailrec -o none.db "$@")"
    grep -q "^trailrec: .*$pattern" err.txt || fail "message of $*: $(cat err.txt)"
}
says "from 1 to 1000000, not '0'" -n 0 true
says "not '-1'" --warmup -1 true
says "not '3x'" -n 3x true
says '-n is for a COMMAND' -n 2 -p $$
says '--warmup is for a COMMAND' --warmup 2 -p $$
says 'does not go with -n' -n 2 -t 1 --then stop true
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"
