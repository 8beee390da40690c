/* trailrec: reads the command line, runs one session, says in two lines what was recorded, and ends as the target ended. */
#include "options.h"
#include "os.h"
#include "program.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    EXIT_OF_OURS = 125,
    EXIT_NOT_EXECUTABLE = 126,
    EXIT_NOT_FOUND = 127
};

static int exit_status_of(const struct trail_error *error)
{
    switch (error->code) {
    case TRAIL_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case TRAIL_NOT_EXECUTABLE:
        return EXIT_NOT_EXECUTABLE;
    default:
        return EXIT_OF_OURS;
    }
}

static void print_end(const struct session_result *result)
{
    static const char *const by_us[] = {
        [SESSION_TIMED_OUT] = "killed at the time limit",
        [SESSION_STOPPED] = "killed on request",
        [SESSION_FAILED] = "lost",
    };
    bool lives_on = result->end != SESSION_FAILED && !result->exit.ended;

    if (lives_on)
        fprintf(stderr, "detached");
    else if (result->end != SESSION_EXITED)
        fprintf(stderr, "%s", by_us[result->end]);
    else if (result->exit.signal != 0)
        fprintf(stderr, "killed by signal %d", result->exit.signal);
    else if (result->exit.exit_code > 0xFFFF)
        fprintf(stderr, "exit code 0x%08" PRIx32, result->exit.exit_code);
    else
        fprintf(stderr, "exit code %" PRIu32, result->exit.exit_code);
}

static void print_digest(const struct options *options, const struct session_result *result)
{
    const struct run_counts *counts = &result->counts;

    if (options->session.nop) {
        fprintf(stderr, "trailrec: ");
        print_end(result);
        fprintf(stderr, " after %.1f ms; nothing recorded (--nop)\n", (double)result->wall_ns / 1e6);
        return;
    }
    fprintf(stderr, "trailrec: run %" PRId64 ": ", result->run_id);
    print_end(result);
    fprintf(stderr, " after %.1f ms, %" PRIu64 " events (%" PRIu64 " loads, %" PRIu64 " exceptions), held %.2f ms\n",
            (double)result->wall_ns / 1e6, counts->events, counts->by_kind[EVENT_LOAD_DLL], counts->by_kind[EVENT_EXCEPTION],
            (double)counts->hold_ns / 1e6);
    fprintf(stderr, "trailrec: look at it with: trailview -d %s summary %" PRId64 "\n", options->session.database, result->run_id);
}

static int record(const struct options *options)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    struct session_result result;

    os_on_stop_request(session_request_stop);
    if (session_run(&options->session, &result, &error) != 0) {
        fprintf(stderr, "trailrec: %s\n", error.sentence);
        return exit_status_of(&error);
    }
    if (result.notice.code != TRAIL_OK)
        fprintf(stderr, "trailrec: %s\n", result.notice.sentence);
    if (result.incomplete || result.end == SESSION_FAILED)
        fprintf(stderr, "trailrec: %s\n", error.sentence);
    if (!options->quiet)
        print_digest(options, &result);
    if (result.end == SESSION_FAILED)
        return EXIT_OF_OURS;
    if (result.end != SESSION_TIMED_OUT && result.exit.ended)
        os_exit_like(result.exit.exit_code, result.exit.signal);
    return 0;
}

int program_main(int argument_count, char **arguments)
{
    struct options options;
    int status = 0;

    switch (options_read(argument_count, arguments, &options)) {
    case OPTIONS_RECORD:
        status = record(&options);
        break;
    case OPTIONS_EXIT:
        break;
    case OPTIONS_WRONG:
        status = EXIT_OF_OURS;
        break;
    }
    options_free(&options);
    return status;
}
