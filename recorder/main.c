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
#include "turns/turns.h"
#include "unwind/walk.h"

#include <stdio.h>

enum { EXIT_OF_OURS = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* All the runs of this program. */
struct recording {
    const struct options *options;
    struct session_options session;
    struct turns_side sides[SIDES_MAX];
    int64_t run_ids[DIGEST_IDS_MAX];
    unsigned runs;
    const char *phase;         /* "turn", "warm-up" */
    unsigned turn, turns;      /* which one it is, from 1, of how many */
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

/* "turn 3 of 40 (B): " before what went wrong. */
static void say_of_turn(const struct recording *recording, unsigned side, struct trail_error *error)
{
    if (recording->options->takes_turns)
        error_context(error, "%s %u of %u (%c)", recording->phase, recording->turn,
                      recording->turns, 'A' + (int)side);
    say(error->sentence);
}

static void report(struct recording *recording, unsigned side, const struct session_result *result,
                   struct trail_error *error)
{
    if (result->notice.code != TRAIL_OK && recording->sides[side].runs == 0)
        say(result->notice.sentence);
    if (result->incomplete || result->end == SESSION_FAILED)
        say_of_turn(recording, side, error);
    if (!recording->options->quiet)
        digest_print_run(recording->options, side, result);
    if (recording->runs < DIGEST_IDS_MAX)
        recording->run_ids[recording->runs] = result->run_id;
    recording->runs++;
    if (turns_add(&recording->sides[side], result) != 0) {
        say("out of memory");
        recording->status = EXIT_OF_OURS;
    }
    recording->has_kept |= result->has_kept;
    note_exit(recording, result);
    if (result->standing.count > 0)
        digest_print_standing(result);
}

/* One run. A warm-up runs under the same loop and leaves nothing; its exit is its own affair. */
static bool run(struct recording *recording, unsigned side, bool warms_up)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    struct session_options session = recording->session;
    struct session_result result;

    side_apply(&recording->options->sides[side], &session);
    session.nop = session.nop || warms_up;
    if (session_run(&session, &result, &error) != 0) {
        recording->status = exit_status_of(&error);
        say_of_turn(recording, side, &error);
        return false;
    }
    if (result.end == SESSION_FAILED)
        recording->status = EXIT_OF_OURS;
    if (!warms_up || result.end == SESSION_FAILED)
        report(recording, side, &result, &error);
    else if (!goes_on(recording))
        note_exit(recording, &result);
    return result.standing.count > 0;
}

/* Their runs can be named by what they have in common only. */
static void warn_of_labels(const struct options *options)
{
    for (unsigned i = 1; i < options->side_count; i++) {
        if (side_own_label(&options->sides[0], &options->sides[i]) != NULL &&
            side_own_label(&options->sides[i], &options->sides[0]) != NULL)
            continue;
        say("no label tells the runs of one COMMAND from those of another: give each its own -l");
        return;
    }
}

static void say_interrupted(const struct recording *recording)
{
    char sentence[160];

    snprintf(sentence, sizeof sentence, "interrupted in %s %u of %u (%c)%s", recording->phase,
             recording->turn, recording->turns,
             'A' + (int)turns_whose(recording->turn - 1, recording->options->side_count),
             *recording->phase == 't' ? ": that run may be cut short" : "");
    say(sentence);
}

/* Warm-ups, then what is recorded; whether the last one stands still now. */
static bool take_turns(struct recording *recording)
{
    const struct options *options = recording->options;
    unsigned sides = options->side_count,
             phases[2] = {options->warmup, options->repeat > 0 ? options->repeat : 1};
    bool stands = false;

    for (int phase = 0; phase < 2 && goes_on(recording); phase++) {
        recording->phase = phase == 0 ? "warm-up" : "turn";
        recording->turns = phases[phase] * sides;
        for (unsigned i = 0; i < recording->turns && goes_on(recording); i++) {
            recording->turn = i + 1;
            stands = run(recording, turns_whose(i, sides), phase == 0);
        }
    }
    return stands;
}

static int record(const struct options *options)
{
    struct recording recording = {.options = options, .session = options->session};
    bool stands;

    if (options->session.then == THEN_STOP && !session_attaches(&options->session))
        os_expect_standing();
    os_on_stop_request(session_request_stop);
    recording.session.on_notice = say;
    if (!options->quiet)
        recording.session.on_waiting = digest_print_waiting;
    if (options->repeat > 1 && !options->session.nop)
        warn_of_labels(options);
    stands = take_turns(&recording);
    if (options->takes_turns && recording.status == 0 && !goes_on(&recording))
        say_interrupted(&recording);
    if (!options->quiet && options->takes_turns)
        digest_print_turns(options, recording.sides);
    else if (!options->quiet && recording.has_kept)
        digest_print_look(options, recording.run_ids, recording.runs);
    for (unsigned i = 0; i < options->side_count; i++)
        turns_release(&recording.sides[i]);
    if (stands && !session_attaches(&options->session))
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
