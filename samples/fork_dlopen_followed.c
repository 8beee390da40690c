/*
 * A child process that loads and unloads a library after the fork, with --follow: its own loads are
 * recorded, and nothing is loaded again by the fork itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "sample.h"

#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t child = fork();

    if (child < 0)
        return 99;
    if (child == 0) {
        sample_unload(sample_load("sample_plugin"));
        _exit(0);
    }
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

// RECORD: -f
// EXPECT: CreateProcess via=fork pid=$child parent_pid=main path=*fork_dlopen_followed
// EXPECT: LoadDll module=sample_plugin.so pid=$child load_phase=runtime
// EXPECT: UnloadDll module=sample_plugin.so pid=$child
// EXPECT: ExitProcess pid=$child exit_code=0
// EXPECT: ExitProcess pid=main exit_code=0
// EXPECT-COUNT: LoadDll module=libc.so.6 = 1
// EXPECT-EXIT: 0
