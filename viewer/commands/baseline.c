/* trailview baseline: writes down as rules what runs have in common. */
#include "command.h"
#include "compare/match/load_runs.h"
#include "compare/order/busy_runs.h"
#include "file.h"
#include "rules/budget/admit.h"
#include "rules/budget/budget.h"
#include "rules/named_runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void say_how_good(const struct left_out *left_out, const struct budget *budget)
{
    struct buffer text = {0};

    buffer_format(&text, "learned from %zu run%s", left_out->runs, left_out->runs == 1 ? "" : "s");
    if (left_out->runs < ORDER_RUNS_AT_LEAST)
        buffer_add_text(&text, ", too few to learn an order");
    if (budget->error.runs == 0) {
        buffer_add_text(&text, "; how many good runs break these rules, one run does not tell");
    } else {
        buffer_add_text(&text, ": of ");
        budget_write_rates(budget, &text);
        if (left_out->parts < left_out->runs)
            buffer_format(&text, " (by rules from %zu of %zu parts, and the runs of the other)",
                          left_out->parts - 1, left_out->parts);
    }
    viewer_say(buffer_text(&text));
    buffer_release(&text);
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

static int write_learned(struct viewer *viewer, const struct recordings *recordings,
                         const struct learn_options *options, const struct left_out *left_out,
                         const struct budget *budget, struct trail_error *error)
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
        result = budget_write(&side, options, head, left_out, budget, &text, error);
    if (result == 0 && (options->own == NULL || text.length != options->own->text_length ||
                        memcmp(buffer_text(&text), options->own->text, text.length) != 0))
        result = write_text(path, &text, error);
    buffer_release(&text);
    side_release(&side);
    return result;
}

/*
 * The viewer's run that a recording is of: recordings are in the order of the viewer's runs, some
 * of which may be left out. `from` is where to look on; run_count: there is none.
 */
static size_t find_run(const struct viewer *viewer, const struct recording *recording, size_t from)
{
    while (from < viewer->run_count &&
           (recording->run != viewer->runs[from].run ||
            strcmp(recording->path, viewer->runs[from].database->path) != 0))
        from++;
    return from;
}

/* "# runs UUID UUID" lines of the runs that are learned from. */
static int name_runs(const struct viewer *viewer, const struct recordings *learned,
                     struct buffer *out, struct trail_error *error)
{
    for (size_t i = 0, at = 0; i < learned->count; i++, at++) {
        at = find_run(viewer, &learned->items[i], at);
        if (at == viewer->run_count)
            break;
        if (named_runs_add(out, viewer->runs[at].database->db, viewer->runs[at].run, error) != 0)
            return -1;
    }
    buffer_add_text(out, out->length > 0 ? "\n" : "");
    return 0;
}

/* Which recordings the rules name as what they were learned from. */
static int find_known(const struct viewer *viewer, const struct recordings *recordings,
                      const struct rules *own, bool *known, struct trail_error *error)
{
    struct tuple_map named = {0};
    struct buffer uuid = {0};
    const char *place = NULL, *word;
    size_t length;
    int result = 0;

    while ((word = named_runs_next(own, &place, &length)) != NULL)
        *tuple_map_at(&named, text_pool_add(recordings->texts, word, length), 0, 0) = 1;
    for (size_t i = 0, at = 0; i < recordings->count && result == 0; i++, at++) {
        at = find_run(viewer, &recordings->items[i], at);
        if (at == viewer->run_count)
            break;
        buffer_clear(&uuid);
        result = named_runs_uuid(&uuid, viewer->runs[at].database->db, viewer->runs[at].run, error);
        known[i] = tuple_map_find(&named, text_pool_add_text(recordings->texts, buffer_text(&uuid)),
                                  0, 0) != 0;
    }
    if (named.failed)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    tuple_map_release(&named);
    buffer_release(&uuid);
    return result;
}

static int learn(struct viewer *viewer, const struct recordings *recordings,
                 const struct learn_options *options, double share, struct trail_error *error)
{
    struct left_out left_out;
    int result = left_out_init(&left_out, recordings, options, error);

    if (result == 0) {
        struct budget budget = budget_decide(&left_out, share);
        result = write_learned(viewer, recordings, options, &left_out, &budget, error);
        if (result == 0)
            say_how_good(&left_out, &budget);
    }
    left_out_release(&left_out);
    return result;
}

