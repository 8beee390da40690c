/* trailview help: the list of commands, one command and its options, or another form of both. */
#include "command.h"
#include "event_kinds.h"
#include "export/views.h"
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

/* Words with blanks between, for completion. */
static void add_word(struct buffer *words, const char *word)
{
    buffer_add_text(words, words->length > 0 ? " " : "");
    buffer_add_text(words, word);
}

static void add_formats(struct buffer *words)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        add_word(words, formats[i]->name);
}

/* Words: the formats of a command that has some of its own; nothing if it has not. */
static void add_own_formats(struct buffer *words, const struct command *command)
{
    if (command->formats != NULL && !(command->flags & COMMAND_OWN_FORMATS))
        add_formats(words);
    for (size_t i = 0; command->formats != NULL && command->formats[i] != NULL; i++)
        add_word(words, command->formats[i]);
}

static void print_options(uint64_t options, const char *own_formats)
{
    char help[200];

    for (int i = 0; i < OPTIONS; i++) {
        struct manual_option option = options_list[i];
        if (!(options & OPTION_BIT(i)))
            continue;
        if (i == OPTION_FORMAT && *own_formats != '\0')
            option = manual_own_format(&option, own_formats, help, sizeof help);
        manual_print_option(&option);
    }
}

static void print_overview(const struct viewer *viewer)
{
    printf("usage: %s\n\nShows what trailrec recorded.\n\ncommands:\n", usage);
    for (size_t i = 0; viewer->commands[i] != NULL; i++)
        manual_print_item(viewer->commands[i]->name, viewer->commands[i]->summary, NAME_COLUMN);
    printf("\n");
    manual_print_text(details);
    printf("\noptions of every command:\n");
    print_options(OPTIONS_COMMON, "");
    printf("\n");
    manual_print_text(after);
}

/* The commands as the manual has them; `own` has room for the formats of each. */
static void fill_commands(const struct viewer *viewer, struct manual_command *commands,
                          struct buffer *own, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct command *command = viewer->commands[i];
        add_own_formats(&own[i], command);
        commands[i] = (struct manual_command){command->name,
                                              command->arguments,
                                              command->summary,
                                              command->details,
                                              own[i].length > 0 ? buffer_text(&own[i]) : NULL,
                                              command->options};
    }
}

static int print_form(const struct viewer *viewer, struct trail_error *error)
{
    struct buffer format_words = {0}, kinds = {0}, views = {0}, *own;
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

    add_formats(&format_words);
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++)
        if (event_kind_descriptor(kind) != NULL)
            add_word(&kinds, event_kind_descriptor(kind)->name);
    for (size_t i = 0; views_list[i].name != NULL; i++)
        add_word(&views, views_list[i].name);
    const struct manual_words words[] = {{"FORMAT", buffer_text(&format_words)},
                                         {"KIND[,KIND]", buffer_text(&kinds)},
                                         {"VIEW", buffer_text(&views)},
                                         {"WHEN", "auto always never"}};
    while (viewer->commands[manual.command_count] != NULL)
        manual.command_count++;
    commands = calloc(manual.command_count, sizeof *commands);
    own = calloc(manual.command_count, sizeof *own);
    if (commands != NULL && own != NULL) {
        fill_commands(viewer, commands, own, manual.command_count);
        manual.commands = commands;
        manual.words = words;
        manual.word_count = sizeof words / sizeof words[0];
        manual_print(&manual, viewer->own_format);
    }
    for (size_t i = 0; own != NULL && i < manual.command_count; i++)
        buffer_release(&own[i]);
    free(own);
    free(commands);
    buffer_release(&format_words);
    buffer_release(&kinds);
    buffer_release(&views);
    return manual.commands != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const struct command *command;
    struct buffer own = {0};

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
    add_own_formats(&own, command);
    print_options(command->options | OPTIONS_COMMON, buffer_text(&own));
    buffer_release(&own);
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
