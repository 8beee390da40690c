/*
 * A child process that loads a library after the fork, without an exec. Without --follow nobody
 * looks after the child, so nothing that the recorder planted in the parent may be left in its
 * copy: it would die of it.
 */
#define _POSIX_C_SOURCE 200809L
#include "sample.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t child = fork();

    if (child < 0)
        return 99;
    if (child == 0) {
        void *plugin = sample_load("sample_plugin");
        int answer = sample_call(plugin, "plugin_answer");
        sample_unload(plugin);
        _exit(answer == 42 ? 0 : 1);
    }
    if (waitpid(child, &status, 0) != child)
        return 99;
    if (WIFSIGNALED(status))
        printf("the child died of signal %d\n", WTERMSIG(status));
    else
        printf("the child returned %d\n", WEXITSTATUS(status));
    return status == 0 ? 0 : 1;
}

// EXPECT-COUNT: CreateProcess = 1
// EXPECT-NONE: LoadDll module=sample_plugin.so
// EXPECT-EXIT: 0
