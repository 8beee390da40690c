/*
 * What both programs say of themselves - help, manual page, completion of the shells - out of one
 * table each. Main thread; prints on stdout.
 *
 * A text is made of paragraphs and, where a line begins with two blanks, of items: a term, two
 * blanks or more, what it means. Further lines go on with the one before; an empty line ends it.
 */
#ifndef TRAIL_MANUAL_H
#define TRAIL_MANUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct manual_option {
    const char *name;     /* without the dashes */
    char letter;          /* '\0' if it has none */
    const char *argument; /* what the help calls its argument; NULL: takes none; "[...]": may */
    const char *help;
};

struct manual_command {
    const char *name, *arguments, *summary, *details;
    const char *formats; /* words: what its argument of FORMAT may be, if not the common ones */
    uint64_t options;    /* bits: which of the manual's options it takes, besides the common ones */
};

/* What an argument of that name may be, with blanks between: for completion. */
struct manual_words {
    const char *argument, *words;
};

struct manual {
    const char *program, *summary;
    const char *usage;           /* lines */
    const char *details, *after; /* texts before and after the options */
    const struct manual_option *options;
    size_t option_count;
    uint64_t common_options;               /* bits; without commands all are */
    const struct manual_command *commands; /* NULL: none */
    size_t command_count;
    const struct manual_words *words; /* FILE, DIR and RUN are known without it */
    size_t word_count;
};

/* The option of FORMAT as it is for a command with formats of its own. */
struct manual_option manual_own_format(const struct manual_option *option, const char *formats,
                                       char *help, size_t size);

/* At most 80 columns wide. */
void manual_print_text(const char *text);
void manual_print_item(const char *term, const char *meaning, size_t column);
void manual_print_option(const struct manual_option *option);

/* The forms other than help: "man", "bash", "zsh" and "fish"; ends with NULL. */
extern const char *const manual_forms[];

/* Prints the form of that name; false if there is none. */
bool manual_print(const struct manual *manual, const char *form);

#endif
