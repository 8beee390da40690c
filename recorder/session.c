/* See session.h. */
#include "session.h"

#include "look.h"
#include "looks.h"
#include "newcomer.h"
#include "os.h"
#include "ring.h"
#include "snaps/loader_snaps.h"
#include "stack_copy.h"
#include "writer.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_FOREVER = -1, FIRST_TOUCHED_BYTES = 40 * 1024 };

/*
 * After the end of what was launched, its descendants have this long to end too before they are
 * worth a word.
 */
static const uint64_t GRACE_NS = 1000000000;

/*
 * A thread that waits for the disk stops when that answers, seconds later on a busy machine: a
 * shorter time limit is not meant for that.
 */
static const uint64_t ATTACH_NS = 5000000000;

struct session {
    const struct session_options *options;
    struct platform *platform;
    struct writer *writer;
    struct looks *looks;        /* NULL: silences are not looked into */
    char *environment;          /* of the launched program */
    struct ring *ring;          /* the writer's; NULL with --nop */
    struct loader_snaps *snaps; /* NULL: debug strings are the program's */
    struct event event;         /* large: filled anew for each stop */
    uint64_t deadline_ns;       /* 0: none */
    uint64_t grace_ns;          /* when to say what is waited for; 0: not at all, or not yet */
    uint64_t seq;               /* of the last event that was recorded */
    uint64_t first_ns;          /* t_ns of the first event; 0 before it */
    uint64_t file_record;       /* the last record that a file came along with; 0: none */
    struct stack_choice stacks;
    uint32_t until_kinds; /* kinds that the conditions must see */
    const char *met;      /* the condition that was met */
    bool killed, has_begun_to_wait;
    struct session_processes processes; /* that stand still, or are waited for */
    struct run_counts totals;           /* quiet stops and their hold */
    uint64_t debuggers_own;             /* see session_result */
    struct os_newcomer newcomer;        /* likewise */
    uint64_t newcomers_loads;
    enum session_end end;
};

/* The one session of the process, for session_request_stop. */
static struct platform *_Atomic running_platform;
/* who uses it just now; no lock, which a signal handler must not take: the session waits for them
 */
static atomic_uint platform_users;
static volatile sig_atomic_t stop_requested;

void session_request_stop(void)
{
    struct platform *platform;

    stop_requested = 1;
    atomic_fetch_add(&platform_users, 1);
    platform = atomic_load(&running_platform);
    if (platform != NULL)
        platform_interrupt(platform);
    atomic_fetch_sub(&platform_users, 1);
}

bool session_stop_was_requested(void)
{
    return stop_requested != 0;
}

bool session_attaches(const struct session_options *options)
{
    return options->pids != NULL || options->awaited != NULL;
}

/*
 * Copies the event into the ring; the target is let go after this returns, so it is visible before
 * the target runs on.
 */
static void record_event(struct session *session)
{
    void *record;

    if (session->ring == NULL)
        return;
    if (stack_choice_wants(&session->stacks, &session->event))
        platform_copy_stack(session->platform, &session->event);
    record = ring_reserve(session->ring, event_packed_size(&session->event));
    event_pack(&session->event, record);
    session->seq = ring_commit(session->ring);
    if (session->event.image.file != 0)
        session->file_record = session->seq;
}

/*
 * The files of modules are closed before the target runs on that has unloaded one, or a process
 * that is gone: they may be replaced now.
 */
static void close_files(struct session *session)
{
    bool done_with_one =
        session->event.kind == EVENT_UNLOAD_DLL || session->event.kind == EVENT_EXIT_PROCESS;

    if (done_with_one && session->file_record != 0)
        writer_close_files(session->writer, session->file_record);
}

static enum session_then chosen_then(const struct session *session)
{
    if (session->options->then != THEN_DEFAULT)
        return session->options->then;
    return session_attaches(session->options) ? THEN_DETACH : THEN_KILL;
}

static void note_processes(struct session *session)
{
    session->processes.count =
        platform_processes(session->platform, session->processes.processes, SESSION_PROCESSES_MAX);
}

static void kill_all(struct session *session)
{
    /* else it was the last one's end that met the condition */
    session->killed = platform_processes(session->platform, NULL, 0) > 0;
    platform_kill(session->platform);
}

/*
 * A condition is met. The target is still held: what kills it or leaves it standing does so before
 * anything more of it has run.
 */
