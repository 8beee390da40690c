/*
 * Loads that fail, in a thread, in a child and one after the other: a library that is not there, a
 * file that is no library, a symbol that no library has. The loader's sentences are printed, so
 * that they are the same recorded.
 */
#define _GNU_SOURCE
#include "sample.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail_to_load(const char *name)
{
    void *library;

    errno = 77;
    library = dlopen(name, RTLD_NOW);
    printf("%s %d %s\n", library == NULL ? "no" : "yes", errno, dlerror());
    fflush(stdout);
}

static void fail_in_thread(int index)
{
    (void)index;
    fail_to_load("libnone_thread.so");
}

int main(void)
{
    pid_t child;

    fail_to_load("libnone.so.7");
    fail_to_load("/etc/passwd");
    printf("%d %s\n", dlsym(RTLD_DEFAULT, "no_such_symbol") == NULL, dlerror());
    sample_run_threads(4, fail_in_thread);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        fail_to_load("libnone_child.so");
        _exit(3);
    }
    waitpid(child, NULL, 0);
    fail_to_load("libnone_again.so");
    return 0;
}

// RECORD: -f
// EXPECT: LoadFailed what=module name=libnone.so.7 words="cannot open*" load_phase=runtime tid=main
// EXPECT: LoadFailed what=module name=/etc/passwd words="invalid ELF header" pid=main
// EXPECT: LoadFailed what=symbol name=no_such_symbol words="undefined symbol: no_such_symbol"
// EXPECT: LoadFailed what=module name=libnone_thread.so pid=main
// EXPECT: CreateProcess via=fork pid=$child parent_pid=main
// EXPECT: LoadFailed what=module name=libnone_child.so pid=$child
// EXPECT: LoadFailed what=module name=libnone_again.so pid=main
// EXPECT-COUNT: LoadFailed name=libnone_thread.so = 4
// EXPECT-COUNT: LoadFailed = 9
// EXPECT-NONE: Exception code=5
// EXPECT-EXIT: 0
