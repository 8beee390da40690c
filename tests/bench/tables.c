/* See tables.h. */
#include "tables.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define TRUE_PROGRAM "/bin/true"
#define PYTHON "/usr/bin/python3", "-c", "import json,ssl,sqlite3"
#define SHELL_LOOP "/bin/sh", "-c", "i=0; while [ $i -lt {n} ]; do /bin/true; i=$((i+1)); done"
#define TIMED "{programs}/timed", "timed.ns"

const struct workload workloads[] = {
    {.name = "true", .title = "/bin/true", .system = LINUX, .times = 20, .arguments = {TRUE_PROGRAM}},
    {.name = "git", .title = "git --version", .system = LINUX, .times = 20, .arguments = {"git", "--version"}},
    {.name = "python", .title = "python3 -c 'import json,ssl,sqlite3'", .system = LINUX, .times = 6, .arguments = {PYTHON}},
    {.name = "shell", .title = "sh: a loop of {n} programs, -f", .system = LINUX, .count = 20, .quick_count = 3, .times = 5, .follow = true,
     .arguments = {SHELL_LOOP}},
    {.name = "true-beside", .title = "/bin/true", .system = LINUX, .times = 20, .follow = true, .beside = true,
     .arguments = {TIMED, TRUE_PROGRAM}},
    {.name = "git-beside", .title = "git --version", .system = LINUX, .times = 20, .follow = true, .beside = true,
     .arguments = {TIMED, "git", "--version"}},
    {.name = "python-beside", .title = "python3 -c 'import json,ssl,sqlite3'", .system = LINUX, .times = 10, .follow = true, .beside = true,
     .arguments = {TIMED, PYTHON}},
    {.name = "shell-beside", .title = "sh: a loop of {n} programs, -f", .system = LINUX, .count = 20, .quick_count = 3, .times = 5,
     .follow = true, .beside = true, .arguments = {TIMED, SHELL_LOOP}},
    {.name = "dlopen", .title = "dlopen + dlclose x {n}", .system = LINUX, .count = 20000, .quick_count = 50, .times = 1,
     .arguments = {"{programs}/dlopen_loop", "{programs}/bench_plugin.so", "{n}"}},
    {.name = "threads", .title = "thread create + join x {n}", .system = LINUX, .count = 20000, .quick_count = 50, .times = 1,
     .arguments = {"{programs}/thread_loop", "{n}"}},
    {.name = "signals", .title = "raise of a handled signal x {n}", .system = LINUX, .count = 50000, .quick_count = 100, .times = 1,
     .arguments = {"{programs}/signal_loop", "{n}"}},

    {.name = "wine-load", .title = "LoadLibrary + FreeLibrary x {n}", .system = WINE, .count = 2000, .quick_count = 20, .times = 1,
     .arguments = {"{windows}/load_library_loop.exe", "{n}"}},
    {.name = "wine-strings", .title = "OutputDebugString x {n}", .system = WINE, .count = 20000, .quick_count = 50, .times = 1,
     .arguments = {"{windows}/debug_string_loop.exe", "{n}"}},
    {.name = "wine-threads", .title = "CreateThread + wait x {n}", .system = WINE, .count = 2000, .quick_count = 20, .times = 1,
     .arguments = {"{windows}/thread_loop.exe", "{n}"}},
    {.name = "wine-7za", .title = "7za a: a file of 8 MiB", .system = WINE, .times = 1,
     .arguments = {"{windows}/7za.exe", "a", "-bd", "-mmt1", "input.7z", "../input"}},

    {.name = "events-10k", .title = "{n} events, mixed", .system = PIPELINE, .count = 10000, .quick_count = 1000, .times = 1,
     .arguments = {"generate:{n}"}},
    {.name = "events-100k", .title = "{n} events, mixed", .system = PIPELINE, .count = 100000, .quick_count = 2000, .times = 1,
     .arguments = {"generate:{n}"}},
    {.name = "events-1m", .title = "{n} events, mixed", .system = PIPELINE, .count = 1000000, .quick_count = 3000, .times = 1,
     .arguments = {"generate:{n}"}},
    {.name = "events-10m", .title = "{n} events, mixed", .system = PIPELINE, .count = 10000000, .quick_count = 5000, .times = 1,
     .max_rounds = 3, .arguments = {"generate:{n}"}},
    {.name = "plain-1m", .title = "{n} events, plain (thread create and exit)", .system = PIPELINE, .count = 1000000, .quick_count = 5000,
     .times = 1, .max_rounds = 5, .arguments = {"generate:{n}:plain"}},
    {.name = "loads-1m", .title = "{n} events, LoadDll", .system = PIPELINE, .count = 1000000, .quick_count = 5000, .times = 1,
     .max_rounds = 5, .arguments = {"generate:{n}:LoadDll"}},
};
const size_t workload_count = COUNT_OF(workloads);

#define NONE "no recorder"
#define BARE "bare loop"
#define AGAIN "bare loop again"
#define NOP "trailrec --nop"
#define TRAILREC "trailrec"
#define APPENDS "trailrec, 2nd run"
#define STRACE "strace"
#define PRINTING "printing loop"
#define FAKE "trailfake"
#define PLAIN "plain insert loop"

#define EMULATOR "sh", "{source}/../wine.sh", "run", "{wine}/wineprefix"

