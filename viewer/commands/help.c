/* trailview help: the list of commands, or one command and its options. */
#include "command.h"

static void print_option(enum option_id id)
{
    const struct option_description *option = options_description(id);
    char letter[4] = "   ", name[40];

    if (option->letter != '\0')
        snprintf(letter, sizeof letter, "-%c,", option->letter);
    snprintf(name, sizeof name, "--%s%s%s", option->name, option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
    printf("  %s %-22s  %s\n", letter, name, option->help);
}

static void print_options(unsigned options)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options & OPTION_BIT(i))
            print_option((enum option_id)i);
}

static void print_overview(const struct viewer *viewer)
{
    printf("usage: trailview [-d FILE] [COMMAND] [OPTION...] [RUN...]\n\n"
           "Shows what trailrec recorded.\n\ncommands:\n");
    for (size_t i = 0; viewer->commands[i] != NULL; i++)
        printf("  %-11s %s\n", viewer->commands[i]->name, viewer->commands[i]->summary);
    printf("\nRUN is a number, last, last~N (N before the last), @key=value (all runs so "
           "labelled), FILE:RUN, or a FILE, which means\n"
           "its last run. Without a RUN, a command takes the last one.\n\noptions of every "
           "command:\n");
    print_options(OPTIONS_COMMON);
    printf("\n'trailview help COMMAND' lists a command's own options. Exit status: 0 yes or done, "
           "1 no, 2 trouble.\n");
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const struct command *command;

    if (viewer->argument_count == 0) {
        print_overview(viewer);
        return 0;
    }
    if ((command = command_find(viewer->commands, viewer->arguments[0], error)) == NULL)
        return -1;
    printf("usage: trailview %s [OPTION...]%s%s\n\n%s\n", command->name,
           command->arguments[0] != '\0' ? " " : "", command->arguments, command->summary);
    if (command->details[0] != '\0')
        printf("\n%s", command->details);
    printf("\noptions:\n");
    print_options(command->options | OPTIONS_COMMON);
    return 0;
}

const struct command command_help = {
    .name = "help",
    .summary = "explain trailview, or one command",
    .arguments = "[COMMAND]",
    .details = "",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
