/*
 * Names that programs make up anew for each run, known by their shape: a help where there is only
 * one run to learn from. Pure functions.
 */
#ifndef TRAIL_SHAPES_H
#define TRAIL_SHAPES_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

static inline bool shape_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool shape_is_hex(char c)
{
    return shape_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool shape_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of the UUID that the text begins with, 0 if it does with none. */
size_t shape_uuid(const char *text, size_t length);

/*
 * The length of the hash that the text begins with and that ends where a word does: at least so
 * many hexadecimal digits, letters and decimal ones among them. 0 if there is none.
 */
size_t shape_hash(const char *text, size_t length, size_t at_least);

/*
 * Where the random part of a whole name stands that a known tool made: tmpx3k_9abc (Python),
 * build.Xa3k9Q (mkdtemp), _MEI81234 (PyInstaller), nsx1A2B.tmp (NSIS), is-4QK2P.tmp (Inno Setup).
 * Returns its length and sets where it begins; 0 if the name is none of these.
 */
size_t shape_made_name(const char *name, size_t length, size_t *start);

/* Adds a text with {uuid} for each UUID in it. */
void shape_add_without_uuids(struct buffer *out, const char *text, size_t length);

/*
 * Adds a name, or a part of one, with {n} for what varies from run to run: what a tool made, a hash
 * that is a word of its own, a number of six digits or more.
 */
void shape_add_varying(struct buffer *out, const char *text, size_t length);

/* Whether a text of letters and digits looks as if chance had made it, not a person. */
bool shape_is_random(const char *text, size_t length);

#endif
