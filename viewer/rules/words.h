/*
 * The words of one line of a rules file, and complaints that name the place. Belongs to the thread
 * that uses it.
 */
#ifndef TRAIL_RULES_WORDS_H
#define TRAIL_RULES_WORDS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

struct words {
    const char *name; /* of the file, for messages */
    unsigned line_number;
    const char *line, *at, *end; /* the line, the place in it, its end */
    /* for words: as long as what is left of the file and a NUL, since a word never grows */
    char *room;
    struct trail_error *error;
};

struct word {
    const char *text;  /* NUL-terminated, in the room */
    const char *start; /* in the line */
    bool is_quoted;
};

/* Says what is wrong at a place of the line, as "name:line:column: ...". Always returns -1. */
int words_complain(const struct words *words, const char *at, const char *format, ...)
    TRAIL_PRINTF(3, 4);

/*
 * Reads the next word. It ends at a blank; a bare one ends also before `stop`, which is a word by
 * itself ('<', ']' or '\0' for none). Returns 1, 0 at the end of the line or at a comment, or -1
 * having complained.
 */
int words_next(struct words *words, char stop, struct word *word);

/* Whether the word is this bare one. */
bool word_is(const struct word *word, const char *text);

/* Complains unless the line ends here. */
int words_end(struct words *words);

/*
 * Complains that `word` is none of `count` names ("unknown rule 'requre'; did you mean
 * 'require'?"). Always returns -1.
 */
int words_unknown(const struct words *words, const struct word *word, const char *what,
                  const char *const *names, size_t count);

#endif
