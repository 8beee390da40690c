/*
 * From a wait status to an event, and to what platform_resume must then do with the task: the one
 * place that knows all kinds of ptrace stops. Facts that ptrace(2) does not tell are from the
 * project's own measurements (facts/linux.md).
 */
#define _GNU_SOURCE
#include "tracing/decode.h"

#include "loader/breakpoint.h"
#include "loader/failures.h"
#include "loader/probes.h"
#include "loader/process_image.h"
#include "memory.h"
#include "os.h"
#include "proc.h"
#include "tracing/look_stops.h"
#include "tracing/restart.h"
#include "tracing/seize.h"
#include "tracing/tasks.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void begin(const struct platform *platform, struct event *event, enum event_kind kind)
{
    const struct stop *stop = &platform->stop;

    event_begin(event, kind, (uint32_t)stop->task->process->pid, (uint32_t)stop->tid, stop->t_ns);
}

static unsigned long event_message(pid_t tid)
{
    unsigned long message = 0;

    ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message);
    return message;
}

static uint64_t ns_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

/* What a process has used that had no children, with which it would be mixed. */
static void put_usage(const struct rusage *usage, struct event *event)
{
    enum { BLOCK_BYTES = 512, PEAK_UNIT = 1024 }; /* getrusage(2) */

    event->cpu_ns = ns_of(usage->ru_utime) + ns_of(usage->ru_stime);
    event_set(event, FIELD(EXIT_PROCESS, cpu_user_ns), ns_of(usage->ru_utime));
    event_set(event, FIELD(EXIT_PROCESS, cpu_system_ns), ns_of(usage->ru_stime));
    event_set(event, FIELD(EXIT_PROCESS, peak_bytes), (uint64_t)usage->ru_maxrss * PEAK_UNIT);
    event_set(event, FIELD(EXIT_PROCESS, minor_faults), (uint64_t)usage->ru_minflt);
    event_set(event, FIELD(EXIT_PROCESS, major_faults), (uint64_t)usage->ru_majflt);
    event_set(event, FIELD(EXIT_PROCESS, voluntary_switches), (uint64_t)usage->ru_nvcsw);
    event_set(event, FIELD(EXIT_PROCESS, involuntary_switches), (uint64_t)usage->ru_nivcsw);
    event_set(event, FIELD(EXIT_PROCESS, read_bytes), (uint64_t)usage->ru_inblock * BLOCK_BYTES);
    event_set(event, FIELD(EXIT_PROCESS, written_bytes), (uint64_t)usage->ru_oublock * BLOCK_BYTES);
}

/* A task is gone: its last word is its wait status, there is nothing to resume. */
static void decode_end(struct platform *platform, struct event *event)
{
    struct stop *stop = &platform->stop;
    struct process *process = stop->task->process;
    bool is_process = process != NULL && (stop->tid == process->pid ||
                                          (process->leader_is_gone && process->threads == 1));

    stop->action = RESUME_NOTHING;
    if (process != NULL && !process->muted) {
        begin(platform, event, is_process ? EVENT_EXIT_PROCESS : EVENT_EXIT_THREAD);
        if (is_process && !process->has_children)
            put_usage(&stop->usage, event);
        if (is_process && WIFSIGNALED(stop->status)) {
            event_set(event, FIELD(EXIT_PROCESS, signal), (uint64_t)WTERMSIG(stop->status));
            event_set(event, FIELD(EXIT_PROCESS, core_dumped), WCOREDUMP(stop->status) != 0);
        } else if (WIFEXITED(stop->status)) {
            event_set(event,
                      is_process ? FIELD(EXIT_PROCESS, exit_code) : FIELD(EXIT_THREAD, exit_code),
                      (uint64_t)WEXITSTATUS(stop->status));
        }
    }
    if (is_process && process->pid == platform->launched && !platform->launched_exit.ended) {
        platform->launched_exit.ended = true;
        platform->launched_exit.signal = WIFSIGNALED(stop->status) ? WTERMSIG(stop->status) : 0;
        platform->launched_exit.exit_code =
            WIFEXITED(stop->status) ? (uint32_t)WEXITSTATUS(stop->status) : 0;
    }
    tasks_remove(platform, stop->task);
}

/* Signals that say what is wrong at an instruction: for these the place counts, and si_addr. */
static bool is_fault(const siginfo_t *info)
{
    return info->si_code > 0 && info->si_code != SI_KERNEL &&
           (info->si_signo == SIGSEGV || info->si_signo == SIGBUS || info->si_signo == SIGILL ||
            info->si_signo == SIGFPE || info->si_signo == SIGTRAP || info->si_signo == SIGSYS);
}

