# Where the time went on Windows: silences are looked into, and what was seen is said of the gap.
. "$(dirname "$0")/common.sh"

cp "$TRACE_TOOLS/idle_windows.exe" .

# record OPTION... : a busy machine has not always the time to unwind at the end of a run.
record()
{
    trailrec -q -o trail.db "$@" >out.txt || fail "$*: status $?"
    run=$(value 'SELECT max(run) FROM runs')
    tries=0
    until [ "$(value 'SELECT count(*) FROM raw_stack')" = 0 ]; do
        tries=$((tries + 1))
        [ $tries -lt 20 ] || fail "copies are left"
        trailrec -q -k none --looks 0 -o trail.db -- idle_windows.exe sleep 1 >out.txt
    done
}

# after_entry: what was seen in the gap from the program's first instruction to its end
after_entry()
{
    trailview -d trail.db gaps "$run" --format ndjson | tr -d '\r' |
        sed -n 's/.*"from":"entry","to":"exit".*"looks":"\([^"]*\)".*/\1/p'
}

record -- idle_windows.exe sleep 500
case $(after_entry) in
"main: NtDelayExecution, called by idle_windows.exe!main ("*) ;;
*) fail "of a sleeper is said '$(after_entry)'" ;;
esac
same "the times of looks" 1 "$(value "SELECT min(l.t_ns) >= 20000000 AND max(l.t_ns) <= r.wall_ns
    FROM looks l, runs r WHERE l.run = 1 AND r.run = 1")"
record -- idle_windows.exe wait 500
case $(after_entry) in
"main: NtWaitFor"*", called by idle_windows.exe!main ("*) ;;
*) fail "of one that waits is said '$(after_entry)'" ;;
esac
record -- idle_windows.exe compute 2000
case $(after_entry) in
"main: computing in idle_windows.exe!main ("* | *"computing in idle_windows.exe!compute ("*) ;;
*) fail "of one that computes is said '$(after_entry)'" ;;
esac
record --looks 0 -- idle_windows.exe sleep 200
same "looks with --looks 0" 0 "$(value "SELECT count(*) FROM looks WHERE run = $run")"

# A module that is slow when it is loaded, and one whose function is.
prefix=x86_64-w64-mingw32
if command -v $prefix-gcc >/dev/null; then
    cat >codec.c <<'END'
#include <windows.h>
static __attribute__((noinline)) void build_tables(void) { Sleep(300); }
__declspec(dllexport) void codec_open(void) { Sleep(500); }
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH)
        build_tables();
    return TRUE;
}
END
    cat >host.c <<'END'
#include <windows.h>
int main(void)
{
    GetProcAddress(LoadLibraryA("codec.dll"), "codec_open")();
    return 0;
}
END
    $prefix-gcc -shared -o codec.dll codec.c && $prefix-gcc -o host.exe host.c ||
        fail "cannot build"
    record -- host.exe
    seen=$(value "SELECT group_concat(DISTINCT doing) FROM looks WHERE run = $run AND t_ns >
        (SELECT t_ns FROM loads WHERE run = $run AND name = 'codec.dll')")
    case $seen in
    *"NtDelayExecution, called by codec.dll!build_tables, in the constructor codec.dll!"*) ;;
    *) fail "of a slow DllMain is said '$seen'" ;;
    esac
    case $seen in
    *"NtDelayExecution, called by codec.dll!codec_open"*) ;;
    *) fail "of a slow function is said '$seen'" ;;
    esac
    case $seen in *"codec_open, in"*) fail "'$seen'" ;; esac
fi

# One that was attached to is not stopped: where Windows itself does not tell what a thread waits
# for (Wine), only its CPU time says that it waits.
$EMULATOR ./idle_windows.exe sleep 6000 >pid.txt &
wait_for "a target" test -s pid.txt
trailrec -q -t 1 -o attached.db -p "$(tr -d '\r' <pid.txt)" || fail "attaching: $?"
same "what attached ones wait in" "" "$(value "SELECT group_concat(DISTINCT call) FROM looks
    WHERE call LIKE 'Nt%'" attached.db)"
same "attached ones that compute" 0 "$(value "SELECT sum(computing) FROM looks" attached.db)"
trailrec -o stops.db --looks-stop -- idle_windows.exe sleep 1 >out.txt 2>said.txt
grep -q 'no stops for looks: threads of what trailrec launches are suspended' said.txt ||
    fail "of --looks-stop is said: $(cat said.txt)"
