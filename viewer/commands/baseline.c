/* trailview baseline: writes down as rules what runs have in common. */
#include "command.h"
#include "compare/match/load_runs.h"
#include "compare/order/busy_runs.h"
#include "file.h"
#include "rules/learn/learn.h"
#include "rules/named_runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RUNS_ADVISED = 10 };

static const char head[] = "trail-rules 1\n"
                           "# What runs of this program must look like; 'trailview check THIS-FILE "
                           "[RUN...]' tells whether they do, 'trailview help check' what a\n"
                           "# rule means. Write your own above or below the learned part: they "
                           "stay, and what they say of a module is not learned again.\n"
                           "\n";

static void warn_of_runs(const struct recordings *recordings)
{
    char sentence[200];

    for (size_t i = 0; i < recordings->count; i++) {
        const struct recording *run = &recordings->items[i];
        const char *state = recordings_text(recordings, run->state);
        if (strcmp(state, "complete") == 0)
            continue;
        snprintf(sentence, sizeof sentence,
                 "run %" PRId64 " is %.20s: what it did later is not known, and not learned",
                 run->run, state);
        viewer_say(sentence);
    }
    for (size_t i = 1; i < recordings->count; i++) {
        const struct recording *a = &recordings->items[0], *b = &recordings->items[i];
        if (a->process_count == 0 || b->process_count == 0 ||
            a->processes[0].key == b->processes[0].key)
            continue;
        snprintf(sentence, sizeof sentence,
                 "run %" PRId64 " is of %.60s, run %" PRId64
                 " of %.60s: name the runs of one program",
                 a->run, recordings_text(recordings, a->processes[0].name), b->run,
                 recordings_text(recordings, b->processes[0].name));
        viewer_say(sentence);
        return;
    }
}

static void say_how_many(size_t runs)
{
    char sentence[200];

    if (runs < ORDER_RUNS_AT_LEAST)
        snprintf(sentence, sizeof sentence,
                 "learned from %zu run%s: too few to learn an order, and what differs from run to "
                 "run may not have "
                 "shown; take %d or more",
                 runs, runs == 1 ? "" : "s", RUNS_ADVISED);
    else if (runs < RUNS_ADVISED)
        snprintf(sentence, sizeof sentence,
                 "learned from %zu runs; with %d or more the rules hold better", runs,
                 RUNS_ADVISED);
    else
        snprintf(sentence, sizeof sentence, "learned from %zu runs", runs);
    viewer_say(sentence);
}

static int write_text(const char *path, const struct buffer *text, struct trail_error *error)
{
    if (path != NULL && file_replace(path, buffer_text(text), text->length, error) != 0)
        return error_context(error, "cannot write '%s'", path);
    if (path != NULL)
        return 0;
    /* whether that went well is seen when stdout is flushed */
    fwrite(buffer_text(text), 1, text->length, stdout);
    return ferror(stdout) ? error_set(error, TRAIL_FAILED, 0, "cannot write the output") : 0;
}

static int learn(struct viewer *viewer, const struct recordings *recordings,
                 const struct learn_options *options, struct trail_error *error)
{
    const char *path = viewer->options.argument[OPTION_UPDATE] != NULL
                           ? viewer->options.argument[OPTION_UPDATE]
                           : viewer->options.argument[OPTION_OUTPUT];
    struct side side = {0};
    struct buffer text = {0};
    int result = side_init(&side, recordings, 0, recordings->count, error);

    if (result == 0)
        result = side_learn_order(&side, error);
    if (result == 0)
        result = learn_file(&side, options, head, &text, error);
    if (result == 0 && (options->own == NULL || text.length != options->own->text_length ||
                        memcmp(buffer_text(&text), options->own->text, text.length) != 0))
        result = write_text(path, &text, error);
    if (result == 0)
        say_how_many(recordings->count);
    buffer_release(&text);
    side_release(&side);
    return result;
}

/* "# runs UUID UUID" lines of the runs that are learned from. */
static int name_runs(const struct viewer *viewer, struct buffer *out, struct trail_error *error)
{
    for (size_t i = 0; i < viewer->run_count; i++)
        if (named_runs_add(out, viewer->runs[i].database->db, viewer->runs[i].run, error) != 0)
            return -1;
    buffer_add_text(out, out->length > 0 ? "\n" : "");
    return 0;
}

