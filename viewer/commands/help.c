/* trailview help: the list of commands, one command and its options, or another form of both. */
#include "command.h"
#include "event_kinds.h"
#include "formats.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_COLUMN = 14 };

static const char usage[] = "trailview [-d FILE] [COMMAND] [OPTION...] [RUN...]";
static const char details[] =
    "RUN is a number, last, last~N (N before the last), @key=value (all runs so labelled), "
    "FILE:RUN, or a FILE, which means its last run. Without a RUN, a command takes the last "
    "one.\n";
static const char after[] =
    "'trailview help COMMAND' lists a command's own options. Exit status: 0 yes or done, 1 no, 2 "
    "trouble.\n";

static void print_options(uint64_t options)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options & OPTION_BIT(i))
            manual_print_option(&options_list[i]);
}

static void print_overview(const struct viewer *viewer)
{
    printf("usage: %s\n\nShows what trailrec recorded.\n\ncommands:\n", usage);
    for (size_t i = 0; viewer->commands[i] != NULL; i++)
        manual_print_item(viewer->commands[i]->name, viewer->commands[i]->summary, NAME_COLUMN);
    printf("\n");
    manual_print_text(details);
    printf("\noptions of every command:\n");
    print_options(OPTIONS_COMMON);
    printf("\n");
    manual_print_text(after);
}

/* Words with blanks between, for completion. */
static void add_word(struct buffer *words, const char *word)
{
    buffer_add_text(words, words->length > 0 ? " " : "");
    buffer_add_text(words, word);
}

static int print_form(const struct viewer *viewer, struct trail_error *error)
{
    struct buffer format_words = {0}, kinds = {0};
    struct manual_command *commands;
    struct manual manual = {
        .program = "trailview",
        .summary = "query and compare what trailrec recorded",
        .usage = usage,
        .details = details,
        .after = after,
        .options = options_list,
        .option_count = OPTIONS,
        .common_options = OPTIONS_COMMON,
    };

    for (size_t i = 0; formats[i] != NULL; i++)
        add_word(&format_words, formats[i]->name);
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++)
        if (event_kind_descriptor(kind) != NULL)
            add_word(&kinds, event_kind_descriptor(kind)->name);
    const struct manual_words words[] = {{"FORMAT", buffer_text(&format_words)},
                                         {"KIND[,KIND]", buffer_text(&kinds)},
                                         {"WHEN", "auto always never"}};
    while (viewer->commands[manual.command_count] != NULL)
        manual.command_count++;
    if ((commands = calloc(manual.command_count, sizeof *commands)) != NULL) {
        for (size_t i = 0; i < manual.command_count; i++) {
            const struct command *command = viewer->commands[i];
            commands[i] =
                (struct manual_command){command->name, command->arguments, command->summary,
                                        command->details, command->options};
        }
        manual.commands = commands;
        manual.words = words;
        manual.word_count = sizeof words / sizeof words[0];
        manual_print(&manual, viewer->own_format);
    }
    free(commands);
    buffer_release(&format_words);
    buffer_release(&kinds);
    return commands != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const struct command *command;

    if (viewer->own_format != NULL)
        return print_form(viewer, error);
    if (viewer->argument_count == 0) {
        print_overview(viewer);
        return 0;
    }
    if ((command = command_find(viewer->commands, viewer->arguments[0], error)) == NULL)
        return -1;
    printf("usage: trailview %s [OPTION...]%s%s\n\n", command->name,
           command->arguments[0] != '\0' ? " " : "", command->arguments);
    manual_print_text(command->summary);
    if (command->details[0] != '\0')
        printf("\n");
    manual_print_text(command->details);
    printf("\noptions:\n");
    print_options(command->options | OPTIONS_COMMON);
    return 0;
}

const struct command command_help = {
    .name = "help",
    .summary = "explain trailview, or one command",
    .arguments = "[COMMAND]",
    .details = "--format man prints a manual page of all commands, --format bash, zsh or fish the "
               "completion for that shell.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .formats = manual_forms,
    .run = run,
};
