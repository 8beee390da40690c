/*
 * Raises events, creates threads and loads a library, and counts each event after it came back from
 * it. Alone it does that three times.
 *
 *     counting FILE WHAT
 *
 * counts in FILE (counting.h) until it is told to stop; WHAT names what to do by letters: r(aise),
 * t(hreads), l(oads).
 */
#include "counting.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

#if defined(_WIN32)
#include <process.h>
#define getpid _getpid
#else
#include <unistd.h>
#endif

static void do_nothing(int index)
{
    (void)index;
}

static void do_once(struct counting *counting, const char *what)
{
    if (strchr(what, 'r') != NULL) {
        sample_raise();
        counting->raised++;
    }
    if (strchr(what, 't') != NULL) {
        sample_run_threads(1, do_nothing);
        counting->threads++;
    }
    if (strchr(what, 'l') != NULL) {
        void *library = sample_load("sample_plugin");
        counting->loads++;
        sample_unload(library);
        counting->unloads++;
    }
}

int main(int argument_count, char **arguments)
{
    struct counting alone = {0}, *shared;

    sample_die_quietly();
    if (argument_count < 3) {
        for (int i = 0; i < 3; i++)
            do_once(&alone, "rtl");
        printf("%d raised, %d threads, %d loads\n", (int)alone.raised, (int)alone.threads,
               (int)alone.loads);
        return 0;
    }
    shared = sample_share(arguments[1], sizeof *shared);
    shared->pid = (uint64_t)getpid();
    while (shared->stop == 0)
        do_once(shared, arguments[2]);
    return 0;
}

// EXPECT: CreateThread
// EXPECT: LoadDll module=sample_plugin.* load_phase=runtime seq=$load
// EXPECT: UnloadDll load=$load
// EXPECT-COUNT(linux): Exception name=SIGUSR1 = 3
// EXPECT-COUNT(windows): OutputDebugString text=raised = 3
// EXPECT-COUNT: LoadDll module=sample_plugin.* = 3
// EXPECT-COUNT: UnloadDll module=sample_plugin.* = 3
// EXPECT-EXIT: 0