/*
 * The numbers of siginfo that mean something for this signal, in the order that schema/README.md
 * gives.
 */
static void put_siginfo(struct event *event, const siginfo_t *info, bool fault)
{
    uint64_t numbers[3];
    unsigned count = 0;

    if (fault) {
        numbers[count++] = (uint64_t)(uintptr_t)info->si_addr;
    } else if (info->si_code != SI_KERNEL && info->si_code != SI_TIMER) {
        numbers[count++] = (uint64_t)info->si_pid;
        numbers[count++] = info->si_uid;
        if (info->si_signo == SIGCHLD)
            numbers[count++] = (uint64_t)(int64_t)info->si_status;
        else if (info->si_code == SI_QUEUE)
            numbers[count++] = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
    }
    if (count > 0)
        event_set_bytes(event, FIELD(EXCEPTION, parameters), numbers, count * sizeof numbers[0]);
}

/* What a start-up has loaded that ends here, perhaps. False if there is nothing new. */
static bool look_at_unfinished(struct platform *platform, struct event *event)
{
    struct process *process = platform->stop.task->process;

    link_map_find_unfinished(&platform->changes, platform->processes, process);
    return link_map_next_event(&platform->changes, process, platform->stop.t_ns, event);
}

/*
 * The first process of a pid namespace does not die by a signal that has no handler, not even by
 * one that a tracer lets through for a fault of its own (signal(7); force_sig_info in the kernel):
 * it would meet the fault for ever. Alone it would have died of it.
 */
static bool would_fault_for_ever(struct task *task, int signal, uint64_t pc)
{
    pid_t pid = task->process->pid;
    bool again = task->fault == signal && task->fault_pc == pc;

    task->fault = signal;
    task->fault_pc = pc;
    return again && (proc_status_mask(pid, "SigCgt:") >> (signal - 1) & 1) == 0 &&
           proc_is_init_of_namespace(pid);
}

static void decode_signal(struct platform *platform, struct event *event, int signal)
{
    struct stop *stop = &platform->stop;
    bool has_registers, fault;
    struct user_regs_struct registers;
    siginfo_t info;

    stop->action = RESUME_CONTINUE;
    stop->signal = signal;
    stop->fault = 0;
    memset(&info, 0, sizeof info);
    ptrace(PTRACE_GETSIGINFO, stop->tid, NULL, &info);
    fault = is_fault(&info) || (signal == SIGSEGV && info.si_code == SI_KERNEL);
    if (fault && link_map_is_starting(stop->task->process) && look_at_unfinished(platform, event)) {
        stop->fault = signal;
        return;
    }
    has_registers = ptrace(PTRACE_GETREGS, stop->tid, NULL, &registers) == 0;
    if (has_registers)
        restart_behind_ignored(stop->task->process->pid, stop->tid, signal, &registers);
    if (fault && has_registers && would_fault_for_ever(stop->task, signal, registers.rip))
        stop->action = RESUME_DETACH;
    if (stop->task->process->muted)
        return;
    begin(platform, event, EVENT_EXCEPTION);
    event_set(event, FIELD(EXCEPTION, code), (uint64_t)signal);
    event_set(event, FIELD(EXCEPTION, si_code), (uint64_t)(int64_t)info.si_code);
    event_set(event, FIELD(EXCEPTION, first_chance), 1);
    if (fault && has_registers)
        event_set(event, FIELD(EXCEPTION, address), registers.rip);
    put_siginfo(event, &info, fault);
}

/* Has a process stop at its end, too, or no longer, which costs a stop for each thread. */
static void tell_end(struct process *process, bool tell)
{
    long options = SEIZE_OPTIONS | (tell ? PTRACE_O_TRACEEXIT : 0);

    if (process->told_at_end != tell)
        ptrace(PTRACE_SETOPTIONS, process->memory_tid, NULL, (void *)options);
    process->told_at_end = tell;
}

static void decode_failure_or_entry(struct platform *platform, struct event *event,
                                    enum trap_place trap)
{
    const struct stop *stop = &platform->stop;
    struct process *process = stop->task->process;
    uint64_t address = process->traps[trap].address;

    if (trap != TRAP_ENTRY) {
        failures_decode(process, stop->tid, trap, event);
        return;
    }
    traps_take_out(process, stop->tid, trap);
    if (process->muted)
        return;
    begin(platform, event, EVENT_ENTRY_POINT);
    event_set(event, FIELD(ENTRY_POINT, address), address);
}

