/*
 * The scripted platform: implements platform.h by replaying a script (script.h) or made-up events
 * (generate.h), with no debuggee at all. It serves tests and load measurements on any host; each
 * function says what a real one does there.
 *
 *     trailfake [options] -- script.trail         trailfake [options] -- generate:1000000
 *
 * An attach (-p PID) replays the script that $TRAIL_FAKE_SCRIPT names. Calls in an order that
 * platform.h forbids fail an assertion. All state belongs to the loop thread, but for the flag that
 * platform_interrupt sets.
 */
#include "look.h"
#include "platform.h"

#include "generate.h"
#include "os.h"
#include "script.h"
#include "stack_copy.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANG_STEP_MS = 20, KILL_SIGNAL = 9, DIE_STATUS = 99 };

struct platform {
    struct script *script; /* one of the two is there once something was launched */
    struct generator *generator;
    uint64_t position, count; /* the next entry, and how many there are */
    uint64_t start_ns;        /* what script times are added to */
    uint64_t last_ns;         /* the latest event's time */
    struct live {
        uint32_t pid;
        char name[32];
    } * live; /* processes between their CreateProcess and their ExitProcess; room for all of the
                 script */
    size_t live_count;
    bool held; /* between platform_wait and platform_resume */
    bool more; /* the same stop has another event */
    bool killed;
    uint32_t launched_pid; /* of the first CreateProcess, 0 before it */
    bool attached;
    struct platform_exit exit;
    struct os_wake *wake;              /* for `hang` to wait on */
    volatile sig_atomic_t interrupted; /* any thread sets it, the loop thread clears it */
};

struct platform *platform_new(struct trail_error *error)
{
    struct platform *platform = calloc(1, sizeof *platform);

    if (platform == NULL) {
        error_set(error, TRAIL_FAILED, ENOMEM, "out of memory");
        return NULL;
    }
    if ((platform->wake = os_wake_new(error)) == NULL) {
        free(platform);
        return NULL;
    }
    return platform;
}

void platform_free(struct platform *platform)
{
    if (platform == NULL)
        return;
    script_free(platform->script);
    generate_free(platform->generator);
    free(platform->live);
    os_wake_free(platform->wake);
    free(platform);
}

/* Script times end now: an event is never later than the moment at which it is resumed. */
static void place_in_time(struct platform *platform)
{
    uint64_t now = os_monotonic_ns(),
             length = platform->script ? script_end_ns(platform->script) : 0;

    platform->start_ns = length < now ? now - length : 0;
}

/*
 * Whatever can fail or allocate is done here, before the first event: the loop afterwards only
 * copies.
 */
static int load(struct platform *platform, const char *name, struct trail_error *error)
{
    if (generate_is_asked(name))
        platform->generator = generate_new(name, error);
    else
        platform->script = script_read(name, error);
    if (platform->generator == NULL && platform->script == NULL)
        return -1;
    platform->count =
        platform->generator ? generate_count(platform->generator) : script_count(platform->script);
    platform->live =
        calloc(platform->generator ? 1 : (size_t)platform->count + 1, sizeof *platform->live);
    if (platform->live == NULL)
        return error_set(error, TRAIL_FAILED, ENOMEM, "out of memory");
    place_in_time(platform);
    return 0;
}

/*
 * A real platform starts arguments[0] held before its first instruction, with the directory and the
 * variables applied to it alone.
 */
int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error)
{
    assert(platform->count == 0);
    return load(platform, launch->arguments[0], error);
}

/*
 * A real platform stops each thread of the process and then reports its state as synthetic events.
 */
int platform_attach(struct platform *platform, uint32_t pid, bool follow, int timeout_ms,
                    struct trail_error *error)
{
    const char *name = getenv("TRAIL_FAKE_SCRIPT");

    (void)follow, (void)timeout_ms;
    platform->attached = true;
    if (platform->count > 0)
        return 0; /* one script says it all, also for several -p */
    if (name == NULL)
        return error_set(error, TRAIL_FAILED, 0,
                         "cannot attach to %u: TRAIL_FAKE_SCRIPT names no script", (unsigned)pid);
    return load(platform, name, error);
}

static void note_start(struct platform *platform, const struct event *event)
{
    uint32_t pid = event->pid;

    if (platform->launched_pid == 0)
        platform->launched_pid = pid;
    for (size_t i = 0; i < platform->live_count; i++)
        if (platform->live[i].pid == pid)
            return; /* an exec */
    if (platform->generator == NULL || platform->live_count == 0) {
        struct live *live = &platform->live[platform->live_count++];
        live->pid = pid;
        snprintf(live->name, sizeof live->name, "%.*s", (int)event->image.path.length,
                 (const char *)event_bytes_at(event, event->image.path));
    }
}

static void note_exit(struct platform *platform, const struct event *event)
{
    for (size_t i = 0; i < platform->live_count; i++) {
        if (platform->live[i].pid == event->pid) {
            platform->live[i] = platform->live[--platform->live_count];
            break;
        }
    }
    if (event->pid == platform->launched_pid && !platform->attached && !platform->exit.ended) {
        platform->exit.ended = true;
        platform->exit.exit_code = (uint32_t)event->value[FIELD(EXIT_PROCESS, exit_code)];
        platform->exit.signal = (int)event->value[FIELD(EXIT_PROCESS, signal)];
    }
}

