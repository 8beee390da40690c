# Real Windows programs under Wine: the first and last events, and the same sequence of modules as
# an independent bare debug loop sees.
. "$(dirname "$0")/common.sh"

# check NAME COMMAND...: record it twice, once by the control.
check()
{
    name=$1
    shift
    trailrec -q -o trail.db -- "$@" >"$name.out" 2>/dev/null
    recorded=$?
    $EMULATOR "$TRACE_TOOLS/bare_loop_windows.exe" "$@" 2>/dev/null | tr -d '\r' >"$name.control"
    run=$(value 'SELECT max(run) FROM runs')
    same "$name: first events" "CreateProcess LoadDll" "$(value "SELECT group_concat(kind, ' ')
        FROM (SELECT kind FROM events WHERE run = $run ORDER BY seq LIMIT 2)")"
    same "$name: first DLL" ntdll.dll "$(value "SELECT lower(name) FROM loads WHERE run = $run
        AND ordinal = 1")"
    same "$name: last event" ExitProcess "$(value "SELECT kind FROM events WHERE run = $run
        ORDER BY seq DESC LIMIT 1")"
    same "$name: loader breakpoints" 1 "$(value "SELECT count(*) FROM exceptions WHERE run = $run
        AND code = '0x80000003' AND first_chance")"
    value "SELECT lower(name) FROM loads WHERE run = $run ORDER BY ordinal" >"$name.loads"
    grep -i '^LoadDll' "$name.control" | sed 's/.*[\\/]//' | tr 'A-Z' 'a-z' >"$name.expected"
    [ -s "$name.expected" ] || fail "$name: the control saw no module: $(cat "$name.control")"
    diff -u "$name.expected" "$name.loads" >&2 ||
        fail "$name: the modules differ from what the bare loop saw (-)"
}

check cmd cmd /c echo hi
trailrec -o trail.db -- cmd /c exit 2>digest.txt
grep -q ' loads, 0 exceptions)' digest.txt || fail "a breakpoint of ours counts: $(cat digest.txt)"
same "output of cmd" hi "$(tr -d '\r' <cmd.out)"
trailrec -q -o trail.db -- cmd /c exit 7
same "exit status" 7 $?

# A 32-bit program, by the header of a 64-bit one: refused with a sentence where the system runs
# none.
cp "$TRACE_TOOLS/../../samples/no_events.exe" narrow.exe || fail "there is no program to copy"
header=$(od -An -tu4 -j60 -N4 narrow.exe)
printf '\114\001' | dd of=narrow.exe bs=1 seek=$((header + 4)) conv=notrunc 2>/dev/null
trailrec -q -o trail.db -- ./narrow.exe 2>narrow.err
same "status of a 32-bit program" 126 $?
grep -q 'it is a 32-bit program\|not a Windows program' narrow.err ||
    fail "message: $(cat narrow.err)"

# A real one, where there are a compiler for it and a Wine that has its 32-bit half, too.
narrow=i686-w64-mingw32-gcc
printf '%s\n' '#include <windows.h>
int main(int argc, char **argv) {
    HMODULE library = LoadLibraryA("winmm.dll");
    OutputDebugStringA("thirty-two bits");
    return argc > 1 ? *(volatile int *)8 : library != NULL && sizeof(void *) == 4 ? 7 : 1;
}' >narrow.c
if command -v $narrow >/dev/null && $narrow -static -o real.exe narrow.c &&
    { $EMULATOR ./real.exe 2>/dev/null; [ $? = 7 ]; }; then
    trailrec -q -o narrow.db -- ./real.exe
    same "status of a real 32-bit program" 7 $?
    same "its debug string" "thirty-two bits" "$(value 'SELECT text FROM output' narrow.db)"
    same "when what loads" "kernel32.dll startup; winmm.dll runtime" "$(value "SELECT
        group_concat(name || ' ' || load_phase, '; ') FROM (SELECT * FROM loads WHERE name IN
        ('kernel32.dll', 'winmm.dll') ORDER BY seq)" narrow.db)"
    trailrec -q -o narrow.db -- ./real.exe x
    same "where it faults" "EXCEPTION_ACCESS_VIOLATION real.exe read of 0x8" \
        "$(value "SELECT name || ' ' || module || ' ' || access FROM exceptions
            WHERE run = 2 AND first_chance = 1 AND module = 'real.exe'" narrow.db)"
    trailview -d narrow.db verify >/dev/null || fail "a file with 32-bit runs is not whole"
else
    echo "not tried: a real 32-bit program"
fi

# And one of another machine: of that it says what it is.
printf '\144\252' | dd of=narrow.exe bs=1 seek=$((header + 4)) conv=notrunc 2>/dev/null
trailrec -q -o trail.db -- ./narrow.exe 2>narrow.err
same "status of an ARM64 program" 126 $?
grep -q "it is a program for ARM64, and this system does not run those" narrow.err ||
    fail "message: $(cat narrow.err)"

for version in 5.1.1 5.2.0; do
    archive=$SEVENZIP_FOLDER/7zip-bin-$version.tgz
    [ -f "$archive" ] || skip "the npm package 7zip-bin $version was not fetched"
    mkdir "$version" && tar -xzf "$archive" -C "$version" package/win/x64/7za.exe ||
        fail "cannot unpack $archive"
    check "7za-$version" "$version/package/win/x64/7za.exe" i
    same "7za $version" 0 "$recorded"
    grep -q '7-Zip' "7za-$version.out" || fail "7za $version printed: $(cat "7za-$version.out")"
done