static int admit(struct viewer *viewer, struct recordings *recordings, const struct rules *own,
                 struct trail_error *error)
{
    struct accepted accepted = {viewer->options.repeated, viewer->options.repeated_count};
    bool *known;
    int result;

    if (own == NULL)
        return 0;
    known = calloc(recordings->count + 1, sizeof *known);
    result = known != NULL ? find_known(viewer, recordings, own, known, error)
                           : error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (result == 0)
        result = admit_runs(own, recordings, known, &accepted, viewer_say, error);
    free(known);
    return result;
}

static int baseline(struct viewer *viewer, const struct rules *own, double share,
                    struct trail_error *error)
{
    struct learn_options options = {viewer->options.given[OPTION_IDENTITY],
                                    viewer->options.given[OPTION_TIME], own, NULL};
    struct recordings *recordings = load_runs(viewer, LOAD_ALL, error);
    struct buffer runs = {0};
    int result;

    if (recordings == NULL)
        return -1;
    warn_of_runs(recordings);
    result = admit(viewer, recordings, own, error);
    if (result == 0)
        result = name_runs(viewer, recordings, &runs, error);
    options.preface = buffer_text(&runs);
    if (result == 0 && recordings->count == 0) {
        viewer_say("no run is left to learn from; the rules are as they were");
        result = 1;
    } else if (result == 0) {
        result = learn(viewer, recordings, &options, share, error);
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
    const char *update = viewer->options.argument[OPTION_UPDATE],
               *budget = viewer->options.argument[OPTION_BUDGET];
    double share = OWN_ERROR_BUDGET;
    struct rules own = {0};
    int result = -1;

    if (budget != NULL && share_parse(budget, &share) != 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "'%.60s' is no budget: a share in percent, such as 3%%", budget);
    if (update == NULL && viewer->options.given[OPTION_ACCEPT])
        return error_set(error, TRAIL_FAILED, 0,
                         "'--accept' belongs to '--update': there are no rules yet to violate");

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
        result = baseline(viewer, update != NULL ? &own : NULL, share, error);
    rules_release(&own);
    return result;
}

const struct command command_baseline = {
    .name = "baseline",
    .summary = "write down as rules, for 'check', what several good runs have in common",
    .arguments = "[RUN...]",
    .details =
        "Without a RUN: all runs of the file. An order is learned from five runs. Each run is also "
        "judged by rules learned from the others: that tells\n"
        "how many good runs will break these rules, and that is said, and written into the file. "
        "Kinds of rules that break too often are soft: in one\n"
        "run or two that is a notice, of three or more it must show in several ('trailview help "
        "check'). More runs make better rules.\n"
        "  require, allow   modules that all runs loaded, or some; 'forbid *' is the rest\n"
        "  order            what one thread asks for before what, without what follows; what comes "
        "since others import it is not in it\n"
        "  path             the folders that they came from, without what differs from machine to "
        "machine\n"
        "  cause            whose import a module is: one of all that import it\n"
        "  arguments        of each program, without what varies from run to run\n"
        "  environment      the program's variables; of those of which the value is kept, no "
        "others; always soft, since each shell has its own\n"
        "  identity         only with --identity, since every rebuild changes them: version and "
        "build of the program and its modules\n"
        "  limit            loads: a fifth more than was seen; modules that are loaded again, "
        "exceptions of a kind, threads, processes of a program:\n"
        "                   what was seen, and the spread more\n"
        "  limit time       only with --time: the longest that was seen and as much more as that "
        "is above the shortest; for medians closer\n"
        "--update learns from no run that violates the rules of the file, unless each such rule is "
        "accepted.\n"
        "A module's hand-written rules stay and count: what they say of it is not learned.\n",
    .options = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_UPDATE) | OPTION_BIT(OPTION_IDENTITY) |
               OPTION_BIT(OPTION_TIME) | OPTION_BIT(OPTION_QUIET_ONLY) | OPTION_BIT(OPTION_BUDGET) |
               OPTION_BIT(OPTION_ACCEPT),
    .flags = COMMAND_TAKES_RUNS | COMMAND_TAKES_ALL_RUNS,
    .run = run,
};
