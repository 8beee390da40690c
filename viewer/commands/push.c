/* trailview push: runs of this machine to a fleet's server. */
#include "command.h"
#include "fleet/address.h"
#include "fleet/layout.h"
#include "fleet/push/mirror.h"
#include "fleet/push/push.h"
#include "progress.h"
#include "selector.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "file", .style = STYLE_PATH},
    {.name = "run", .style = STYLE_COUNT},
    {.name = "uuid", .style = STYLE_PLAIN},
    {.name = "result", .style = STYLE_KIND},
};

struct pushing {
    struct viewer *viewer;
    struct progress progress;
    int64_t done;
};

static int print_run(void *context, const struct run_reference *run, const char *uuid,
                     enum push_result result, struct trail_error *error)
{
    static const char *const words[] = {[PUSH_DONE] = "pushed",
                                        [PUSH_WAS_THERE] = "was there",
                                        [PUSH_IS_RECORDED] = "is being recorded"};
    struct pushing *pushing = context;
    struct cell cells[] = {cell_text(run->database->path), cell_integer(run->run), cell_text(uuid),
                           cell_text(words[result])};

    progress_to(&pushing->progress, ++pushing->done);
    if (viewer_prints_table(pushing->viewer))
        progress_hide(&pushing->progress); /* a table of many rows is printed meanwhile */
    return output_row(&pushing->viewer->output, cells, error);
}

/* What of --with: "environment,strings", "all"; -1 and error if a word is none of them. */
static int parse_with(const char *with, unsigned *sent, struct trail_error *error)
{
    static const struct {
        const char *word;
        unsigned sent;
    } words[] = {{"environment", SENT_ENVIRONMENT},
                 {"arguments", SENT_ARGUMENTS},
                 {"strings", SENT_STRINGS},
                 {"all", SENT_ALL}};

    *sent = 0;
    while (with != NULL && *with != '\0') {
        size_t length = strcspn(with, ","), i = 0;
        while (i < 4 &&
               (strlen(words[i].word) != length || memcmp(words[i].word, with, length) != 0))
            i++;
        if (i == 4)
            return error_set(
                error, TRAIL_FAILED, 0,
                "--with takes environment, arguments, strings or all, apart by commas, "
                "not '%.*s'",
                (int)(length < 40 ? length : 40), with);
        *sent |= words[i].sent;
        with += length + (with[length] == ',');
    }
    return 0;
}

static int choose_runs(struct viewer *viewer, struct trail_error *error)
{
    for (int i = 1; i < viewer->argument_count; i++)
        if (selector_add_runs(viewer, viewer->arguments[i], error) != 0)
            return -1;
    return viewer->argument_count > 1 ? 0 : selector_add_all_runs(viewer, error);
}

static int push(struct viewer *viewer, struct server *server, unsigned sent,
                struct trail_error *error)
{
    struct pushing pushing = {.viewer = viewer};
    int result = output_begin(&viewer->output, columns, sizeof columns / sizeof *columns, error);

    progress_begin(&pushing.progress, "push", "runs", (int64_t)viewer->run_count);
    if (result == 0)
        result =
            push_runs(server, viewer->runs, viewer->run_count, sent, print_run, &pushing, error);
    progress_hide(&pushing.progress);
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    bool makes = viewer->options.given[OPTION_INIT];
    struct server *server;
    unsigned sent;
    int result;

    if (viewer->argument_count == 0 || !address_is_one(viewer->arguments[0]))
        return error_set(error, TRAIL_FAILED, 0,
                         "'push' takes a server and runs: 'push http://HOST:8123/DATABASE last'");
    if (parse_with(viewer->options.argument[OPTION_WITH], &sent, error) != 0 ||
        /* --init alone needs no file */
        ((!makes || viewer->argument_count > 1) && choose_runs(viewer, error) != 0) ||
        (server = server_open(viewer->arguments[0], error)) == NULL)
        return -1;
    result = makes ? layout_make(server, error) : layout_check(server, error);
    if (result == 0 && (!makes || viewer->run_count > 0))
        result = push(viewer, server, sent, error);
    server_close(server);
    return result;
}

const struct command command_push = {
    .name = "push",
    .summary = "bring runs to a ClickHouse server, once and whole",
    .arguments = "http[s]://HOST:PORT/DATABASE [RUN...]",
    .details =
        "Brings these runs (default: all of the file) there, and prints each. One that is there "
        "already, by its uuid, is left as it is; one that is\n"
        "still being recorded stays here. A run is there whole or not at all: a push that was "
        "broken off is just repeated. Values of environment\n"
        "variables, arguments and debug strings stay behind unless --with names them. User and "
        "password are $CLICKHOUSE_USER and\n"
        "$CLICKHOUSE_PASSWORD, or in ~/.netrc. --init makes database and tables first; without "
        "RUNs that is all.\n",
    .options = OPTION_BIT(OPTION_INIT) | OPTION_BIT(OPTION_WITH),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
