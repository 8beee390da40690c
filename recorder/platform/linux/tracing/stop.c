/*
 * Waiting for a task to stand still after PTRACE_INTERRUPT. That is a matter of microseconds, but
 * for one case: a task that has made a child by vfork (or by clone with CLONE_VFORK, as posix_spawn
 * does) waits in the kernel until the child runs another program or ends, and only SIGKILL reaches
 * it there.
 */
#define _GNU_SOURCE
#include "tracing/stop.h"

#include "memory.h"
#include "os.h"
#include "proc.h"
#include "tracing/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
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

/*
 * By /proc/TID/syscall: the number of the call in which the task sleeps, and its arguments;
 * "running" if it does not sleep.
 */
static bool is_in_vfork(pid_t tid)
{
    char text[128];
    unsigned long number, flags;

    text[proc_read(tid, "syscall", text, sizeof text - 1)] = '\0';
    if (sscanf(text, "%lu 0x%lx", &number, &flags) != 2)
        return false;
    if (number == SYS_clone3 && !memory_read_exactly(tid, flags, &flags, sizeof flags))
        return false;
    return number == SYS_vfork ||
           ((number == SYS_clone || number == SYS_clone3) && (flags & CLONE_VFORK) != 0);
}

/*
 * Takes notice of a thread's end, and of nothing else: of what we trace, waitid tells (and forgets)
 * stops too, whatever it is asked for.
 */
static bool reap(pid_t tid)
{
    siginfo_t info = {.si_pid = 0};

    if (waitid(P_PID, (id_t)tid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 ||
        info.si_pid != tid)
        return false;
    return info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED &&
           waitpid(tid, NULL, __WALL | WNOHANG) == tid;
}

/* Whom we wait for, and who is to be marked. */
struct ends {
    struct platform *platform;
    const struct task *waited_for;
};

static bool take_notice_of_end(void *context, pid_t tid)
{
    const struct ends *ends = context;
    struct task *task;

    if (tid != ends->waited_for->tid && tid != ends->waited_for->process->pid && reap(tid) &&
        (task = tasks_find(ends->platform, tid)) != NULL)
        task->ended = true;
    return false;
}

/*
 * An exec waits until all other threads of its process have ended and we, their tracer, have taken
 * notice of it: so that is done while we wait for its thread, or for one that it has ended. There
 * may be threads that we do not know, since their maker has ended before it told.
 */
static void take_notice_of_ends(struct platform *platform, const struct task *waited_for)
{
    struct ends ends = {platform, waited_for};

    proc_any_thread(waited_for->process->pid, take_notice_of_end, &ends);
}

void stop_remove_marked(struct platform *platform, struct task *task)
{
    if (task->ended)
        tasks_remove(platform, task);
}

void stop_remove_ended(struct platform *platform, struct task *task, enum stop_result result)
{
    struct task *leader = task->process == NULL ? NULL : tasks_find(platform, task->process->pid);

    if (result == STOP_GONE && leader != NULL && leader != task && !leader->held_at_exec) {
        leader->held = leader->out_of_reach = false;
        leader->process->unsettled = true;
    }
    tasks_remove(platform, task);
}

bool stop_is_given_up(const struct platform *platform)
{
    uint64_t now = os_monotonic_ns();

    return platform->give_up_ns != 0 &&
           (now >= platform->give_up_ns || (platform->alarm.rung && now >= platform->heed_ns));
}

enum stop_result stop_look(pid_t tid, int *status)
{
    pid_t result = waitpid(tid, status, __WALL | WNOHANG);

    if (result == tid)
        return WIFSTOPPED(*status) ? STOP_STANDS : STOP_ENDED;
    return result < 0 && errno != EINTR ? STOP_GONE : STOP_NOT_YET;
}

enum stop_result stop_wait(struct platform *platform, pid_t tid, int *status)
{
    const struct task *task = tasks_find(platform, tid);
    static const struct timespec pause = {0, PAUSE_NS};
    uint64_t start_ns = os_monotonic_ns(), now = start_ns, outside_ns = start_ns;

    for (;; now = os_monotonic_ns()) {
        bool patient = now - start_ns > SPIN_NS, in_vfork = patient && is_in_vfork(tid);
        /* after that look: who has just reported a vfork is in it too */
        enum stop_result result = stop_look(tid, status);
        if (result != STOP_NOT_YET)
            return result;
        if (!in_vfork)
            outside_ns = now;
        else if (now - outside_ns > OUT_OF_REACH_NS)
            return STOP_OUT_OF_REACH;
        if (!patient)
            continue;
        if (task != NULL && task->process != NULL) {
            if (tid == task->process->pid && proc_has_ended(tid))
                return STOP_ENDED;
            take_notice_of_ends(platform, task);
        }
        if (stop_is_given_up(platform))
            return STOP_NOT_YET;
        nanosleep(&pause, NULL);
    }
}

bool stop_is_waiting(void)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) != 0 ||
           info.si_pid != 0;
}
