/*
 * Waiting for a task to stand still after PTRACE_INTERRUPT. That is a matter of microseconds, but for one case: a task that has made a child
 * by vfork (or by clone with CLONE_VFORK, as posix_spawn does) waits in the kernel until the child runs another program or ends, and only
 * SIGKILL reaches it there.
 */
#define _GNU_SOURCE
#include "linux_platform.h"

#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SPIN_NS = 200 * 1000,
    PAUSE_NS = 100 * 1000,
    OUT_OF_REACH_NS = 20 * 1000 * 1000 /* in a vfork for so long: not just about to report it */
};

/* By /proc/TID/syscall: the number of the call in which the task sleeps, and its arguments; "running" if it does not sleep. */
static bool is_in_vfork(pid_t tid)
{
    char path[64], text[128];
    unsigned long number, flags;
    ssize_t length = -1;
    int file;

    snprintf(path, sizeof path, "/proc/%d/syscall", (int)tid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        length = read(file, text, sizeof text - 1);
        close(file);
    }
    if (length <= 0)
        return false;
    text[length] = '\0';
    if (sscanf(text, "%lu 0x%lx", &number, &flags) != 2)
        return false;
    if (number == SYS_clone3 && !memory_read_exactly(tid, flags, &flags, sizeof flags))
        return false;
    return number == SYS_vfork || ((number == SYS_clone || number == SYS_clone3) && (flags & CLONE_VFORK) != 0);
}

enum stop_result stop_wait(pid_t tid, int *status)
{
    static const struct timespec pause = {0, PAUSE_NS};
    uint64_t start_ns = os_monotonic_ns(), now = start_ns, outside_ns = start_ns;

    for (;; now = os_monotonic_ns()) {
        bool patient = now - start_ns > SPIN_NS, in_vfork = patient && is_in_vfork(tid);
        pid_t result = waitpid(tid, status, __WALL | WNOHANG); /* after that look: who has just reported a vfork is in it too */
        if (result == tid)
            return WIFSTOPPED(*status) ? STOP_STANDS : STOP_ENDED;
        if (result < 0 && errno != EINTR)
            return STOP_ENDED;
        if (!in_vfork)
            outside_ns = now;
        else if (now - outside_ns > OUT_OF_REACH_NS)
            return STOP_OUT_OF_REACH;
        if (patient)
            nanosleep(&pause, NULL);
    }
}