/* Our byte at the loader's r_brk, at a trap or a probe, or a trap of the target's own. */
static void decode_trap(struct platform *platform, struct event *event)
{
    struct stop *stop = &platform->stop;
    struct process *process = stop->task->process;

    if (!breakpoint_is_hit(process, stop->tid)) {
        enum trap_place trap = traps_hit(process, stop->tid);
        if (trap != TRAPS) {
            decode_failure_or_entry(platform, event, trap);
        } else if (!probes_decode(platform->processes, process, stop->tid, event)) {
            decode_signal(platform, event, SIGTRAP);
            return;
        }
        stop->action = RESUME_CONTINUE;
        restart_masked_trap(process, stop->tid);
        return;
    }
    stop->action = RESUME_CONTINUE;
    restart_masked_trap(process, stop->tid);
    if (!process->returns_itself)
        breakpoint_return(stop->tid);
    if (process->muted)
        return;
    link_map_find_and_plant(&platform->changes, platform->processes, process);
    platform->loads_unseen |= platform->changes.unreadable;
    tell_end(process, !process->started);
    stop->entry_is_due = process->started && process->traps[TRAP_ENTRY].address != 0;
    link_map_next_event(&platform->changes, process, stop->t_ns, event);
}

/* The flags of the clone that a task is in; a fork has none, clone3 has them in memory. */
static uint64_t clone_flags(pid_t tid)
{
    struct user_regs_struct registers;
    uint64_t flags = 0;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0)
        return 0;
    if (registers.orig_rax == SYS_clone)
        flags = registers.rdi;
    else if (registers.orig_rax == SYS_clone3)
        memory_read_exactly(tid, registers.rdi, &flags, sizeof flags);
    else if (registers.orig_rax == SYS_vfork)
        flags = CLONE_VM | CLONE_VFORK;
    return flags;
}

/*
 * A child's memory is a copy of its parent's, with the planted byte and the same modules; after a
 * vfork it is the same memory.
 */
static struct process *add_child(struct platform *platform, const struct process *parent, pid_t pid)
{
    struct process *child = processes_add(platform, pid);
    struct process kept;

    if (child == NULL)
        return NULL;
    kept = *child;
    *child = *parent;
    child->next = kept.next;
    child->pid = child->memory_tid = pid;
    child->leader_is_gone = child->has_children = false;
    child->threads = 0;
    child->loaded = kept.loaded;
    child->loaded_capacity = kept.loaded_capacity;
    child->probes = kept.probes;
    child->probe_capacity = kept.probe_capacity;
    link_map_copy(child, parent);
    probes_copy(child, parent);
    return child;
}

/* Lets a child go that is not followed, without the bytes that it copied from its parent. */
static void release(struct platform *platform, struct task *task)
{
    breakpoint_remove(task->process, task->tid);
    ptrace(PTRACE_DETACH, task->tid, NULL, NULL);
    tasks_remove(platform, task);
}

/*
 * Whether the child has stopped at birth before its parent's event came; such a child is let go
 * now.
 */
static void settle_child(struct platform *platform, struct task *child)
{
    if (!child->born)
        return;
    if (!child->release) {
        /* goes on with its maker: none of it runs before its event is recorded */
        platform->stop.newborn = child;
        return;
    }
    release(platform, child);
}

static struct task *adopt(struct platform *platform, pid_t tid, struct process *process)
{
    struct task *child = tasks_find(platform, tid);

    if (child == NULL)
        return tasks_add(platform, tid, process);
    child->process = process;
    process->threads++;
    return child;
}

static void decode_thread(struct platform *platform, struct event *event, pid_t tid)
{
    struct stop *stop = &platform->stop;
    struct task *child = adopt(platform, tid, stop->task->process);

    if (child != NULL)
        settle_child(platform, child);
    if (stop->task->process->muted)
        return;
    begin(platform, event, EVENT_CREATE_THREAD);
    event->tid = (uint32_t)tid;
}

static void put_fork(struct platform *platform, struct event *event, pid_t parent, pid_t pid)
{
    struct stop *stop = &platform->stop;

    begin(platform, event, EVENT_CREATE_PROCESS);
    event->pid = event->tid = (uint32_t)pid;
    event_set(event, FIELD(CREATE_PROCESS, via), VIA_FORK);
    event_set(event, FIELD(CREATE_PROCESS, parent_pid), (uint64_t)parent);
    event_set(event, FIELD(CREATE_PROCESS, base), stop->task->process->image_base);
}