static int baseline(struct viewer *viewer, const struct rules *own, struct trail_error *error)
{
    struct learn_options options = {viewer->options.given[OPTION_IDENTITY],
                                    viewer->options.given[OPTION_TIME], own, NULL};
    struct recordings *recordings = load_runs(viewer, LOAD_ALL, error);
    struct buffer runs = {0};
    int result;

    if (recordings == NULL)
        return -1;
    warn_of_runs(recordings);
    if ((result = name_runs(viewer, &runs, error)) == 0) {
        options.runs = buffer_text(&runs);
        result = learn(viewer, recordings, &options, error);
    }
    buffer_release(&runs);
    recordings_free(recordings);
    return result;
}

static int find_busy(struct viewer *viewer, struct trail_error *error)
{
    struct buffer said = {0};
    int result = busy_runs(viewer, &viewer->run_count, 1, &said, error);

    if (said.length > 0) {
        said.data[said.length - 1] = '\0'; /* its end of line */
        viewer_say(said.data);
    }
    buffer_release(&said);
    return result;
}

static int check_replaceable(const char *path, struct trail_error *error)
{
    return file_check_replaceable(path, error) == 0
               ? 0
               : error_context(error, "cannot write '%s'", path);
}

/* Whether the file may be written: no FIFO, and not over rules that somebody wrote. */
static int check_output(const char *path, struct trail_error *error)
{
    struct rules there = {0};
    int result = 0;

    if (path != NULL && check_replaceable(path, error) != 0)
        return -1;
    if (path != NULL && rules_read(path, &there, NULL) == 0)
        for (size_t i = 0; i < there.count && result == 0; i++)
            if (!there.rules[i].is_learned)
                result = error_set(
                    error, TRAIL_FAILED, 0,
                    "'%s' has rules that were written by hand (line %u); '--update' keeps them",
                    path, there.rules[i].line);
    rules_release(&there);
    return result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *update = viewer->options.argument[OPTION_UPDATE];
    struct rules own = {0};
    int result = -1;

    if (update != NULL && viewer->options.given[OPTION_OUTPUT])
        return error_set(error, TRAIL_FAILED, 0,
                         "'--update' writes to its own file; there is no '--output' then");
    if (viewer->options.given[OPTION_FORMAT])
        return error_set(error, TRAIL_FAILED, 0,
                         "'baseline' has one format, that of rules files; there is no '--format'");
    if (viewer->run_count == 0)
        return error_set(error, TRAIL_NOT_FOUND, 0,
                         "'%s' has no runs yet; 'trailrec -o FILE -- COMMAND' records one",
                         viewer->path);
    if (check_output(viewer->options.argument[OPTION_OUTPUT], error) != 0 ||
        (update != NULL && check_replaceable(update, error) != 0) || find_busy(viewer, error) != 0)
        return -1;
    if (update == NULL || rules_read(update, &own, error) == 0)
        result = baseline(viewer, update != NULL ? &own : NULL, error);
    rules_release(&own);
    return result;
}

const struct command command_baseline = {
    .name = "baseline",
    .summary = "write down as rules, for 'check', what several good runs have in common",
    .arguments = "[RUN...]",
    .details =
        "Without a RUN: all runs of the file. Ten runs or more make rules that the next good run "
        "does not break; an order is learned from five.\n"
        "  require, allow   modules that all runs loaded, or some; 'forbid *' is the rest\n"
        "  order            what one thread asks for before what, without what follows; what comes "
        "since others import it is not in it\n"
        "  path             the folders that they came from, without what differs from machine to "
        "machine\n"
        "  identity         only with --identity, since every rebuild changes them: version and "
        "build of the program and its modules\n"
        "  limit            loads: a fifth more than was seen; exceptions, threads, processes: the "
        "most, and the spread more\n"
        "  limit time       only with --time: the longest that was seen and as much more as that "
        "is above the shortest; for medians closer\n"
        "A module's hand-written rules stay and count: what they say of it is not learned.\n",
    .options = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_UPDATE) | OPTION_BIT(OPTION_IDENTITY) |
               OPTION_BIT(OPTION_TIME) | OPTION_BIT(OPTION_QUIET_ONLY),
    .flags = COMMAND_TAKES_RUNS | COMMAND_TAKES_ALL_RUNS,
    .run = run,
};
