/*
 * trailrec: reads the command line, runs its sessions, says in a few lines what was recorded, and
 * ends as the target ended.
 */
#include "digest.h"
#include "harmful.h"
#include "options.h"
#include "os.h"
#include "os_shared.h"
#include "program.h"
#include "unwind/walk.h"

#include <stdio.h>

enum { EXIT_OF_OURS = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* All the runs of this program. */
struct recording {
    const struct options *options;
    struct session_options session;
    int64_t run_ids[DIGEST_IDS_MAX];
    unsigned runs;
    struct platform_exit exit; /* the first that was not 0 */
    int status;                /* of our own failure */
    bool has_kept;             /* of any run there is something to look at */
};

static void say(const char *sentence)
{
    harmful_say("trailrec", sentence);
}

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

/* Whether the next run may begin. */
static bool goes_on(const struct recording *recording)
{
    return recording->status == 0 && !session_stop_was_requested() && !os_was_interrupted();
}

/* A stop condition was asked for, so that what it leads to is no failure. */
static void note_exit(struct recording *recording, const struct session_result *result)
{
    bool asked_for = result->end == SESSION_TIMED_OUT || result->end == SESSION_UNTIL;

    if (result->exit.ended && !asked_for && recording->exit.signal == 0 &&
        recording->exit.exit_code == 0)
        recording->exit = result->exit;
}

static void report(struct recording *recording, const struct session_result *result,
                   const struct trail_error *error)
{
    if (result->notice.code != TRAIL_OK && recording->runs == 0)
        say(result->notice.sentence);
    if (result->incomplete || result->end == SESSION_FAILED)
        say(error->sentence);
    if (!recording->options->quiet)
        digest_print_run(recording->options, result);
    if (recording->runs < DIGEST_IDS_MAX)
        recording->run_ids[recording->runs] = result->run_id;
    recording->runs++;
    recording->has_kept |= result->has_kept;
    note_exit(recording, result);
    if (result->standing.count > 0)
        digest_print_standing(result);
}

/* One run. A warm-up runs under the same loop and leaves nothing; its exit is its own affair. */
static bool run(struct recording *recording, bool warms_up)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    struct session_options session = recording->session;
    struct session_result result;

    session.nop = session.nop || warms_up;
    if (session_run(&session, &result, &error) != 0) {
        say(error.sentence);
        recording->status = exit_status_of(&error);
        return false;
    }
    if (result.end == SESSION_FAILED)
        recording->status = EXIT_OF_OURS;
    if (!warms_up || result.end == SESSION_FAILED)
        report(recording, &result, &error);
    else if (!goes_on(recording))
        note_exit(recording, &result);
    return result.standing.count > 0;
}

static int record(const struct options *options)
{
    struct recording recording = {.options = options, .session = options->session};
    unsigned repeat = options->repeat > 0 ? options->repeat : 1;
    bool stands = false;

    if (options->session.then == THEN_STOP && options->session.pids == NULL)
        os_expect_standing();
    os_on_stop_request(session_request_stop);
    recording.session.on_notice = say;
    if (!options->quiet)
        recording.session.on_waiting = digest_print_waiting;
    for (unsigned i = 0; i < options->warmup && goes_on(&recording); i++)
        run(&recording, true);
    for (unsigned i = 0; i < repeat && goes_on(&recording); i++)
        stands = run(&recording, false);
    if (!options->quiet && recording.has_kept)
        digest_print_look(options, recording.run_ids, recording.runs);
    if (stands && options->session.pids == NULL)
        os_stand_with_target();
    if (recording.status != 0)
        return recording.status;
    if (recording.exit.ended)
        os_exit_like(recording.exit.exit_code, recording.exit.signal);
    return 0;
}

int program_main(int argument_count, char **arguments)
{
    struct options options;
    int status = 0;

    if (os_shared_serve(argument_count, arguments, walk_job))
        return 0;
    switch (options_read(argument_count, arguments, &options)) {
    case OPTIONS_RECORD:
        status = record(&options);
        break;
    case OPTIONS_EXIT:
        if (fflush(stdout) != 0 || ferror(stdout)) {
            say("cannot write the output");
            status = EXIT_OF_OURS;
        }
        break;
    case OPTIONS_WRONG:
        status = EXIT_OF_OURS;
        break;
    }
    options_free(&options);
    return status;
}