/*
 * Whether a vfork child may come to a probe of its parent's. Those of posix_spawn and its like
 * (clone with CLONE_VFORK) are in the C library until they run another program; they must not be
 * traced then, since a set-user-ID program would lose its rights.
 */
static bool may_make_marks(const struct process *process, pid_t maker)
{
    struct user_regs_struct registers;

    return process->probe_count > 0 && ptrace(PTRACE_GETREGS, maker, NULL, &registers) == 0 &&
           registers.orig_rax == SYS_vfork;
}

static void decode_fork(struct platform *platform, struct event *event, pid_t pid, uint64_t flags)
{
    struct stop *stop = &platform->stop;
    bool shares_memory = (flags & CLONE_VM) != 0,
         recorded = platform->follow && !stop->task->process->muted;
    struct process *process = add_child(platform, stop->task->process, pid);
    struct task *child = process == NULL ? NULL : adopt(platform, pid, process);

    stop->task->process->has_children = true;
    if (child == NULL) {
        if (process != NULL) /* out of memory: it has no task that would remove it */
            processes_remove(platform, process);
        return;
    }
    /*
     * A vfork child only execs or exits before its parent goes on: nothing in it can meet the
     * loader's byte, so it is simply let go.
     */
    process->muted = !recorded;
    child->release =
        !recorded &&
        (!shares_memory || ((flags & CLONE_VFORK) != 0 && !may_make_marks(process, stop->tid)));
    /* what is planted is shared with the parent: it must stay */
    if (shares_memory && child->release) {
        breakpoint_forget(process);
    }
    settle_child(platform, child);
    if (recorded)
        put_fork(platform, event, stop->task->process->pid, pid);
}

static void decode_clone(struct platform *platform, struct event *event, int ptrace_event)
{
    struct stop *stop = &platform->stop;
    pid_t child = (pid_t)event_message(stop->tid);

    stop->action = RESUME_CONTINUE;
    if (child == 0)
        /* killed meanwhile, by an exec of another thread: so are the threads that it made */
        return;
    if (tasks_find(platform, child) != NULL && tasks_find(platform, child)->process != NULL)
        return; /* taken for an orphan */
    /*
     * The kernel's events follow the exit signal of the clone, not its flags: whether it is a
     * thread, tgkill tells without a file.
     */
    if (ptrace_event == PTRACE_EVENT_CLONE &&
        syscall(SYS_tgkill, stop->task->process->pid, child, 0) == 0)
        decode_thread(platform, event, child);
    else
        decode_fork(platform, event, child,
                    ptrace_event == PTRACE_EVENT_VFORK ? CLONE_VM | CLONE_VFORK
                                                       : clone_flags(stop->tid));
}

/*
 * The other threads are gone by now; all but an exec from a non-leader (whose own number vanishes)
 * have said so.
 */
static void drop_other_tasks(struct platform *platform, const struct process *process)
{
    for (size_t i = 0; i < TASK_BUCKETS && process->threads > 1; i++) {
        struct task *task = platform->tasks[i], *next;
        for (; task != NULL; task = next) {
            next = task->next;
            if (task->process == process && task->tid != process->pid)
                tasks_remove(platform, task);
        }
    }
}

static void decode_exec(struct platform *platform, struct event *event)
{
    struct stop *stop = &platform->stop;
    struct process *process = stop->task->process;

    if (process->muted) { /* it has its own memory now, without our byte */
        stop->action = RESUME_DETACH;
        return;
    }
    stop->action = RESUME_CONTINUE;
    drop_other_tasks(platform, process);
    begin(platform, event, EVENT_CREATE_PROCESS);
    event_set(event, FIELD(CREATE_PROCESS, via), VIA_EXEC);
    process_image_observe(platform->processes, process, event);
    tell_end(process, link_map_is_starting(process));
    restart_note_mask(process);
}

/* The first stop of a new child, or the beginning or end of a group-stop. */
static void decode_stop(struct platform *platform, int signal)
{
    struct stop *stop = &platform->stop;
    bool group_stop =
        signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
    struct task *task = stop->task;

    if (!task->born) {
        task->born = true;
        if (task->process == NULL) { /* before its parent's event: it waits */
            stop->action = RESUME_NOTHING;
            platform->has_unclaimed = true;
            return;
        }
        if (task->release) {
            stop->action = RESUME_NOTHING;
            release(platform, task);
            return;
        }
    }
    stop->action = group_stop ? RESUME_LISTEN : RESUME_CONTINUE;
    if (group_stop && task->tid == task->process->pid) {
        task->process->stopped = true;
        platform->stop_signal = signal;
    }
}

