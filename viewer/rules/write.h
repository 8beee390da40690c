/* Pieces of a rules file as it is written. Pure functions. */
#ifndef TRAIL_RULES_WRITE_H
#define TRAIL_RULES_WRITE_H

#include "buffer.h"

#include <stdint.h>

/* {system}, {app}, ...: what a place begins with in rules. Ends with NULL. */
extern const char *const rule_placeholders[];

/* Adds a word of the language, in quotes where it needs them. */
void rule_write_word(struct buffer *out, const char *word);

/*
 * Adds the glob that matches just this text, as part of a word: characters that mean something in a
 * glob in brackets, also a { that begins no placeholder (what PLACE_ANY stands for is a *); those
 * that no rules file should hold (line breaks, what cannot be seen, bytes that are no UTF-8) as ?.
 */
void rule_write_glob(struct buffer *out, const char *text);

/*
 * Adds the glob for a module's key, as part of a word or as a word: what varies in it
 * (module_key.h) is {any}.
 */
void rule_write_key_glob(struct buffer *out, const char *key);
void rule_write_key(struct buffer *out, const char *key);

/* Adds the word whose glob matches just this text. */
void rule_write_name(struct buffer *out, const char *text);

/* Adds a limit of time: "450ms", "1.23s", "80us": three digits, rounded up. */
void rule_write_time(struct buffer *out, int64_t ns);

#endif
