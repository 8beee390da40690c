/*
 * A child that fails to load after the fork, without an exec. Without --follow nobody looks after
 * it, so nothing that stops at failed loads may be left in its copy of the loader.
 */
#define _GNU_SOURCE
#include "sample.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t child;

    printf("%d\n", dlopen("libnone.so", RTLD_NOW) == NULL);
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(dlopen("libnone_child.so", RTLD_NOW) == NULL && dlerror() != NULL ? 5 : 6);
    if (waitpid(child, &status, 0) != child)
        return 99;
    printf("%d\n", status);
    return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? 0 : 1;
}

// EXPECT: LoadFailed name=libnone.so
// EXPECT-COUNT: LoadFailed = 1
// EXPECT-EXIT: 0
