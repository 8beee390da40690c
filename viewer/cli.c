/* See cli.h. */
#include "cli.h"

#include "command.h"
#include "formats.h"
#include "nearest.h"
#include "program.h"
#include "selector.h"

#include <stdlib.h>
#include <string.h>

enum { EXIT_TROUBLE = 2 };

#define COMMAND(name) extern const struct command command_##name;
#include "commands/commands.def"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "commands/commands.def"
#undef COMMAND
    NULL};

static int choose_color(struct viewer *viewer, struct trail_error *error)
{
    const char *when = viewer->options.argument[OPTION_COLOR], *no_color;

    if (when == NULL || strcmp(when, "auto") == 0) {
        no_color = program_environment("NO_COLOR");
        viewer->output.color =
            viewer->output.is_terminal && (no_color == NULL || *no_color == '\0');
    } else if (strcmp(when, "always") == 0) {
        viewer->output.color = true;
    } else if (strcmp(when, "never") != 0) {
        return error_set(error, TRAIL_FAILED, 0, "--color is auto, always or never, not '%s'",
                         when);
    }
    return 0;
}

/* The format of that name among the command's own, or NULL. */
static const char *find_own_format(const struct command *command, const char *name)
{
    for (size_t i = 0; command->formats != NULL && command->formats[i] != NULL; i++)
        if (strcmp(command->formats[i], name) == 0)
            return command->formats[i];
    return NULL;
}

/*
 * The command's own format that may have been meant, or NULL; puts them all into `list`, each with
 * a comma before it.
 */
static const char *nearest_own_format(const struct command *command, const char *name, char *list,
                                      size_t size)
{
    size_t count = 0;

    list[0] = '\0';
    for (; command->formats != NULL && command->formats[count] != NULL; count++)
        snprintf(list + strlen(list), size - strlen(list), ", %s", command->formats[count]);
    return count > 0 ? nearest_name(name, command->formats, count, sizeof command->formats[0])
                     : NULL;
}

static int bad_format(const struct viewer *viewer, const char *name, struct trail_error *error)
{
    char own[80];
    const char *nearest_own = nearest_own_format(viewer->command, name, own, sizeof own);
    const char *nearest = nearest_own != NULL ? nearest_own : formats_nearest(name);

    if (viewer->command->flags & COMMAND_OWN_FORMATS)
        return error_set(error, TRAIL_FAILED, 0, "'%s' has no format '%s'; there are %s",
                         viewer->command->name, name, own + 2);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (find_own_format(commands[i], name) != NULL)
            return error_set(error, TRAIL_FAILED, 0,
                             "'%s' has no format '%s', only '%s' has; there are %s",
                             viewer->command->name, name, commands[i]->name, formats_names());
    if (nearest != NULL)
        return error_set(error, TRAIL_FAILED, 0, "unknown format '%s'; did you mean '%s'?", name,
                         nearest);
    return error_set(error, TRAIL_FAILED, 0, "unknown format '%s'; there are %s%s", name,
                     formats_names(), own);
}

static int choose_output(struct viewer *viewer, struct trail_error *error)
{
    const char *name = viewer->options.argument[OPTION_FORMAT];

    viewer->output.stream = stdout;
    viewer->output.is_terminal = program_is_terminal(stdout);
    viewer->output.is_safe = viewer->options.given[OPTION_SAFE];
    viewer->output.width = viewer->output.is_terminal ? (size_t)program_terminal_width(stdout) : 0;
    viewer->own_format = name != NULL ? find_own_format(viewer->command, name) : NULL;
    viewer->output.format =
        name != NULL && viewer->own_format == NULL ? formats_find(name) : formats[0];
    if ((viewer->command->flags & COMMAND_OWN_FORMATS) && name == NULL)
        viewer->own_format = viewer->command->formats[0];
    if ((viewer->command->flags & COMMAND_OWN_FORMATS) && viewer->own_format == NULL)
        return bad_format(viewer, name, error);
    if (viewer->output.format == NULL)
        return bad_format(viewer, name, error);
    return choose_color(viewer, error);
}

