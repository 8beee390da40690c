/*
 * What marks_unfollowed.c and marks_followed.c share: children of all kinds that come to the same
 * probes as their parent.
 */
#ifndef TRAIL_MARKS_CHILDREN_H
#define TRAIL_MARKS_CHILDREN_H

#include "sample.h"
#include "trail.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_STATUS = 5, STACK_BYTES = 64 * 1024 };

static inline void here(const char *who)
{
    TRAIL_MARK(who);
}

/* It must have ended with its own status, and not by the trap that stood at the probe. */
static inline void check_child(pid_t child)
{
    int status;

    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != CHILD_STATUS)
        sample_fail("child");
}

static inline int run_clone(void *argument)
{
    here(argument);
    _exit(CHILD_STATUS);
}

static inline void run_children(void)
{
    char *stack = malloc(STACK_BYTES), fork_name[] = "fork", clone_name[] = "clone";
    pid_t child;

    if (stack == NULL)
        sample_fail("malloc");
    here("parent");
    if ((child = fork()) == 0) {
        here(fork_name);
        if ((child = fork()) == 0) {
            here("grandchild");
            _exit(CHILD_STATUS);
        }
        check_child(child);
        _exit(CHILD_STATUS);
    }
    check_child(child);
    if ((child = vfork()) == 0) {
        here("vfork");
        _exit(CHILD_STATUS);
    }
    check_child(child);
    check_child(clone(run_clone, stack + STACK_BYTES, CLONE_VM | SIGCHLD, clone_name));
    free(stack);
    here("parent");
}

#endif
