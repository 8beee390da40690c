/* trailview diff: what differs between two runs, or two sets of runs. */
#include "command.h"
#include "compare/match/load_runs.h"
#include "compare/answer/answer.h"
#include "compare/answer/conclusion.h"
#include "compare/diff/describe_side.h"
#include "compare/diff/difference_rows.h"
#include "compare/order/busy_runs.h"
#include "compare/order/statistics.h"
#include "compare/times/floors.h"
#include "nearest.h"
#include "selector.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CONTEXT_LOADS = 2 };

/* The two sides, and what is said around the rows. */
struct diff {
    struct viewer *viewer;
    const char *names[2]; /* as the user called them */
    struct side sides[2];
    struct difference_options options;
    struct evidence_floors floors;
    struct differences differences;
    struct buffer title, answer, preface, conclusion, busy;
};

static int parse_part(struct difference_options *options, const char *word, size_t length,
                      struct trail_error *error)
{
    const char *names[SECTIONS], *nearest;
    char copy[32];

    for (int i = 0; i < SECTIONS; i++) {
        names[i] = difference_section_name((enum difference_section)i);
        if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0) {
            options->only[i] = true;
            return 0;
        }
    }
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1),
             word);
    nearest = nearest_name(copy, names, SECTIONS, sizeof names[0]);
    return error_set(error, TRAIL_FAILED, 0, "there is no part '%s' to compare; did you mean '%s'?",
                     copy, nearest != NULL ? nearest : names[0]);
}

static int parse_options(struct diff *diff, struct trail_error *error)
{
    const struct options *options = &diff->viewer->options;
    const char *only = options->argument[OPTION_ONLY];

    diff->options.ignored = options->repeated;
    diff->options.ignored_count = options->repeated_count;
    diff->options.context = CONTEXT_LOADS;
    for (int i = 0; i < SECTIONS; i++)
        diff->options.only[i] = only == NULL;
    while (only != NULL) {
        size_t length = strcspn(only, ",");
        if (parse_part(&diff->options, only, length, error) != 0)
            return -1;
        only = only[length] == ',' ? only + length + 1 : NULL;
    }
    diff->options.floors = &diff->floors;
    return floors_parse(options->argument[OPTION_THRESHOLD], &diff->floors, error);
}

/* Finds the runs of both sides; counts[] says how many are whose. */
static int choose_runs(struct diff *diff, size_t *counts, struct trail_error *error)
{
    struct viewer *viewer = diff->viewer;

    if (viewer->argument_count != 0 && viewer->argument_count != 2)
        return error_set(error, TRAIL_FAILED, 0,
                         "diff compares two: 'diff A B', each a RUN or a set of them such as "
                         "@build=100; without any, the last "
                         "two runs");
    diff->names[0] = viewer->argument_count == 2 ? viewer->arguments[0] : "last~1";
    diff->names[1] = viewer->argument_count == 2 ? viewer->arguments[1] : "last";
    for (int i = 0; i < 2; i++) {
        size_t before = viewer->run_count;
        if (selector_add_runs(viewer, diff->names[i], error) != 0)
            return -1;
        counts[i] = viewer->run_count - before;
    }
    return 0;
}

static void describe_sides(struct diff *diff)
{
    buffer_add_text(&diff->title, "trailview diff ");
    buffer_add_text(&diff->title, diff->names[0]);
    buffer_add_char(&diff->title, ' ');
    buffer_add_text(&diff->title, diff->names[1]);
    for (int i = 0; i < 2; i++) {
        buffer_format(&diff->preface, "%c  ", "AB"[i]);
        describe_side(&diff->preface, &diff->sides[i], diff->names[i]);
        buffer_add_char(&diff->preface, '\n');
    }
}

static void conclude(struct diff *diff)
{
    size_t different = diff->differences.different;

    if (different == 0)
        buffer_add_text(&diff->conclusion, "no difference\n");
    else
        buffer_format(&diff->conclusion, "%zu difference%s\n", different,
                      different == 1 ? "" : "s");
    conclusion_find(&diff->conclusion, &diff->differences);
    buffer_add_text(&diff->conclusion, buffer_text(&diff->busy));
}

