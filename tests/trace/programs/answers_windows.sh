# diff begins with the answer, on Windows: what got slower, in whose code, computing or waiting. A
# host with four plugins, two builds each.
. "$(dirname "$0")/common.sh"

prefix=x86_64-w64-mingw32
command -v $prefix-gcc >/dev/null || skip "there is no $prefix-gcc"

cat >plugin.c <<'END'
#include <windows.h>
static __attribute__((noinline)) void compute(ULONGLONG ms)
{
    FILETIME made, ended, kernel, user;
    ULONGLONG start = 0, now;
    do {
        GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user);
        now = ((ULONGLONG)user.dwHighDateTime << 32 | user.dwLowDateTime) / 10000;
        start = start == 0 ? now + 1 : start;
        for (volatile int i = 0; i < 30000000; i++)
            continue;
    } while (now + 1 - start < ms);
}
static __attribute__((noinline)) void begin(void) { Sleep(WAIT); }
__declspec(dllexport) void plugin_run(void) { if (RUN > 0) compute(RUN); }
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH && WAIT > 0)
        begin();
    return TRUE;
}
END
cat >host.c <<'END'
#include <windows.h>
int main(int count, char **names)
{
    HMODULE plugins[16];
    for (int i = 1; i < count && i < 16; i++)
        if ((plugins[i] = LoadLibraryA(names[i])) == NULL)
            return 2;
    for (int i = 1; i < count && i < 16; i++)
        ((void (*)(void))(void *)GetProcAddress(plugins[i], "plugin_run"))();
    return 0;
}
END
$prefix-gcc -O1 -o host.exe host.c || fail "cannot build the host"

plugin() # FOLDER NAME WAIT RUN
{
    $prefix-gcc -O1 -shared -o "$1/$2.dll" -DWAIT="$3" -DRUN="$4" plugin.c ||
        fail "cannot build $2.dll"
}
mkdir usual waits late extra plugins
for name in cache codec net ui; do
    plugin usual $name 0 0
done
for folder in waits late extra; do
    cp usual/* $folder
done
plugin waits codec 300 0
plugin late codec 0 300
plugin extra more 300 0

# record SIDE FOLDER ARGUMENT...: seven runs. The same folder name each time, so that only what is
# in it differs.
record()
{
    side=$1
    rm -f plugins/*
    cp "$2"/* plugins
    shift 2
    trailrec -q -n 7 -l side="$side" -o trail.db -E PATH='plugins;C:\windows\system32' -- \
        host.exe "$@" || fail "$side ends with $?"
    # a busy machine has not always the time to unwind at the end of a run
    while [ "$(value 'SELECT count(*) FROM raw_stack')" != 0 ]; do
        trailrec -q -k none --looks 0 -o trail.db -- host.exe || fail "status $?"
    done
}
# answer SIDE PATTERN: the first sentence against the usual side
answer()
{
    sentence=$(trailview -d trail.db diff @side=usual @side="$1" | tr -d '\r' | head -n 1)
    case $sentence in
    $2) ;;
    *) fail "of $1 is said: $sentence" ;;
    esac
}
all='cache.dll codec.dll net.dll ui.dll'
# shellcheck disable=SC2086
{
    record usual usual $all
    record waits waits $all
    record late late $all
    record extra extra cache.dll codec.dll more.dll net.dll ui.dll
    record order usual cache.dll net.dll codec.dll ui.dll
    trailrec -q -n 7 -l side=place -o trail.db -E PATH='waits;C:\windows\system32' -- host.exe $all
}

slower='It takes * longer (*), * between'
other='(another build: * -> *)'
sleeps='main waits in NtDelayExecution, called by'
answer waits "$slower codec.dll $other and net.dll: $sleeps codec.dll!begin*."
answer late "$slower ui.dll* and the end: main computes in codec.dll!*."
answer extra "$slower more.dll (only in B) and net.dll: $sleeps more.dll!begin*."
answer order 'net.dll comes in another order: now before codec.dll, *'
answer place "$slower codec.dll $other and net.dll: main waits in *"
trailview -d trail.db diff @side=usual @side=place >diff.txt
grep -q '^PATH has another value: plugins.* -> waits' diff.txt ||
    fail "the variable is not named: $(head -n 3 diff.txt)"
