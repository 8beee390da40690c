/*
 * Attaching to a process that runs: every thread is seized and stopped, what is there is told as
 * synthetic events - the process, its threads, its modules - and then all go on. A signal that a
 * thread was about to get is delivered when it goes on; a process that job control has stopped
 * stays stopped.
 */
#define _GNU_SOURCE
#include "tracing/attach.h"

#include "linux_os.h"
#include "loader/process_image.h"
#include "os.h"
#include "proc.h"
#include "tracing/restart.h"
#include "tracing/seize.h"
#include "tracing/tasks.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 20, LOOK_PAUSE_NS = 1000 * 1000 };

/* What stands in a file that holds one number; -1 if it cannot be read. */
static long read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    long number = -1;

    if (file != NULL && fscanf(file, "%ld", &number) != 1)
        number = -1;
    if (file != NULL)
        fclose(file);
    return number;
}

/* A process that runs another program may have no thread with memory for a moment. */
static bool has_program(pid_t pid)
{
    for (int looks = 0; looks < LOOKS; looks++) {
        if (proc_has_memory(pid))
            return true;
        nanosleep(&(struct timespec){0, LOOK_PAUSE_NS}, NULL);
    }
    return false;
}

static int say_ended(pid_t pid, struct trail_error *error)
{
    long parent = proc_status_number(pid, "PPid:");

    if (parent < 0)
        return error_set(error, TRAIL_FAILED, ESRCH, "process %d has just ended", (int)pid);
    return error_set(error, TRAIL_FAILED, 0,
                     "process %d has ended; its parent %ld has yet to take notice", (int)pid,
                     parent);
}

static int check(pid_t pid, struct trail_error *error)
{
    long tracer = proc_status_number(pid, "TracerPid:"), process = proc_status_number(pid, "Tgid:");

    if (pid == getpid())
        return error_set(error, TRAIL_FAILED, 0, "trailrec cannot attach to itself");
    if (process < 0)
        return error_set(error, TRAIL_FAILED, ESRCH, "there is no process %d; see 'ps -e'",
                         (int)pid);
    if (process != pid)
        return error_set(error, TRAIL_FAILED, ESRCH,
                         "%d is a thread of process %ld; attach to that", (int)pid, process);
    if (tracer > 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "process %d is traced by process %ld already; end that first", (int)pid,
                         tracer);
    if (has_program(pid))
        return 0;
    if (proc_has_ended(pid))
        return say_ended(pid, error);
    return error_set(error, TRAIL_FAILED, 0,
                     "process %d is a thread of the kernel; only programs can be recorded",
                     (int)pid);
}

/*
 * Why not, and what to do: another user's process; else the Yama module's rule
 * (Documentation/admin-guide/LSM/Yama.rst).
 */
static int say_not_allowed(pid_t pid, struct trail_error *error)
{
    long user = proc_status_number(pid, "Uid:"),
         rule = read_number("/proc/sys/kernel/yama/ptrace_scope");

    if (rule == 3)
        return error_set(error, TRAIL_FAILED, EPERM,
                         "not allowed to attach to process %d: this system allows it to nobody "
                         "(kernel.yama.ptrace_scope is 3); have trailrec launch the program",
                         (int)pid);
    if (geteuid() != 0 && user != (long)geteuid())
        return error_set(error, TRAIL_FAILED, EPERM,
                         "not allowed to attach to process %d: it belongs to user %ld; "
                         "run trailrec as that user or as root",
                         (int)pid, user);
    if (geteuid() != 0 && rule > 0)
        return error_set(error, TRAIL_FAILED, EPERM,
                         "not allowed to attach to process %d: this system allows it to root only; "
                         "be root, or have root set kernel.yama.ptrace_scope to 0 (it is %ld)",
                         (int)pid, rule);
    return error_set(
        error, TRAIL_FAILED, EPERM,
        "not allowed to attach to process %d: it is protected (it has other rights than "
        "trailrec, or lives outside of its container); run trailrec as root outside of any "
        "container",
        (int)pid);
}

/* os_code is that of seize_process. */
static int say_not_seized(const struct platform *platform, pid_t pid, int os_code,
                          struct trail_error *error)
{
    const char *why = platform->alarm.rung ? "was asked to end" : "the time limit was over";

    if (os_code == EPERM)
        return say_not_allowed(pid, error);
    if (os_code == ESRCH)
        return say_ended(pid, error);
    if (os_code == ENOMEM)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (os_code == ELOOP)
        return error_set(error, TRAIL_FAILED, os_code,
                         "process %d runs another program again and again; try once more",
                         (int)pid);
    if (os_code == EAGAIN)
        return error_set(
            error, TRAIL_FAILED, os_code,
            "%s before process %d was attached to: it is about to run another program, "
            "which takes long",
            why, (int)pid);
    if (os_code == EBUSY)
        return error_set(error, TRAIL_FAILED, os_code,
                         "%s before process %d was attached to: it does not stop", why, (int)pid);
    return error_set(error, TRAIL_FAILED, os_code, "cannot attach to process %d: %s", (int)pid,
                     strerror(os_code));
}