/* What every event passes through on its way out. */
static enum platform_wait_result deliver(struct platform *platform, struct event *event)
{
    if (event->kind == EVENT_CREATE_PROCESS)
        note_start(platform, event);
    else if (event->kind == EVENT_EXIT_PROCESS)
        note_exit(platform, event);
    platform->last_ns = event->t_ns;
    platform->held = true;
    platform->more = event->more;
    return PLATFORM_EVENT;
}

/* After a kill: one exit for each process that lives. */
static enum platform_wait_result deliver_death(struct platform *platform, struct event *event)
{
    uint64_t now = os_monotonic_ns();

    if (platform->live_count == 0)
        return PLATFORM_END;
    event_begin(event, EVENT_EXIT_PROCESS, platform->live[0].pid, platform->live[0].pid,
                now > platform->last_ns ? now : platform->last_ns);
    event_set(event, FIELD(EXIT_PROCESS, signal), KILL_SIGNAL);
    return deliver(platform, event);
}

static enum platform_wait_result hang(struct platform *platform, int timeout_ms)
{
    for (int waited = 0; !platform->interrupted && (timeout_ms < 0 || waited < timeout_ms);
         waited += timeout_ms < 0 ? 0 : HANG_STEP_MS)
        os_wake_wait(platform->wake, HANG_STEP_MS);
    platform->interrupted = 0;
    return PLATFORM_TIMEOUT;
}

static enum platform_wait_result replay(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    enum script_action action;

    action = script_get(platform->script, (size_t)platform->position, event);
    event->t_ns += platform->start_ns;
    switch (action) {
    case SCRIPT_HANG:
        return hang(platform, timeout_ms);
    case SCRIPT_FAIL:
        error_set(error, TRAIL_FAILED, 0, "the script says fail");
        return PLATFORM_FAILED;
    case SCRIPT_DIE:
        _Exit(DIE_STATUS);
    case SCRIPT_EVENT:
    case SCRIPT_QUIET:
        break;
    }
    platform->position++;
    return deliver(platform, event);
}

/*
 * A real platform takes the time first, then decodes what stopped, reading only memory that may
 * vanish.
 */
enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    assert(!platform->held || platform->more);
    if (platform->interrupted && !platform->more) {
        platform->interrupted = 0;
        return PLATFORM_TIMEOUT;
    }
    if (platform->killed)
        return deliver_death(platform, event);
    if (platform->position >= platform->count)
        return PLATFORM_END;
    if (platform->script != NULL)
        return replay(platform, timeout_ms, event, error);
    generate_event(platform->generator, platform->position++, os_monotonic_ns(), event);
    return deliver(platform, event);
}

/* A real platform continues the thread, handing it the signal or exception that it stopped for. */
uint64_t platform_resume(struct platform *platform)
{
    assert(platform->held && !platform->more);
    platform->held = false;
    return os_monotonic_ns();
}

/* A real platform suspends each thread of every debuggee first if they are to stand still. */
void platform_detach(struct platform *platform, enum platform_detach how)
{
    assert(how == PLATFORM_STAND_STILL ? !platform->more : !platform->held);
    platform->held = false;
    platform->position = platform->count;
    if (how == PLATFORM_RUN_ON)
        platform->live_count = 0;
}

unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity)
{
    for (size_t i = 0; i < platform->live_count && i < capacity; i++) {
        processes[i].pid = platform->live[i].pid;
        snprintf(processes[i].name, sizeof processes[i].name, "%s", platform->live[i].name);
    }
    return (unsigned)platform->live_count;
}

/* A real platform looks whether the path is a symbolic link. */
size_t platform_file_name(const struct event *event, char *name, size_t capacity)
{
    (void)event, (void)name, (void)capacity;
    return 0;
}

void platform_kill(struct platform *platform)
{
    platform->killed = true;
}

void platform_interrupt(struct platform *platform)
{
    platform->interrupted = 1;
}

/* A real platform does so where it looks for the next stop again and again. */
int platform_ask_kernel_times(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return error_set(error, TRAIL_FAILED, 0, "a script has none");
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    facts->wait_function = platform->generator ? "generator" : "script";
    facts->load_detection = facts->wait_function;
    facts->tells_thread_names = true;
    facts->continue_command = facts->notice = NULL;
    facts->continue_hint = "nothing; it is a script";
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    *exit = platform->exit;
}

/*
 * A real platform opens the image's file here, parses it, and closes the handle that came with the
 * event.
 */
void platform_copy_stack(struct platform *platform, struct event *event)
{
    (void)platform;
    (void)event;
}

void platform_discard(const struct event *event)
{
    (void)event; /* no handle comes with an event */
}

void platform_identify(const struct event *event, struct module_identity *identity)
{
    static const char hex[] = "0123456789abcdef";
    struct event_span path = event->image.path, build_id = event->image.build_id;
    const unsigned char *bytes = event_bytes_at(event, build_id);
    size_t length = path.length < sizeof identity->path ? path.length : sizeof identity->path - 1;

    memset(identity, 0, sizeof *identity);
    memcpy(identity->path, event_bytes_at(event, path), length);
    for (size_t i = 0; i < build_id.length && 2 * i + 2 < sizeof identity->build_id; i++) {
        identity->build_id[2 * i] = hex[bytes[i] >> 4];
        identity->build_id[2 * i + 1] = hex[bytes[i] & 15];
    }
    identity->image_bytes = event->image.size;
}

/* Nobody looks into a process here yet. */
void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    (void)pid, (void)interval_ns, (void)take, (void)context;
}

int platform_allow_look_stops(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return error_set(error, TRAIL_FAILED, 0, "nobody looks into a process here");
}
