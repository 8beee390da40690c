# Who asked for a module, by the stacks that were kept; and what becomes of a stack whose modules'
# files are gone, or are not what they were.
. "$(dirname "$0")/common.sh"

samples=$TRACE_TOOLS/../../samples
exe=
library=sample_plugin.so
[ -z "$EMULATOR" ] || { exe=.exe; library=sample_plugin.dll; }
cp "$samples/$library" "$samples/plugin$exe" "$samples/access_violation$exe" .

why_of() { value "SELECT why FROM loads WHERE run = $1 AND name LIKE '$2'"; }

# unwound FILE: a busy machine has not always the time at the end of a run; then the next one does.
unwound()
{
    unwound_tries=0
    until [ "$(value 'SELECT count(*) FROM raw_stack' "$1")" = 0 ]; do
        unwound_tries=$((unwound_tries + 1))
        [ $unwound_tries -lt 20 ] || fail "copies are left in $1"
        trailrec -q -k none -o "$1" -- ./plugin$exe >/dev/null
    done
}

# record OPTION... : $run is its number.
record()
{
    trailrec -q -o trail.db "$@"
    record_status=$?
    run=$(value 'SELECT max(run) FROM runs')
    unwound trail.db
    return $record_status
}

record -- ./plugin$exe >/dev/null || fail "plugin failed"
case $(why_of 1 sample_plugin%) in
plugin$exe!sample_load+0x*) ;; *) fail "why: $(why_of 1 sample_plugin%)" ;;
esac
trailview -d trail.db stack "$(value "SELECT seq FROM loads WHERE run = 1 AND
    name LIKE 'sample_plugin%'")" 1 |
    grep -q "plugin$exe!main+0x" || fail "the stack does not reach main"
trailview -d trail.db why 'sample_plugin*' 1 | grep -q "plugin$exe!sample_load" ||
    fail "why says not who"
# Wine 10's DbgHelp stops at the system call in its ntdll.dll; what is behind it is guessed there.
case $(value 'SELECT wine FROM runs') in
1?.*) ;;
*) same "guessed frames" 0 "$(value 'SELECT sum(guessed) FROM stacks')" ;;
esac

# What unwinds asks no server unless it is told to, and does not even load what could.
if [ -z "$EMULATOR" ]; then
    LD_DEBUG=files LD_DEBUG_OUTPUT=loaded trailrec -q -o asked.db -- ./plugin$exe >/dev/null
    unwound asked.db
    grep -q 'libdw[.]so' loaded.* || fail "libdw was not loaded"
    ! grep -l 'file=libdebuginfod.*generating link map' loaded.* || fail "libdebuginfod was loaded"
fi

record -k none -- ./plugin$exe >/dev/null || fail "plugin failed"
same "without stacks" "unknown: no stack was kept" "$(why_of "$run" sample_plugin%)"

record -- ./access_violation$exe 2>/dev/null
case $(value "SELECT symbol FROM exceptions WHERE run = $run AND symbol IS NOT NULL LIMIT 1") in
access_violation$exe!main+0x*) ;; *) fail "the fault is not in main" ;;
esac

# A call may be the last that a function does: the place after it is the next function's.
if [ -z "$EMULATOR" ] && command -v gcc >/dev/null; then
    printf '%s\n' 'void __attribute__((noinline, noreturn)) fall(void) {
        for (;;) *(volatile int *)8 = 1; }
    void __attribute__((noinline)) caller(void) { fall(); }
    void __attribute__((noinline)) next(void) { __asm__ volatile("nop"); }
    int main(int c, char **v) { if (c > 1) next(); caller(); }' |
        gcc -O1 -falign-functions=1 -fno-toplevel-reorder -x c -o last_call - ||
        fail "cannot build last_call"
    record -- ./last_call 2>/dev/null
    same "the caller whose last instruction calls" "caller" \
        "$(value "SELECT symbol FROM stacks WHERE run = $run AND depth = 1")"
fi

# -k all, with threads, forks, signals: nothing is lost, and nothing is left to be unwound.
record -k all -f -- ./plugin$exe >/dev/null || fail "plugin failed with -k all"