int platform_attach(struct platform *platform, uint32_t pid, bool follow, int timeout_ms,
                    struct trail_error *error)
{
    struct process *process;
    const struct task *leader;
    int os_code;

    if (processes_find(platform, (pid_t)pid) != NULL)
        return error_set(error, TRAIL_FAILED, 0, "process %u is being recorded already",
                         (unsigned)pid);
    if (check((pid_t)pid, error) != 0)
        return -1;
    process = processes_add(platform, (pid_t)pid);
    if (process == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    process->attaching = true;
    process->has_children = true; /* it may have had some */
    linux_os_claim_interrupt();
    os_code = seize_process(platform, process, timeout_ms);
    if (os_code != 0) {
        processes_remove(platform, process);
        return say_not_seized(platform, (pid_t)pid, os_code, error);
    }
    leader = tasks_find(platform, (pid_t)pid);
    process->leader_is_gone = leader == NULL;
    process->replaying = leader == NULL || !leader->held_at_exec; /* there nothing is loaded yet */
    process->attach_ns = os_monotonic_ns();
    platform->follow = follow;
    platform->was_attached = true;
    if (platform->launched == 0)
        platform->launched = (pid_t)pid;
    return 0;
}

/* A task of the process that has not been told yet, other than the leader. */
static struct task *next_untold(struct platform *platform, const struct process *process)
{
    for (size_t i = 0; i < TASK_BUCKETS; i++)
        for (struct task *task = platform->tasks[i]; task != NULL; task = task->next)
            if (task->process == process && (task->held || task->out_of_reach) && !task->told &&
                task->tid != process->pid)
                return task;
    return NULL;
}

/* The leader, or another if that has ended before its process. */
static struct task *any_task(struct platform *platform, const struct process *process)
{
    if (tasks_find(platform, process->pid) != NULL)
        return tasks_find(platform, process->pid);
    for (size_t i = 0; i < TASK_BUCKETS; i++)
        for (struct task *task = platform->tasks[i]; task != NULL; task = task->next)
            if (task->process == process)
                return task;
    return NULL;
}

static void tell_process(struct platform *platform, struct process *process, struct event *event)
{
    process->memory_tid = any_task(platform, process)->tid;
    event_begin(event, EVENT_CREATE_PROCESS, (uint32_t)process->pid, (uint32_t)process->pid,
                process->attach_ns);
    event_set(event, FIELD(CREATE_PROCESS, via), VIA_ATTACH);
    event_set(event, FIELD(CREATE_PROCESS, parent_pid),
              (uint64_t)proc_status_number(process->pid, "PPid:"));
    process_image_observe(platform->processes, process, event);
    if (!process->replaying) /* it stands at an exec */
        restart_note_mask(process);
    process->told = true;
    event->synthetic = event->more = true;
}

/* The last step: the modules that are there; the stop ends with the last of them. */
static void tell_loads(struct platform *platform, struct process *process, struct event *event)
{
    process->attaching = false;
    platform->stop.t_ns = process->attach_ns;
    platform->stop.task = tasks_find(platform, process->memory_tid);
    platform->stop.action = RESUME_ATTACHED;
    link_map_clear(&platform->changes);
    event_begin(event, EVENT_NONE, (uint32_t)process->pid, 0, process->attach_ns);
    if (process->breakpoint == 0)
        return;
    link_map_find_and_plant(&platform->changes, platform->processes, process);
    link_map_next_event(&platform->changes, process, process->attach_ns, event);
}

bool attach_next_event(struct platform *platform, struct event *event)
{
    struct process *process = platform->processes;
    struct task *task;

    while (process != NULL && !process->attaching)
        process = process->next;
    if (process == NULL)
        return false;
    if (!process->told) {
        tell_process(platform, process, event);
    } else if ((task = next_untold(platform, process)) != NULL) {
        task->told = true;
        event_begin(event, EVENT_CREATE_THREAD, (uint32_t)process->pid, (uint32_t)task->tid,
                    process->attach_ns);
        event->synthetic = event->more = true;
    } else {
        tell_loads(platform, process, event);
    }
    return true;
}

void attach_resume(struct platform *platform, const struct task *one)
{
    for (size_t i = 0; i < TASK_BUCKETS; i++)
        for (struct task *task = platform->tasks[i]; task != NULL; task = task->next) {
            if (task->process != one->process || !task->held)
                continue;
            task->held = task->held_at_exec = false;
            task->listens = task->held_listen;
            ptrace(task->held_listen ? PTRACE_LISTEN : PTRACE_CONT, task->tid, NULL,
                   (void *)(long)task->held_signal);
        }
}