static void end_at_stop(struct session *session)
{
    session->end = SESSION_UNTIL;
    session->deadline_ns = session->grace_ns = 0;
    looks_stop(session->looks);
    switch (chosen_then(session)) {
    case THEN_STOP:
        platform_detach(session->platform, PLATFORM_STAND_STILL);
        note_processes(session);
        break;
    case THEN_DETACH:
        platform_resume(session->platform);
        platform_detach(session->platform, PLATFORM_RUN_ON);
        break;
    default:
        kill_all(session);
        platform_resume(session->platform);
    }
}

/* What was launched has ended: from now on it is others that keep the recording going. */
static void begin_grace(struct session *session)
{
    struct platform_exit exit;

    platform_exit_of_launched(session->platform, &exit);
    if (!exit.ended || session_attaches(session->options) || session->options->on_waiting == NULL ||
        !session->options->launch.follow)
        return;
    session->has_begun_to_wait = true;
    session->grace_ns = os_monotonic_ns() + GRACE_NS;
}

/* Returns when the target went on. */
static uint64_t let_go(struct session *session)
{
    uint64_t resumed_ns;

    if (session->met != NULL && session->end == SESSION_EXITED) {
        end_at_stop(session);
        resumed_ns = os_monotonic_ns();
    } else {
        resumed_ns = platform_resume(session->platform);
    }
    if (session->event.kind == EVENT_EXIT_PROCESS && !session->has_begun_to_wait &&
        session->end == SESSION_EXITED)
        begin_grace(session);
    return resumed_ns;
}

/* Whose silence begins anew, or is over for ever. */
static void note_life(struct session *session)
{
    const struct event *event = &session->event;

    if (event->kind == EVENT_EXIT_PROCESS)
        looks_end(session->looks, event->pid);
    else if (event->kind != EVENT_NONE)
        looks_touch(session->looks, event->pid, session->seq, event->t_ns);
}

/* Of several events of one stop, the last carries the time that all together took. */
static void handle_event(struct session *session)
{
    struct event *event = &session->event;
    uint64_t hold_ns = 0;
    bool quiet;

    if (session->snaps != NULL)
        loader_snaps_take(session->snaps, event);
    quiet = event->kind == EVENT_NONE;
    if (session->first_ns == 0)
        session->first_ns = event->t_ns;
    if (!quiet)
        record_event(session);
    if (session->looks != NULL)
        note_life(session);
    session->newcomers_loads += event->kind == EVENT_LOAD_DLL && event->synthetic;
    session->debuggers_own += event->kind == EVENT_EXCEPTION && event->debuggers_own;
    close_files(session);
    if ((session->until_kinds >> event->kind & 1) != 0 && session->met == NULL &&
        session->end == SESSION_EXITED)
        session->met = until_match(session->options->until, event);
    if (!event->more) {
        hold_ns = let_go(session);
        hold_ns = hold_ns > event->t_ns ? hold_ns - event->t_ns : 0;
    }
    if (!quiet && session->ring != NULL) {
        ring_stamp(session->ring, hold_ns);
        if (event->image.file != 0)
            ring_end_wait(session->ring); /* so that the file is closed soon */
    } else if (!quiet) {
        platform_discard(event);
    } else {
        session->totals.quiet_stops++;
        session->totals.hold_ns += hold_ns;
    }
}

static int timeout_ms(const struct session *session)
{
    uint64_t at_ns = session->deadline_ns, now;

    if (session->grace_ns != 0 && (at_ns == 0 || session->grace_ns < at_ns))
        at_ns = session->grace_ns;
    if (at_ns == 0)
        return WAIT_FOREVER;
    now = os_monotonic_ns();
    return now >= at_ns ? 0 : (int)((at_ns - now + 999999) / 1000000);
}

static void say_what_is_waited_for(struct session *session)
{
    session->grace_ns = 0;
    note_processes(session);
    if (session->processes.count > 0)
        session->options->on_waiting(&session->processes);
    session->processes.count = 0;
}

/* Ends the recording while the target runs. */
static void end_now(struct session *session, enum session_then then)
{
    session->deadline_ns = session->grace_ns = 0;
    if (then == THEN_KILL) {
        kill_all(session);
        return;
    }
    looks_stop(session->looks);
    platform_detach(session->platform, then == THEN_STOP ? PLATFORM_STAND_STILL : PLATFORM_RUN_ON);
    if (then == THEN_STOP)
        note_processes(session);
}