const struct runner runners[] = {
    {.name = NONE, .system = LINUX},
    {.name = BARE, .system = LINUX, .arguments = {"{programs}/bare_loop_linux", "{follow}"}},
    {.name = NOP, .system = LINUX, .arguments = {"{trailrec}", "-q", "--nop", "{follow}", "--"}},
    {.name = TRAILREC, .system = LINUX, .arguments = {"{trailrec}", "-q", "-o", "trail.db", "{follow}", "--"}},
    {.name = APPENDS, .system = LINUX, .appends = true, .arguments = {"{trailrec}", "-q", "-o", "trail.db", "{follow}", "--"}},
    {.name = AGAIN, .system = LINUX, .arguments = {"{programs}/bare_loop_linux", "{follow}"}},
    {.name = STRACE, .system = LINUX, .needs = "strace", .max_rounds = 5,
     .arguments = {"strace", "-f", "-o", "strace.out", "-e", "trace=mmap,openat,munmap", "--seccomp-bpf"}},
    {.name = "gdb", .system = LINUX, .needs = "gdb", .max_rounds = 1, .not_beside = true,
     .arguments = {"gdb", "-nx", "-q", "-batch", "-x", "{source}/solib_events.gdb", "--args"}},
    {.name = "ltrace", .system = LINUX, .needs = "ltrace", .max_rounds = 1,
     .arguments = {"ltrace", "-f", "-o", "ltrace.out", "-e", "dlopen+dlclose"}},

    {.name = NONE, .system = WINE, .arguments = {EMULATOR}},
    {.name = BARE, .system = WINE, .arguments = {EMULATOR, "{windows}/seed_loop_windows.exe", "-n"}},
    {.name = NOP, .system = WINE, .arguments = {EMULATOR, "{wine}/recorder/trailrec.exe", "-q", "--nop", "--"}},
    {.name = TRAILREC, .system = WINE, .arguments = {EMULATOR, "{wine}/recorder/trailrec.exe", "-q", "-o", "trail.db", "--"}},
    {.name = PRINTING, .system = WINE, .arguments = {EMULATOR, "{windows}/seed_loop_windows.exe"}},
    {.name = AGAIN, .system = WINE, .arguments = {EMULATOR, "{windows}/seed_loop_windows.exe", "-n"}},

    {.name = PLAIN, .system = PIPELINE, .arguments = {"{programs}/plain_insert", "trail.db"}},
    {.name = FAKE, .system = PIPELINE, .arguments = {"{trailfake}", "-q", "-o", "trail.db", "--"}},
};
const size_t runner_count = COUNT_OF(runners);

const char *const reference_runners[][2] = {
    [LINUX] = {NONE, BARE},
    [WINE] = {NONE, BARE},
    [PIPELINE] = {PLAIN, NULL},
};

const struct claim claims[] = {
    {"time, trailrec / --nop", "dlopen", METRIC_TIME, RATIO, TRAILREC, NOP, NULL, 1.05, false},
    {"time, trailrec / --nop", "threads", METRIC_TIME, RATIO, TRAILREC, NOP, NULL, 1.05, false},
    {"time, trailrec / --nop", "signals", METRIC_TIME, RATIO, TRAILREC, NOP, NULL, 1.05, false},
    {"time, trailrec / --nop", "*-beside", METRIC_TIME, RATIO, TRAILREC, NOP, NULL, 1.05, false},
    {"time, trailrec / bare loop", "dlopen", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 0.75, false},
    {"time, trailrec / bare loop", "threads", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 0.75, false},
    {"time, trailrec / bare loop", "signals", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 0.75, false},
    {"time, trailrec / bare loop", "*-beside", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 1.03, false},
    {"time, trailrec / no recorder", "python-beside", METRIC_TIME, RATIO, TRAILREC, NONE, NULL, 1.08, false},
    {"own start and end, trailrec - --nop", "true", METRIC_COMMAND, DIFFERENCE, TRAILREC, NOP, NULL, 6, false},
    {"own start and end, trailrec - --nop", "git", METRIC_COMMAND, DIFFERENCE, TRAILREC, NOP, NULL, 6, false},
    {"own start and end, trailrec - --nop", "python", METRIC_COMMAND, DIFFERENCE, TRAILREC, NOP, NULL, 6, false},
    {"own start and end, into a file that exists", "true", METRIC_COMMAND, DIFFERENCE, APPENDS, NOP, NULL, 6, false},
    {"time, trailrec / strace", "dlopen", METRIC_TIME, RATIO, TRAILREC, STRACE, NULL, 0.25, false},

    {"time, trailrec / bare loop", "wine-load", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 1.05, false},
    {"time, trailrec / bare loop", "wine-threads", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 1.05, false},
    {"time, trailrec / bare loop", "wine-7za", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 1.05, false},
    {"time, trailrec / bare loop", "wine-strings", METRIC_TIME, RATIO, TRAILREC, BARE, NULL, 1.35, false},
    {"time, trailrec / printing loop", "wine-*", METRIC_TIME, RATIO, TRAILREC, PRINTING, NULL, 1.00, false},

    {"rate, trailfake / plain insert loop", "events-10m", METRIC_TIME, RATIO, PLAIN, FAKE, NULL, 0.70, true},
    {"memory, 10 million - 100 thousand events", "events-10m", METRIC_PEAK, DIFFERENCE, FAKE, FAKE, "events-100k", 1, false},
    {"memory, 10 million - 10 thousand events", "events-10m", METRIC_PEAK, DIFFERENCE, FAKE, FAKE, "events-10k", 5, false}, /* the ring: 4 */
    {"file, bytes per plain event", "plain-1m", METRIC_FILE_EVENT, VALUE, FAKE, NULL, NULL, 35, false},
    {"file, bytes per load event", "loads-1m", METRIC_FILE_EVENT, VALUE, FAKE, NULL, NULL, 60, false},
};
const size_t claim_count = COUNT_OF(claims);