static int choose_path(struct viewer *viewer, struct trail_error *error)
{
    const char *environment;

    if ((viewer->path = viewer->options.argument[OPTION_DATABASE]) != NULL)
        return 0;
    viewer->path = viewer_default_path;
    if ((environment = program_environment("TRAIL_DB")) == NULL || *environment == '\0')
        return 0;
    if ((viewer->environment_path = malloc(strlen(environment) + 1)) == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    viewer->path = strcpy(viewer->environment_path, environment);
    return 0;
}

/* Finds the command and checks what can be checked without a file. */
static int choose_command(struct viewer *viewer, struct trail_error *error)
{
    const struct options *options = &viewer->options;
    const char *name;

    viewer->arguments = options->positional + (options->positional_count > 0);
    viewer->argument_count = options->positional_count > 0 ? options->positional_count - 1 : 0;
    name = options->positional_count > 0 ? options->positional[0]
           : options->given[OPTION_HELP] ? "help"
                                         : "runs";
    viewer->command = command_find(commands, name, error);
    if (viewer->command == NULL && selector_names_run(name))
        error_set(error, TRAIL_FAILED, 0, "'%s' is no command; did you mean 'summary %s'?", name,
                  name);
    if (viewer->command == NULL || options_check(options, viewer->command->options | OPTIONS_COMMON,
                                                 viewer->command->name, error) != 0)
        return -1;
    if (options->given[OPTION_HELP] && strcmp(viewer->command->name, "help") != 0) {
        viewer->arguments = options->positional;
        viewer->argument_count = 1;
        viewer->command = command_find(commands, "help", error);
    }
    if (viewer->argument_count > 0 &&
        !(viewer->command->flags & (COMMAND_TAKES_RUNS | COMMAND_TAKES_ARGUMENTS)))
        return error_set(error, TRAIL_FAILED, 0, "'%s' takes no arguments, but there is '%s'",
                         viewer->command->name, viewer->arguments[0]);
    return 0;
}

static int open_what_is_needed(struct viewer *viewer, struct trail_error *error)
{
    unsigned flags = viewer->command->flags;

    if (flags & COMMAND_NEEDS_DATABASE)
        if ((viewer->database = viewer_open(viewer, viewer->path, error)) == NULL)
            return -1;
    for (int i = 0; (flags & COMMAND_TAKES_RUNS) && i < viewer->argument_count; i++)
        if (selector_add_runs(viewer, viewer->arguments[i], error) != 0)
            return -1;
    if (!(flags & COMMAND_TAKES_RUNS) || viewer->argument_count > 0)
        return 0;
    return flags & COMMAND_TAKES_ALL_RUNS ? selector_add_all_runs(viewer, error)
                                          : selector_add_runs(viewer, "last", error);
}

static int run_command(struct viewer *viewer, int argument_count, char **arguments,
                       struct trail_error *error)
{
    if (options_parse(argument_count, arguments, &viewer->options, error) != 0)
        return -1;
    if (viewer->options.given[OPTION_VERSION]) {
        printf("trailview %s (SQLite %s)\n", TRAIL_VERSION, sqlite3_libversion());
        return 0;
    }
    if (choose_path(viewer, error) != 0 || choose_command(viewer, error) != 0 ||
        choose_output(viewer, error) != 0)
        return -1;
    if (viewer->output.is_terminal && !viewer->options.given[OPTION_FOLLOW] &&
        !(viewer->command->flags & COMMAND_DRAWS))
        program_page();
    if (open_what_is_needed(viewer, error) != 0)
        return -1;
    viewer->output.title = viewer_title(viewer);
    return viewer->command->run(viewer, error);
}

int cli_main(int argument_count, char **arguments)
{
    struct viewer viewer = {.commands = commands};
    struct trail_error error = {TRAIL_OK, 0, ""};
    int result = run_command(&viewer, argument_count, arguments, &error);

    if ((fflush(stdout) != 0 || ferror(stdout)) && result >= 0)
        result = error_set(&error, TRAIL_FAILED, 0, "cannot write the output");
    if (result < 0 && viewer.options.given[OPTION_FOLLOW] && viewer.output.is_closed)
        result = 0; /* nobody reads on: that is how following is ended */
    if (result < 0)
        viewer_say(error.sentence);
    viewer_release(&viewer);
    return result < 0 ? EXIT_TROUBLE : result;
}
