/* See look_stops.h. */
#define _GNU_SOURCE
#include "tracing/look_stops.h"

#include "memory.h"
#include "os.h"
#include "stack.h"
#include "tracing/restart.h"
#include "tracing/tasks.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* Whose a place is: FREE and ANSWERED the looking thread's, the others the loop thread's. */
enum { FREE, ASKED, INTERRUPTED, ANSWERED };

static struct look_stops {
    struct platform *platform;
    atomic_bool is_asked;
    struct place {
        _Atomic int state;
        bool is_unwanted;  /* the looking thread's: the silence is over */
        uint64_t asked_ns; /* that one's, too */
        pid_t pid, tid;
        uint64_t t_ns; /* of the copy */
        uint64_t registers[STACK_REGISTERS];
        unsigned char stack[STACK_COPY_BYTES];
        size_t stack_bytes; /* 0: there is no copy */
    } places[LOOK_THREADS_MAX];
} * allowed;

int look_stops_begin(struct platform *platform)
{
    allowed = calloc(1, sizeof *allowed);
    if (allowed == NULL)
        return -1;
    allowed->platform = platform;
    return 0;
}

void look_stops_end(void)
{
    free(allowed);
    allowed = NULL;
}

static int state_of(const struct place *place)
{
    return atomic_load_explicit(&place->state, memory_order_acquire);
}

static void hand_on(struct place *place, int state)
{
    atomic_store_explicit(&place->state, state, memory_order_release);
}

/* Not what stands still, by job control or for us, nor what must not be held. */
static bool may_be_interrupted(const struct task *task, const struct place *place)
{
    return task != NULL && task->process != NULL && task->process->pid == place->pid &&
           !task->process->muted && !task->process->attaching && task->born && !task->held &&
           !task->listens && !task->out_of_reach && !task->interrupted;
}

static void interrupt(struct platform *platform, struct place *place)
{
    struct task *task = tasks_find(platform, place->tid);

    place->stack_bytes = 0;
    if (!may_be_interrupted(task, place) || ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) != 0) {
        hand_on(place, ANSWERED);
        return;
    }
    task->interrupted = true;
    hand_on(place, INTERRUPTED);
}

/* It has gone without a word, by an exec of another. */
static bool is_gone(struct platform *platform, const struct place *place)
{
    const struct task *task = tasks_find(platform, place->tid);

    return task == NULL || !task->interrupted;
}

bool look_stops_interrupt(struct platform *platform)
{
    if (allowed == NULL || !atomic_load_explicit(&allowed->is_asked, memory_order_relaxed) ||
        !atomic_exchange(&allowed->is_asked, false))
        return false;
    for (unsigned i = 0; i < LOOK_THREADS_MAX; i++) {
        struct place *place = &allowed->places[i];
        int state = state_of(place);
        if (state == ASKED)
            interrupt(platform, place);
        else if (state == INTERRUPTED && is_gone(platform, place))
            hand_on(place, ANSWERED);
    }
    return true;
}

/* As calls end that a stop has come into: with EINTR, or to go on (the kernel's ERESTART*). */
static bool was_in_call(const struct user_regs_struct *r)
{
    enum { RESTART_MIN = 512, RESTART_MAX = 516 };
    int64_t result = (int64_t)r->rax;

    return (int64_t)r->orig_rax >= 0 &&
           (result == -EINTR || (result <= -RESTART_MIN && result >= -RESTART_MAX));
}

/* Of one that has gone into a call meanwhile the place says nothing of where it computed. */
static void copy(const struct stop *stop, struct place *place)
{
    struct user_regs_struct r;

    if (ptrace(PTRACE_GETREGS, stop->tid, NULL, &r) != 0 || was_in_call(&r))
        return;
    place->t_ns = stop->t_ns;
    stack_order_registers(&r, place->registers);
    place->stack_bytes = memory_read_up_to(stop->tid, r.rsp, place->stack, sizeof place->stack);
}

void look_stops_take_notice(const struct stop *stop)
{
    bool by_us =
        WIFSTOPPED(stop->status) && stop->status >> 8 == (SIGTRAP | PTRACE_EVENT_STOP << 8);

    for (unsigned i = 0; allowed != NULL && i < LOOK_THREADS_MAX; i++) {
        struct place *place = &allowed->places[i];
        if (state_of(place) != INTERRUPTED || place->tid != stop->tid)
            continue;
        if (by_us)
            copy(stop, place);
        hand_on(place, ANSWERED);
    }
    if (by_us)
        restart_call(stop->tid);
}

bool look_stops_are_allowed(void)
{
    return allowed != NULL;
}

static struct place *find_free(pid_t pid, pid_t tid)
{
    struct place *none = NULL;

    for (unsigned i = 0; i < LOOK_THREADS_MAX; i++) {
        struct place *place = &allowed->places[i];
        if (state_of(place) == FREE)
            none = place;
        else if (place->pid == pid && place->tid == tid)
            return NULL;
    }
    return none;
}

bool look_stops_ask(pid_t pid, pid_t tid)
{
    struct place *place = allowed == NULL ? NULL : find_free(pid, tid);

    if (place == NULL)
        return false;
    place->pid = pid;
    place->tid = tid;
    place->asked_ns = os_monotonic_ns();
    place->is_unwanted = false;
    hand_on(place, ASKED);
    atomic_store(&allowed->is_asked, true);
    alarm_wake(&allowed->platform->alarm);
    return true;
}

static void give(const struct place *place, size_t stack_bytes, look_taker take, void *context)
{
    struct thread_look look = {.t_ns = stack_bytes > 0 ? place->t_ns : place->asked_ns,
                               .tid = (uint32_t)place->tid,
                               .state = LOOK_COMPUTES,
                               .registers = place->registers,
                               .registers_bytes = sizeof place->registers,
                               .stack = place->stack,
                               .stack_bytes = stack_bytes};

    take(context, &look);
}

void look_stops_take(pid_t pid, look_taker take, void *context)
{
    for (unsigned i = 0; allowed != NULL && i < LOOK_THREADS_MAX; i++) {
        struct place *place = &allowed->places[i];
        if (state_of(place) != ANSWERED || (place->pid != pid && !place->is_unwanted))
            continue;
        if (!place->is_unwanted)
            give(place, place->stack_bytes, take, context);
        hand_on(place, FREE);
    }
}

void look_stops_take_rest(pid_t pid, look_taker take, void *context)
{
    for (unsigned i = 0; allowed != NULL && i < LOOK_THREADS_MAX; i++) {
        struct place *place = &allowed->places[i];
        if (state_of(place) == FREE || place->pid != pid || place->is_unwanted)
            continue;
        give(place, 0, take, context);
        place->is_unwanted = true;
    }
}