static void decode_event(struct platform *platform, struct event *event, int ptrace_event)
{
    struct stop *stop = &platform->stop;

    switch (ptrace_event) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        decode_clone(platform, event, ptrace_event);
        break;
    case PTRACE_EVENT_EXEC:
        decode_exec(platform, event);
        break;
    case PTRACE_EVENT_EXIT:
        stop->action = RESUME_CONTINUE;
        if (stop->task->process != NULL && link_map_is_starting(stop->task->process))
            look_at_unfinished(platform, event);
        break;
    case PTRACE_EVENT_STOP:
        decode_stop(platform, WSTOPSIG(stop->status));
        break;
    default:
        stop->action = RESUME_CONTINUE;
    }
}

static void begin_stop(struct platform *platform, struct task *task, pid_t tid, int status)
{
    platform->stop = (struct stop){.task = task,
                                   .tid = tid,
                                   .status = status,
                                   .t_ns = platform->stop.t_ns,
                                   .usage = platform->stop.usage};
    link_map_clear(&platform->changes);
}

bool decode_orphan(struct platform *platform, struct task *task, const struct process *maker,
                   struct event *event)
{
    struct process copy; /* the maker may be a free entry, which the child takes */

    platform->stop.t_ns = os_monotonic_ns();
    event_begin(event, EVENT_NONE, 0, (uint32_t)task->tid, platform->stop.t_ns);
    begin_stop(platform, task, task->tid, 0);
    platform->stop.action = RESUME_DETACH;
    if (!platform->follow || maker == NULL || maker->muted)
        return false;
    copy = *maker;
    task->process = add_child(platform, &copy, task->tid);
    if (task->process == NULL)
        return false;
    task->process->threads = 1;
    platform->stop.action = RESUME_CONTINUE;
    put_fork(platform, event, copy.pid, task->tid);
    return true;
}

/*
 * A child, before its parent's event; or one that was traced under another number, before its exec:
 * the leader had ended long before.
 */
static struct task *add_unknown(struct platform *platform, pid_t tid, int event)
{
    struct process *process = event == PTRACE_EVENT_EXEC ? processes_find(platform, tid) : NULL;

    if (process != NULL)
        process->leader_is_gone = false;
    return tasks_add(platform, tid, process);
}

void decode_status(struct platform *platform, pid_t tid, int status, struct event *event)
{
    int ptrace_event = (unsigned)status >> 16, signal = WSTOPSIG(status);
    struct task *task = tasks_find(platform, tid);

    event_begin(event, EVENT_NONE, 0, (uint32_t)tid, platform->stop.t_ns);
    if (task == NULL && WIFSTOPPED(status)) {
        task = add_unknown(platform, tid, ptrace_event);
        if (task == NULL) /* out of memory: it is not recorded, and must not stand still for ever */
            ptrace(PTRACE_CONT, tid, NULL,
                   (void *)(long)(ptrace_event != 0 || signal == SIGTRAP ? 0 : signal));
    }
    begin_stop(platform, task, tid, status);
    if (task == NULL)
        return;
    if (task->interrupted)
        look_stops_take_notice(&platform->stop);
    task->interrupted = task->listens = false;
    if (!WIFSTOPPED(status)) {
        decode_end(platform, event);
        return;
    }
    if (task->process != NULL) {
        task->process->stopped = false;
        task->process->memory_tid = tid;
    }
    if (ptrace_event != 0)
        decode_event(platform, event, ptrace_event);
    else if (task->process == NULL)
        platform->stop.action = RESUME_CONTINUE;
    else if (signal == SIGTRAP)
        decode_trap(platform, event);
    else
        decode_signal(platform, event, signal);
}

void decode_fault(struct platform *platform, struct event *event)
{
    decode_signal(platform, event, platform->stop.fault);
}

void decode_launch(struct platform *platform, struct event *event)
{
    struct task *task = tasks_find(platform, platform->launched);

    begin_stop(platform, task, task->tid, 0);
    platform->stop.action = RESUME_CONTINUE;
    begin(platform, event, EVENT_CREATE_PROCESS);
    event_set(event, FIELD(CREATE_PROCESS, via), VIA_LAUNCH);
    event_set(event, FIELD(CREATE_PROCESS, parent_pid), (uint64_t)getpid());
    process_image_observe(platform->processes, task->process, event);
    tell_end(task->process, link_map_is_starting(task->process));
    restart_note_mask(task->process);
}
