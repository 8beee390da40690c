# Attaching to a busy program and letting it go, again and again: it never dies, never stops, and
# what was there is in the record.
. "$(dirname "$0")/common.sh"

times=100
now=0
"$TRACE_TOOLS/attach_target" rounds.txt "$TRACE_TOOLS/../../samples/sample_plugin.so" &
target=$!
trap 'kill -9 $target 2>/dev/null' EXIT

wait_for_rounds
for i in $(seq $times); do
    [ $((i % 2)) -eq 0 ] && follow=-f || follow=
    # shellcheck disable=SC2086
    timeout -k 5 180 "$TRAILREC" -q -t 0.05 -o trail.db $follow -p $target ||
        fail "attach $i $follow: status $?"
    kill -0 $target 2>/dev/null || fail "the target died of detach $i"
    grep -q '^State:.[TtZ]' /proc/$target/status && fail "the target does not run after detach $i"
    before=$now
    now=$(rounds)
    [ "$((now + 0))" -gt "$((before + 0))" ] || wait_for_rounds
done
wait_for_rounds
python3 - $target <<'END' || fail "the target's code is not what its files hold"
import re, sys
with open(f"/proc/{sys.argv[1]}/maps") as maps, open(f"/proc/{sys.argv[1]}/mem", "rb") as memory:
    for start, end, offset, path in re.findall(r"^(\w+)-(\w+) r-xp (\w+) \S+ \d+ +(/.*)", maps.read(), re.M):
        if "sample_" in path:  # comes and goes
            continue
        memory.seek(int(start, 16))
        code = memory.read(int(end, 16) - int(start, 16))
        with open(path, "rb") as file:
            file.seek(int(offset, 16))
            same = file.read(len(code))
        if code[:len(same)] != same:
            sys.exit(f"{path} differs")
END
same "tracer afterwards" 0 "$(sed -n 's/^TracerPid:[[:space:]]*//p' /proc/$target/status)"
same "runs" $times "$(value "SELECT count(*) FROM runs WHERE state = 'complete' AND mode = 'attach'
    AND end_reason = 'timeout'")"
same "replayed process" "attach $target" "$(value "SELECT via || ' ' || pid FROM processes
    WHERE run = 1 AND process = 1")"
same "replayed threads of each run" $times "$(value "SELECT count(*) FROM (SELECT run FROM events
    WHERE kind = 'CreateThread' AND synthetic GROUP BY run HAVING count(*) >= 4)")"
# On a busy machine the time may be up before the loader's list is whole: of the others all count.
listed=$(value "SELECT count(DISTINCT run) FROM loads WHERE synthetic")
[ "$listed" -ge $((times * 3 / 4)) ] || fail "only $listed of $times runs have the modules"
same "libc was there" "$listed" "$(value "SELECT count(*) FROM loads WHERE name = 'libc.so.6'
    AND synthetic AND load_phase = 'attach'")"
[ "$(value "SELECT count(*) FROM processes WHERE via = 'fork' AND run % 2 = 0")" -gt 10 ] ||
    fail "no children were followed"
[ "$(value 'SELECT count(*) FROM events WHERE NOT synthetic')" -gt 100 ] ||
    fail "nothing was seen after the replay"
trailview -d trail.db verify >verify.txt || fail "verify: $(cat verify.txt)"

# To be asked to end lets go; the status is 0, since the target lives on. (A shell has SIGINT
# ignored in what it runs behind.)
for signal in TERM HUP; do
    rm -f live.txt
    $EMULATOR "$TRAILREC" -v -o trail.db -p $target 2>live.txt &
    recorder=$!
    looks=0
    until grep -q 'LoadDll' live.txt 2>/dev/null; do
        looks=$((looks + 1))
        [ $looks -lt 12000 ] || fail "nothing is recorded: $(cat live.txt)"
        sleep 0.01
    done
    kill -$signal $recorder
    wait $recorder
    same "status after SIG$signal" 0 $?
    grep -q 'detached after' live.txt || fail "digest: $(tail -n 2 live.txt)"
    wait_for_rounds
done

says() { # says STATUS PATTERN OPTION...
    expected=$1
    pattern=$2
    shift 2
    trailrec -o trail.db "$@" 2>err.txt
    same "status of $*" "$expected" $?
    grep -q "$pattern" err.txt || fail "message of $*: $(cat err.txt)"
}
says 125 'there is no process' -p 4194304
says 125 "takes a process id, not '1x'" -p 1x
says 125 'cannot launch' -p $target true
same "runs of failed attaches" $((times + 2)) "$(value 'SELECT count(*) FROM runs')"
