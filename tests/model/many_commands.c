/*
 * Runs commands of trailview one after the other in one process, on a file that is opened once, as
 * thousands of them for a measurement need it.
 *
 *     many_commands FILE
 *
 * A line of stdin is a command: its words, apart by tabs (baseline, check, diff, verify). Behind
 * what it prints comes a line of \x1e and the exit status.
 */
#include "command.h"
#include "formats.h"
#include "program.h"
#include "selector.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1 << 16, WORDS_AT_MOST = 1 << 12, EXIT_TROUBLE = 2 };

extern const struct command command_baseline, command_check, command_diff, command_verify;

static const struct command *const commands[] = {&command_baseline, &command_check, &command_diff,
                                                 &command_verify, NULL};

/* Of what a command before this one set, only the open file stays. */
static int prepare(struct viewer *viewer, int count, char **words, struct trail_error *error)
{
    const char *format;

    viewer->run_count = 0;
    viewer->own_format = NULL;
    optind = 0; /* getopt begins anew */
    if (options_parse(count, words, &viewer->options, error) != 0 ||
        (viewer->command = command_find(commands, viewer->options.positional[0], error)) == NULL)
        return -1;
    viewer->arguments = viewer->options.positional + 1;
    viewer->argument_count = viewer->options.positional_count - 1;
    format = viewer->options.argument[OPTION_FORMAT];
    viewer->output.format = format != NULL ? formats_find(format) : formats[0];
    viewer->output.stream = stdout;
    if (viewer->output.format == NULL)
        return error_set(error, TRAIL_FAILED, 0, "no format '%s'", format);
    for (int i = 0; (viewer->command->flags & COMMAND_TAKES_RUNS) && i < viewer->argument_count;
         i++)
        if (selector_add_runs(viewer, viewer->arguments[i], error) != 0)
            return -1;
    return 0;
}

static void run(struct viewer *viewer, char *line)
{
    static char *words[WORDS_AT_MOST + 1];
    struct trail_error error = {TRAIL_OK, 0, ""};
    int count = 1, result;

    words[0] = (char *)"trailview";
    for (char *word = strtok(line, "\t\n"); word != NULL && count < WORDS_AT_MOST;
         word = strtok(NULL, "\t\n"))
        words[count++] = word;
    words[count] = NULL;
    if (count == 1)
        return;
    result = prepare(viewer, count, words, &error);
    if (result == 0)
        result = viewer->command->run(viewer, &error);
    if (result < 0)
        viewer_say(error.sentence);
    printf("\n\x1e%d\n", result < 0 ? EXIT_TROUBLE : result);
    fflush(stdout);
}

int program_main(int count, char **arguments)
{
    static char line[LINE_BYTES];
    struct viewer viewer = {.commands = commands};
    struct trail_error error;

    if (count == 2)
        viewer.database = viewer_open(&viewer, viewer.path = arguments[1], &error);
    if (viewer.database == NULL) {
        viewer_say(count == 2 ? error.sentence : "many_commands FILE");
        return EXIT_TROUBLE;
    }
    while (fgets(line, sizeof line, stdin) != NULL)
        run(&viewer, line);
    viewer_release(&viewer);
    return 0;
}