/* Is it time to stop, or to say something? */
static void handle_timeout(struct session *session)
{
    if (session->end != SESSION_EXITED)
        return; /* the kill is under way */
    if (stop_requested) {
        session->end = SESSION_STOPPED;
        end_now(session, session_attaches(session->options) ? THEN_DETACH : THEN_KILL);
    } else if (session->deadline_ns != 0 && os_monotonic_ns() >= session->deadline_ns) {
        session->end = SESSION_TIMED_OUT;
        end_now(session, chosen_then(session));
    } else if (session->grace_ns != 0 && os_monotonic_ns() >= session->grace_ns) {
        say_what_is_waited_for(session);
    }
}

static void run_loop(struct session *session, struct trail_error *error)
{
    for (;;) {
        switch (platform_wait(session->platform, timeout_ms(session), &session->event, error)) {
        case PLATFORM_EVENT:
            handle_event(session);
            /* a target that never stops talking must not outlive its limit, or a request */
            if (!session->event.more &&
                (session->deadline_ns != 0 || session->grace_ns != 0 || stop_requested))
                handle_timeout(session);
            break;
        case PLATFORM_TIMEOUT:
            handle_timeout(session);
            break;
        case PLATFORM_END:
            return;
        case PLATFORM_FAILED:
            session->end = SESSION_FAILED;
            return;
        }
    }
}

static int open_writer(struct session *session, struct trail_error *error)
{
    struct platform_facts facts;
    char directory[4096];
    struct writer_options options = {
        .database = session->options->database,
        .live = session->options->live,
        .asks_debuginfod = session->options->asks_debuginfod,
        .on_notice = session->options->on_notice,
        .run =
            {
                .monotonic_ns = os_monotonic_ns(),
                .utc_ns = os_utc_ns(),
                .command_line = session->options->launch.command_line,
                .directory = session->options->launch.directory,
                .mode = session_attaches(session->options) ? "attach" : "launch",
                .follow = session->options->launch.follow,
                .labels = session->options->labels,
            },
    };

    if (!session_attaches(session->options))
        session->environment = os_environment(session->options->launch.variables);
    options.run.surroundings.environment = session->environment;
    options.run.surroundings.values = session->options->environment_values;
    os_busy(&options.run.surroundings.busy);
    platform_facts(session->platform, &facts);
    options.run.wait_function = facts.wait_function;
    options.run.load_detection = facts.load_detection;
    os_current_directory(directory, sizeof directory);
    if (options.run.directory == NULL)
        options.run.directory = directory;
    session->writer = writer_open(&options, error);
    if (session->writer == NULL)
        return -1;
    session->ring = writer_ring(session->writer);
    if (session->options->looks_ms > 0 &&
        (session->looks = looks_start(session->options->looks_ms, error)) == NULL) {
        writer_cancel(session->writer);
        return -1;
    }
    writer_use_looks(session->writer, session->looks);
    if (writer_start(session->writer, error) == 0)
        return 0;
    writer_cancel(session->writer);
    return -1;
}

static const char *const end_reasons[] = {
    [SESSION_EXITED] = "exit",     [SESSION_TIMED_OUT] = "timeout", [SESSION_UNTIL] = "until",
    [SESSION_STOPPED] = "request", [SESSION_FAILED] = "failure",
};

static void close_writer(struct session *session, struct session_result *result,
                         struct trail_error *error)
{
    struct run_end end = {
        .state = session->end == SESSION_FAILED ? "interrupted" : "complete",
        .reason = end_reasons[session->end],
        .wall_ns = result->wall_ns,
        .exited = result->exit.ended,
        .exit_code = result->exit.exit_code,
        .exit_signal = result->exit.signal,
    };

    looks_stop(session->looks);
    ring_finish(session->ring);
    ring_stalls(session->ring, &session->totals.stalls, &session->totals.stall_ns);
    if (writer_finish(session->writer, &end, &session->totals, error) != 0)
        result->incomplete = true;
    result->run_id = writer_run_id(session->writer);
    result->counts = *writer_counts(session->writer);
    result->has_kept = writer_has_kept(session->writer);
    writer_failed_loads(session->writer, &result->failed);
}

static void free_session(struct session *session)
{
    atomic_store(&running_platform, NULL);
    while (atomic_load(&platform_users) != 0)
        continue; /* for the moment that platform_interrupt takes: on Windows another thread's */
    writer_free(session->writer);
    looks_free(session->looks);
    loader_snaps_free(session->snaps);
    free(session->environment);
    platform_free(session->platform);
    free(session);
}

static void finish(struct session *session, struct session_result *result,
                   struct trail_error *error)
{
    struct platform_facts facts;