# A file that is another one by now is not asked for symbols; a damaged one hurts nobody.
cp plugin$exe damaged$exe
python3 - damaged$exe <<'END'
import struct
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
if data[:2] == b'MZ':                       # endless symbols, functions and exports
    pe, = struct.unpack_from('<I', data, 60)
    struct.pack_into('<I', data, pe + 16, 0xFFFFFFFF)
    struct.pack_into('<I', data, pe + 24 + 112 + 3 * 8 + 4, 0xFFFFFFF0)
    struct.pack_into('<II', data, pe + 24 + 112, 0x1000, 0xFFFFFFF0)
else:                                       # tables of symbols and their texts lie anywhere
    shoff, = struct.unpack_from('<Q', data, 40)
    size, count = struct.unpack_from('<HH', data, 58)
    for i in range(count):
        kind, = struct.unpack_from('<I', data, shoff + i * size + 4)
        if kind in (2, 3, 11):
            struct.pack_into('<QQ', data, shoff + i * size + 24, 1 << 62, 1 << 61)
open(sys.argv[1], 'wb').write(data)
END
record -- ./damaged$exe >/dev/null || fail "the damaged program failed"
case $(why_of "$run" sample_plugin%) in
damaged$exe+0x* | damaged$exe!*) ;; *) fail "why of the damaged: $(why_of "$run" sample_plugin%)" ;;
esac

# A recorder that was killed: the next one unwinds what it left.
if [ -n "$EMULATOR" ]; then
    trap ': >stop' EXIT
    $EMULATOR "$TRACE_TOOLS/attach_target_windows.exe" target.txt stop "$library" >target.out 2>&1 &
    wait_for "a target" test -s target.txt
    read -r target rounds lost children <target.txt
    tries=0
    until [ $tries -gt 0 ] && [ "$(value 'SELECT count(*) FROM raw_stack r JOIN loads l ON
        l.run = r.run_id AND l.seq = r.seq' killed.db)" -gt 0 ]; do
        tries=$((tries + 1)) # it may have been there just then, or be killed before it comes
        [ $tries -lt 20 ] || fail "no load came before the kill"
        rm -f killed.db*
        $EMULATOR "$TRACE_TOOLS/end_recorder_windows.exe" terminate live.txt "$library" \
            "$TRAILREC" -v -o killed.db -p "$target" 2>live.txt
    done
else
    "$TRAILREC" -q -v -f -o killed.db -- sh -c './plugin; exec sleep 300' >/dev/null 2>live.txt &
    recorder=$!
    wait_for "the load" grep -q "UnloadDll.*$library" live.txt
    kill -9 $recorder
    wait $recorder 2>/dev/null
fi
same "the killed run" recovered "$(value 'SELECT state FROM runs' killed.db)"
same "copies kept" yes "$(value "SELECT iif(count(*) > 0, 'yes', 'no') FROM raw_stack" killed.db)"
unwound killed.db
case $(value "SELECT why FROM loads WHERE run = 1 AND load_phase = 'runtime' AND
    name = '$library' ORDER BY seq LIMIT 1" killed.db) in
plugin!sample_load+0x* | attach_target_windows.exe!load_and_unload+0x*) ;;
*) fail "why of the killed: $(value "SELECT why FROM loads WHERE name = '$library'" killed.db)" ;;
esac

[ -z "$EMULATOR" ] || exit 0

# Thousands of copies take little room once they are unwound; what one trailrec has no time for, the
# next one does.
signals='$SIG{USR1} = sub {}; kill USR1, $$ for 1 .. 4000'
trailrec -q -o none.db -k none -- perl -e "$signals" || fail "perl ends with $?"
trailrec -q -o all.db -k all -- perl -e "$signals" || fail "perl ends with $?"
until_unwound()
{
    trailrec -q -o all.db --looks 0 -k none -- sh -c : &&
        [ "$(value 'SELECT count(*) FROM raw_stack' all.db)" = 0 ]
}
wait_for "all stacks are unwound" until_unwound
same "stacks" 1 "$(value 'SELECT count(DISTINCT seq) >= 4000 FROM stacks WHERE run = 1' all.db)"
[ $(($(wc -c <all.db) - $(wc -c <none.db))) -lt 2000000 ] ||
    fail "4000 stacks take $(($(wc -c <all.db) - $(wc -c <none.db))) bytes"
