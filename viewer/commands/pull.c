/* trailview pull: runs of a fleet as a trail file. */
#include "command.h"
#include "db.h"
#include "fleet/pull/pull.h"

#include <stdio.h>

static const struct column columns[] = {
    {.name = "uuid"},
    {.name = "run", .style = STYLE_COUNT},
    {.name = "result", .style = STYLE_KIND},
    {.name = "left_behind", .flags = COLUMN_HIDE_EMPTY, .title = "left behind"},
};

struct pulling {
    struct viewer *viewer;
    size_t runs, lacking, broken;
    unsigned left; /* what any run lacks */
};

/* What is not there: the bits of `sent` over there, in words. */
static const char *words_of(unsigned left)
{
    static const char *const words[] = {
        "",        "environment",          "arguments",          "environment, arguments",
        "strings", "environment, strings", "arguments, strings", "environment, arguments, strings"};

    return words[left & 7];
}

static int print_run(void *context, const struct pulled_run *run, struct trail_error *error)
{
    static const char *const results[] = {"pulled", "was there", "not whole"};
    struct pulling *pulling = context;
    unsigned left = run->result == PULL_NEW ? ~run->sent & 7 : 0;

    pulling->runs++;
    pulling->broken += run->result == PULL_NOT_WHOLE;
    pulling->lacking += left != 0;
    pulling->left |= left;
    return output_row(&pulling->viewer->output,
                      (struct cell[]){cell_text(run->uuid), cell_if(run->run != 0, run->run),
                                      cell_text(results[run->result]), cell_text(words_of(left))},
                      error);
}

static void conclude(const struct pulling *pulling)
{
    char sentence[200];

    if (pulling->runs == 0)
        viewer_say("there is no such run over there");
    if (pulling->lacking > 0) {
        snprintf(sentence, sizeof sentence,
                 "%zu run%s came without what push left behind (%s); see push --with",
                 pulling->lacking, pulling->lacking == 1 ? "" : "s", words_of(pulling->left));
        viewer_say(sentence);
    }
    if (pulling->broken > 0) {
        snprintf(sentence, sizeof sentence,
                 "%zu run%s not whole over there, and left out; push them again", pulling->broken,
                 pulling->broken == 1 ? " is" : "s are");
        viewer_say(sentence);
    }
}

static int pull(struct pulling *pulling, struct selection *selection, struct trail_error *error)
{
    struct viewer *viewer = pulling->viewer;
    struct server *server = NULL;
    sqlite3 *to = NULL;
    int result = -1;

    /* the server first: a file is made only if there is one */
    if (selection_read(selection, viewer, 1, error) == 0 &&
        (server = server_open(viewer->arguments[0], error)) != NULL &&
        db_open_for_recording(viewer->options.argument[OPTION_OUTPUT], &to, error) == 0) {
        result = output_begin(&viewer->output, columns, sizeof columns / sizeof *columns, error);
        if (result == 0)
            result = pull_runs(server, selection, to, print_run, pulling, error);
        if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
            result = -1;
    }
    db_close(to);
    server_close(server);
    return result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct pulling pulling = {.viewer = viewer};
    struct selection selection = {0};
    int result;

    if (viewer->argument_count == 0 || viewer->options.argument[OPTION_OUTPUT] == NULL)
        return error_set(error, TRAIL_FAILED, 0,
                         "'pull' takes a server, runs over there, and the file to bring them to: "
                         "'pull http://HOST:8123/DB @build=100 -o FILE'");
    result = pull(&pulling, &selection, error);
    if (result == 0)
        conclude(&pulling);
    selection_release(&selection);
    return result;
}

const struct command command_pull = {
    .name = "pull",
    .summary = "runs of a fleet as a trail file",
    .arguments = "http://HOST:8123/DB [@key=value...] -o FILE",
    .details = "Brings all runs that were pushed there (trailview push), or those that are named: "
               "all with a label, @build=100, or one by its uuid.\n"
               "FILE is made if it is not there. A run that it has already, by its uuid, stays as "
               "it is: pulling again adds what is new. Each run\n"
               "comes as a whole or not at all, also where the pull is killed. What push left "
               "behind is not there: environment values, arguments,\n"
               "debug strings, unless they were pushed with --with. User and password are "
               "$CLICKHOUSE_USER and $CLICKHOUSE_PASSWORD, else those\n"
               "of ~/.netrc.\n",
    .options = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_SINCE) | OPTION_BIT(OPTION_PROGRAM),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