static int print(struct diff *diff, struct trail_error *error)
{
    struct output *output = &diff->viewer->output;
    bool is_table = viewer_prints_table(diff->viewer);

    if (answer_find(&diff->answer, &diff->differences, error) != 0)
        return -1;
    if (!is_table)
        buffer_add_text(&diff->preface, buffer_text(&diff->answer));
    describe_sides(diff);
    conclude(diff);
    if (diff->title.failed || diff->preface.failed || diff->conclusion.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    output->title = buffer_text(&diff->title);
    output->preface = buffer_text(&diff->preface);
    output->conclusion = buffer_text(&diff->conclusion);
    if (is_table) {
        output_sentences(output, buffer_text(&diff->answer));
        if (diff->answer.length > 0)
            fputs("\n", stdout);
        output_lines(output, output->preface);
        fputs("\n", stdout);
    }
    if ((!is_table || diff->differences.count > 0) &&
        difference_rows_print(&diff->differences, buffer_text(&diff->answer), output, error) != 0)
        return -1;
    if (is_table && diff->differences.count > 0)
        fputs("\n", stdout);
    if (is_table)
        output_lines(output, output->conclusion);
    return 0;
}

/* Of the first side that has the runs for it. */
static int learn_order(struct diff *diff, struct trail_error *error)
{
    struct side *side = &diff->sides[diff->sides[0].count >= ORDER_RUNS_AT_LEAST ? 0 : 1];

    return diff->options.only[SECTION_ORDER] ? side_learn_order(side, error) : 0;
}

static int compare(struct diff *diff, struct trail_error *error)
{
    size_t counts[2] = {0, 0};
    struct recordings *recordings;
    int result = -1;

    if (parse_options(diff, error) != 0 || choose_runs(diff, counts, error) != 0 ||
        busy_runs(diff->viewer, counts, 2, &diff->busy, error) != 0 ||
        (recordings = load_sides(diff->viewer, counts[0], error)) == NULL)
        return -1;
    if (side_init(&diff->sides[0], recordings, 0, counts[0], error) == 0 &&
        side_init(&diff->sides[1], recordings, counts[0], counts[1], error) == 0 &&
        learn_order(diff, error) == 0 &&
        differences_find(&diff->differences, &diff->sides[0], &diff->sides[1], &diff->options,
                         error) == 0 &&
        print(diff, error) == 0)
        result = diff->differences.different > 0;
    differences_release(&diff->differences);
    side_release(&diff->sides[0]);
    side_release(&diff->sides[1]);
    recordings_free(recordings);
    return result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct diff diff = {.viewer = viewer};
    int result = compare(&diff, error);

    viewer->output.title = viewer->output.preface = viewer->output.conclusion = NULL;
    buffer_release(&diff.title);
    buffer_release(&diff.answer);
    buffer_release(&diff.preface);
    buffer_release(&diff.conclusion);
    buffer_release(&diff.busy);
    return result;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "what differs between two runs, or between two sets of runs",
    .arguments = "[A B]",
    .details =
        "PART is loads, order, identity, path, cause, failed, processes, threads, exceptions, "
        "output, "
        "environment "
        "or time. A "
        "and B are RUNs; @key=value takes all runs so labelled as a set. Without them, the last "
        "two runs are compared. Exit status: 0 no\n"
        "difference, 1 they differ, 2 trouble.\n"
        "\n"
        "Modules are matched by name and process, without versions in the name, and by the folder "
        "with {app}, {system}, {temp}, {home},\n"
        "{uuid} and {n} in place of what differs between machines. Bases, pids and tids do not "
        "count.\n"
        "\n"
        "Run against run, the loads are aligned: + added, - removed, > moved, ! replaced (another "
        "build, another folder). Loads that only\n"
        "changed sides with those of threads that ran at the same time are counted, no more. "
        "Processes, threads, exceptions and debug strings\n"
        "are counted and aligned likewise; numbers in a string do not count. Times are shown, but "
        "nothing is concluded.\n"
        "\n"
        "With several runs on a side only what a side always does counts. One build that a side "
        "has "
        "by one name, the other by another, is renamed.\n"
        "The order of a side is learned: of two modules that one thread asks for, in\n"
        "all runs (5 or more) in one order; a run counts where one of its threads asks for both. "
        "What comes since others import it has no\n"
        "order of its own. Exceptions and debug strings of a thread, of which each run has as "
        "many, are treated likewise.\n"
        "\n"
        "Of the environment, the command line, the folder and the system, what all runs of a side "
        "have alike is compared; variables count as a\n"
        "difference, of two single runs only those that steer loading or locale.\n"
        "\n"
        "Times are tested as distributions, each gap known by both of its ends: Student's t of the "
        "step between the sides, seen against a level that\n"
        "wanders as much as the runs do not exclude, without the runs that lie far from all "
        "others. "
        "Where A and B take turns, that the level may\n"
        "wander costs nothing. Holm's correction over all that is tested, a chance of less than "
        "1 % of a false claim in all; 99 % interval of the\n"
        "step. Where each side has two modes, mode is held against mode. --threshold says which "
        "changes are too small to matter. If nothing is\n"
        "found, the last lines say which change of the whole would have been.\n"
        "\n"
        "All times are without what the recorder held the target for.\n",
    .options = OPTION_BIT(OPTION_ONLY) | OPTION_BIT(OPTION_IGNORE) | OPTION_BIT(OPTION_THRESHOLD) |
               OPTION_BIT(OPTION_QUIET_ONLY),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
