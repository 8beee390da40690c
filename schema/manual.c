/* See manual.h. Help, and the manual page in the macros of man(7). */
#include "manual.h"

#include "completion.h"
#include "manual_blocks.h"
#include "program.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 79, OPTION_COLUMN = 29 };

const char *const manual_forms[] = {"man", "bash", "zsh", "fish", NULL};

/* Prints words from `column` on; where a line is full, the next begins below `hang`. */
static void wrap(const char *at, const char *end, size_t column, size_t hang)
{
    const char *word;
    size_t length;
    bool begins = true;

    while ((length = manual_next_word(&at, end, &word)) > 0) {
        if (!begins && column + 1 + length > WIDTH) {
            printf("\n%*s", (int)hang, "");
            column = hang;
            begins = true;
        }
        printf("%s%.*s", begins ? "" : " ", (int)length, word);
        column += length + !begins;
        begins = false;
    }
    printf("\n");
}

void manual_print_item(const char *term, const char *meaning, size_t column)
{
    size_t used = 2 + strlen(term);

    printf("  %s", term);
    if (used + 2 > column) {
        printf("\n");
        used = 0;
    }
    printf("%*s", (int)(column - used), "");
    wrap(meaning, meaning + strlen(meaning), column, column);
}

void manual_print_text(const char *text)
{
    struct manual_block block;

    while (manual_next_block(&text, &block)) {
        if (block.follows_gap)
            printf("\n");
        if (block.term != NULL)
            printf("  %-*.*s", (int)block.column - 2, (int)block.term_length, block.term);
        wrap(block.start, block.end, block.column, block.column);
    }
}

static const char *before_argument(const struct manual_option *option)
{
    return option->argument == NULL || option->argument[0] == '[' ? "" : " ";
}

struct manual_option manual_own_format(const struct manual_option *option, const char *formats,
                                       char *help, size_t size)
{
    struct manual_option own = *option;

    snprintf(help, size, "one of %s; default: the first", formats);
    own.help = help;
    return own;
}

void manual_print_option(const struct manual_option *option)
{
    char letter[5] = "    ", term[80];

    if (option->letter != '\0')
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(term, sizeof term, "%s--%s%s%s", letter, option->name, before_argument(option),
             option->argument != NULL ? option->argument : "");
    manual_print_item(term, option->help, OPTION_COLUMN);
}

/* Text for troff: a backslash and a dash say what they are, and no line begins with a request. */
static void put_roff(const char *text, size_t length)
{
    if (length > 0 && (*text == '.' || *text == '\''))
        printf("\\&");
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\')
            printf("\\e");
        else if (text[i] == '-')
            printf("\\-");
        else
            putchar(text[i]);
    }
}

/* A line for each few words, so that nothing of a page is a long line. */
static void put_paragraph(const char *at, const char *end)
{
    const char *word;
    size_t length, used = 0;

    while ((length = manual_next_word(&at, end, &word)) > 0) {
        if (used > 0)
            putchar(used + length > WIDTH - 10 ? '\n' : ' ');
        used = used + length > WIDTH - 10 ? length : used + length + 1;
        put_roff(word, length);
    }
    printf("\n");
}

/* `paragraph` begins the first one, if it is not NULL: a heading needs no more. */
static void put_text(const char *text, const char *paragraph)
{
    struct manual_block block;

    while (manual_next_block(&text, &block)) {
        if (block.term != NULL || paragraph != NULL)
            printf("%s\n", block.term != NULL ? ".TP" : paragraph);
        if (block.term != NULL) {
            put_roff(block.term, block.term_length);
            printf("\n");
        }
        put_paragraph(block.start, block.end);
        paragraph = ".PP";
    }
}

static void put_option(const struct manual_option *option)
{
    printf(".TP\n.B ");
    if (option->letter != '\0')
        printf("\\-%c, ", option->letter);
    printf("\\-\\-");
    put_roff(option->name, strlen(option->name));
    if (option->argument != NULL) {
        printf("\\fR%s\\fI", before_argument(option));
        put_roff(option->argument, strlen(option->argument));
        printf("\\fR");
    }
    printf("\n");
    put_paragraph(option->help, option->help + strlen(option->help));
}

static void put_options(const struct manual *manual, uint64_t bits)
{
    for (size_t i = 0; i < manual->option_count; i++)
        if (manual->commands == NULL || (bits & UINT64_C(1) << i))
            put_option(&manual->options[i]);
}

static void put_command(const struct manual *manual, const struct manual_command *command)
{
    printf(".SS ");
    put_roff(command->name, strlen(command->name));
    printf(" ");
    put_roff(command->arguments, strlen(command->arguments));
    printf("\n");
    put_paragraph(command->summary, command->summary + strlen(command->summary));
    put_text(command->details, ".PP");
    for (size_t i = 0; command->formats != NULL && i < manual->option_count; i++) {
        const struct manual_option *option = &manual->options[i];
        char help[200];
        if (option->argument != NULL && strcmp(option->argument, "FORMAT") == 0) {
            struct manual_option own =
                manual_own_format(option, command->formats, help, sizeof help);
            put_option(&own);
        }
    }
    put_options(manual, command->options);
}

static void put_usage(const char *usage)
{
    while (*usage != '\0') {
        size_t length = strcspn(usage, "\n");
        put_roff(usage, length);
        usage += length + (usage[length] != '\0');
        printf(*usage != '\0' ? "\n.br\n" : "\n");
    }
}

static void put_page(const struct manual *manual)
{
    const char *other = manual->commands != NULL ? "trailrec" : "trailview";

    printf(".TH %s 1 " TRAIL_DATE " \"trail " TRAIL_VERSION "\"\n.SH NAME\n%s \\- %s\n"
           ".SH SYNOPSIS\n.nf\n.ad l\n",
           manual->program, manual->program, manual->summary);
    put_usage(manual->usage);
    printf(".fi\n.SH DESCRIPTION\n");
    put_text(manual->details, NULL);
    printf(".SH OPTIONS\n");
    put_options(manual, manual->common_options);
    if (manual->commands != NULL)
        printf(".SH COMMANDS\n");
    for (size_t i = 0; i < manual->command_count; i++)
        put_command(manual, &manual->commands[i]);
    printf(".SH EXIT STATUS\n");
    put_text(manual->after, NULL);
    printf(".SH SEE ALSO\n.BR %s (1),\n.BR trail (5)\n", other);
}

bool manual_print(const struct manual *manual, const char *form)
{
    if (strcmp(form, "man") != 0)
        return completion_print(manual, form);
    put_page(manual);
    return true;
}
