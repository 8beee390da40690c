/* trailview fleet: a question to all runs of a fleet at once. */
#include "command.h"
#include "fleet/ask/questions.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "question", .style = STYLE_TITLE},
    {.name = "answer", .style = STYLE_WORDS},
};

/* What can be asked. */
static int list(struct output *output, struct trail_error *error)
{
    int result = output_begin(output, columns, sizeof columns / sizeof *columns, error);

    for (const struct question *question = questions; question->name != NULL && result == 0;
         question++)
        result = output_row(
            output, (struct cell[]){cell_text(question->name), cell_text(question->summary)},
            error);
    return output_end(output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int ask(struct asking *asking, const struct question *question, struct trail_error *error)
{
    struct viewer *viewer = asking->viewer;
    const char *of = viewer->options.argument[OPTION_OF];
    int first = 2;

    if (of != NULL && strcmp(of, "module") == 0) {
        if (viewer->argument_count < 3)
            return error_set(error, TRAIL_FAILED, 0, "'--of module' needs the module's name");
        asking->module = viewer->arguments[first++];
    }
    if (selection_read(&asking->selection, viewer, first, error) != 0)
        return -1;
    viewer->options.argument[OPTION_BY] = asking->selection.by;
    asking->server = server_open(viewer->arguments[1], error);
    return asking->server != NULL ? question->print(asking, question, error) : -1;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct asking asking = {.viewer = viewer};
    const struct question *question;
    int result = -1;

    if (viewer->argument_count == 0)
        return list(&viewer->output, error);
    if ((question = questions_find(viewer->arguments[0], error)) == NULL)
        return -1;
    if (viewer->argument_count == 1)
        return error_set(error, TRAIL_FAILED, 0,
                         "'fleet %s' needs the server: 'trailview fleet %s http://HOST:8123/DB'",
                         question->name, question->name);
    result = ask(&asking, question, error);
    if (result == 0 && viewer->output.row_count == 0)
        viewer_say("there is nothing like that over there");
    server_close(asking.server);
    selection_release(&asking.selection);
    return result;
}

const struct command command_fleet = {
    .name = "fleet",
    .summary = "a question to all runs of a fleet at once: presence, spans, gaps, novelty, ...",
    .arguments = "[QUESTION http://HOST:8123/DB [@key=value...]]",
    .details =
        "Without a question, lists what can be asked; QUESTION is one of\n"
#define QUESTION(name, blanks, print, summary, ...) "  " #name blanks "  " summary "\n"
#include "fleet/ask/questions.def"
#undef QUESTION
        "The runs are those that were pushed (trailview push), or those that are named: all with a "
        "label, @build=100, or one by its uuid.\n"
        "Builds are the values of the label --by (default: build), in the order in which they were "
        "first recorded; runs without it are left\n"
        "out. The numbers are those that stats, history and loads --failed give for the same runs "
        "in one file, but that modules whose names\n"
        "vary from run to run are not recognized over there.\n",
    .options = OPTION_BIT(OPTION_BY) | OPTION_BIT(OPTION_OF) | OPTION_BIT(OPTION_SINCE) |
               OPTION_BIT(OPTION_PROGRAM) | OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_THRESHOLD) |
               OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
