# --wait: attaches to the next program of a name, and not to one that was there before; says what
# was missed of it.
. "$(dirname "$0")/common.sh"

samples="$TRACE_TOOLS/../../samples"
counting="$samples/counting"
[ ! -e "$samples/counting.exe" ] || counting="$samples/counting.exe"
trap 'enough first; enough second' EXIT

# The sample's file (counting.h): pid, raised, threads, loads, unloads, stop.
number() { od -An -v -tu8 -j$((8 * $2)) -N8 "$1" | tr -d ' \n'; }
enough() { printf '\001' | dd of="$1" bs=1 seek=40 conv=notrunc 2>/dev/null; }
has_loaded() { [ "$(number "$1" 3)" -gt 0 ]; }
start() # FILE
{
    head -c 64 /dev/zero >"$1"
    $EMULATOR "$counting" "$1" l >"$1.out" 2>&1 &
}

start first
wait_for "the first program loads" has_loaded first
# One that is so young that nothing has been loaded says little: then another one is awaited.
for try in 1 2 3 4 5 6 7 8 9 10; do
    rm -f trail.db
    trailrec_within 60 -o trail.db --until 'load:sample_plugin.*' --wait 'counting*' 2>err.txt &
    recorder=$!
    wait_for "trailrec waits" grep -q "waiting for 'counting\*'" err.txt
    start second
    wait $recorder
    same "status" 0 $?
    wait_for "the second program goes on" has_loaded second
    missed=$(value "SELECT count(*) FROM loads WHERE load_phase = 'attach'")
    [ "$missed" -eq 0 ] || break
    enough second
done
[ "$missed" -gt 0 ] || fail "nothing was loaded when it was attached to"
same "the process" "attach $(number second 0)" "$(value "SELECT via || ' ' || pid FROM processes")"
same "how it ended" "complete until attach" "$(value "SELECT state || ' ' || end_reason || ' ' ||
    mode FROM runs")"
modules="$missed modules"
[ "$missed" -ne 1 ] || modules="1 module"
said="^trailrec: counting[.exe]* ($(number second 0)) had run for at most [0-9.]* [mun]*s when it"
grep -q "$said was attached to; $modules had been loaded by then" err.txt ||
    fail "$(cat err.txt)"
same "a load that was seen" 1 "$(value "SELECT count(*) FROM loads WHERE load_phase = 'runtime'
    AND name LIKE 'sample_plugin.%'")"

# Nobody comes: it ends when it is asked to, and leaves no run.
if [ "$counting" = "$samples/counting" ]; then
    "$TRAILREC" -o trail.db --wait nobody-of-this-name 2>err.txt &
    recorder=$!
    wait_for "trailrec waits" grep -q waiting err.txt
    kill -TERM $recorder
    wait $recorder
    same "status of a wait that was ended" 125 $?
    grep -q "no 'nobody-of-this-name' has come" err.txt || fail "$(cat err.txt)"
    same "runs" 1 "$(value "SELECT count(*) FROM runs")"
fi

# What does not go together.
wrong() # SENTENCE OPTION...
{
    sentence=$1
    shift
    trailrec -o trail.db "$@" 2>err.txt
    same "status of $*" 125 $?
    grep -qF -e "$sentence" err.txt || fail "$*: $(cat err.txt)"
}
wrong "--wait takes the name of a program" --wait ''
wrong "give one of them" --wait a -p 1
wrong "it cannot launch 'b' too" --wait a b
wrong "-n is for a COMMAND" --wait a -n 2
wrong "--loader-snaps is for a COMMAND" --wait a --loader-snaps