    result->end = session->end;
    result->met = session->met;
    result->killed = session->killed;
    result->standing = session->processes;
    platform_facts(session->platform, &facts);
    result->continue_command = facts.continue_command;
    result->continue_hint = facts.continue_hint;
    if (facts.notice != NULL && result->notice.code == TRAIL_OK)
        error_set(&result->notice, TRAIL_FAILED, 0, "%s", facts.notice);
    result->wall_ns = session->first_ns == 0 ? 0 : os_monotonic_ns() - session->first_ns;
    platform_exit_of_launched(session->platform, &result->exit);
    result->counts = session->totals;
    result->debuggers_own = session->debuggers_own;
    result->newcomer = session->newcomer;
    result->newcomers_loads = session->newcomers_loads;
    if (session->writer != NULL)
        close_writer(session, result, error);
}

static bool is_unwanted(void)
{
    return stop_requested != 0 || os_was_interrupted();
}

static int attach_newcomer(struct session *session, struct trail_error *error)
{
    const struct session_options *options = session->options;
    struct os_newcomer *newcomer = &session->newcomer;
    uint64_t found_ns;

    if (newcomer_wait(options->awaited, options->on_notice, is_unwanted, newcomer, error) != 0)
        return -1;
    found_ns = os_monotonic_ns();
    while (platform_attach(session->platform, newcomer->pid, options->launch.follow,
                           (int)(ATTACH_NS / 1000000), error) != 0)
        if (is_unwanted() || !newcomer_is_young(found_ns))
            return -1;
    newcomer->age_ns += os_monotonic_ns() - found_ns;
    return 0;
}

static int begin(struct session *session, struct trail_error *error)
{
    const struct session_options *options = session->options;

    if (options->until != NULL) {
        until_restart(options->until);
        session->until_kinds = until_kinds(options->until);
    }
    if (options->awaited != NULL)
        return attach_newcomer(session, error);
    if (options->pids == NULL)
        return platform_launch(session->platform, &options->launch, error);
    if (options->timeout_ns != 0)
        session->deadline_ns =
            os_monotonic_ns() + (options->timeout_ns > ATTACH_NS ? options->timeout_ns : ATTACH_NS);
    for (const uint32_t *pid = options->pids; *pid != 0; pid++) {
        if (platform_attach(session->platform, *pid, options->launch.follow, timeout_ms(session),
                            error) != 0) {
            platform_detach(session->platform, PLATFORM_RUN_ON);
            return -1;
        }
    }
    return 0;
}

static int check_conditions(const struct session *session, struct trail_error *error)
{
    struct platform_facts facts;

    platform_facts(session->platform, &facts);
    if (session->options->until != NULL && until_asks_thread_names(session->options->until) &&
        !facts.tells_thread_names)
        return error_set(
            error, TRAIL_FAILED, 0,
            "this system does not tell the names of threads; use '--until thread' without one");
    return 0;
}

static int make_snaps(struct session *session, struct trail_error *error)
{
    if (!session->options->launch.loader_snaps || (session->snaps = loader_snaps_new()) != NULL)
        return 0;
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* What may be refused: the run is recorded without it then. */
static void ask_platform(struct session *session, struct session_result *result)
{
    const struct session_options *options = session->options;

    if (options->nop)
        return;
    if (options->kernel_times && platform_ask_kernel_times(session->platform, &result->notice) != 0)
        error_context(&result->notice, "no load times from the kernel");
    if (options->looks_stop && platform_allow_look_stops(session->platform, &result->notice) != 0)
        error_context(&result->notice, "no stops for looks");
}

int session_run(const struct session_options *options, struct session_result *result,
                struct trail_error *error)
{
    struct session *session = calloc(1, sizeof *session);

    memset(result, 0, sizeof *result);
    if (session == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    session->options = options;
    session->stacks.kinds = options->stacks;
    /* now, and not page by page while the target stands still */
    memset(session->event.bytes, 0, FIRST_TOUCHED_BYTES);
    session->platform = platform_new(error);
    if (session->platform != NULL)
        ask_platform(session, result);
    if (session->platform == NULL || check_conditions(session, error) != 0 ||
        make_snaps(session, error) != 0 || (!options->nop && open_writer(session, error) != 0)) {
        free_session(session);
        return -1;
    }
    atomic_store(&running_platform, session->platform);
    if (begin(session, error) != 0) {
        if (session->writer != NULL)
            writer_cancel(session->writer);
        free_session(session);
        return -1;
    }
    if (stop_requested) /* before there was anything to interrupt */
        platform_interrupt(session->platform);
    if (options->timeout_ns != 0)
        session->deadline_ns = os_monotonic_ns() + options->timeout_ns;
    run_loop(session, error);
    finish(session, result, error);
    free_session(session);
    return 0;
}
