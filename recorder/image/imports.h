/*
 * What an image asks the loader for, as one text: a line for each import, in the order of the
 * image. A text, since it is handed on and kept as part of an identity. Pure functions, any thread.
 */
#ifndef TRAIL_IMPORTS_H
#define TRAIL_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

/* With which a line begins: this, and the kind added. SQL makes such lines too (load_causes.c). */
enum { IMPORTS_FIRST_LETTER = 'a' };

/* One line of the list; the texts are within it and not NUL-terminated. */
struct import {
    unsigned kind; /* IMPORT_NEEDED, ... of event_kinds.def */
    const char *name;
    size_t name_length;
    /* IMPORT_VERSION: the symbol version; of an API set what stands for it; else empty */
    const char *version;
    size_t version_length;
};

/*
 * Adds an import, unless the list has it. The name comes from a file: what is no UTF-8 is escaped,
 * and a control character becomes '?'. What does not fit is left out, and the list then ends with
 * an import of kind IMPORT_MORE. `version` may be NULL.
 */
void imports_add(char *list, size_t capacity, unsigned kind, const char *name, const char *version);

/* The next import after *at, which begins as the list and is moved on. False at the end. */
bool imports_next(const char **at, struct import *import);

#endif
