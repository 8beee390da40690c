/*
 * The event descriptor table: which kinds of event exist, which fields each keeps, and the words of
 * coded fields. Everything that must treat kinds alike - inserting, live printing, documentation
 * checks - walks this table. It is generated from event_kinds.def.
 *
 * All data here is constant and may be read by any thread.
 */
#ifndef TRAIL_EVENT_KINDS_H
#define TRAIL_EVENT_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
    EVENT_NONE = 0,
#define TRAIL_KIND(number, CONSTANT, name, table) EVENT_##CONSTANT = number,
#include "event_kinds.def"
    EVENT_KINDS /* one more than the highest kind */
};

enum field_type {
    FIELD_INT,
    FIELD_UINT,
    FIELD_BOOL,
    FIELD_ADDRESS,
    FIELD_LOCATION,
    FIELD_TEXT,
    FIELD_BLOB,
    FIELD_NUMBERS,
    FIELD_MODULE,
    FIELD_PROCESS,
    FIELD_LOAD,
    FIELD_VIA, /* from here on: coded */
    FIELD_LOAD_PHASE,
    FIELD_TIME_SOURCE,
    FIELD_ENCODING,
    FIELD_RIP_TYPE,
    FIELD_FAILED,
    FIELD_CAUSE, /* from here on: no field of an event */
    FIELD_IMPORT
};

/* Positions in the table of all fields; FIELD(KIND, name) is a field's position within its kind. */
enum field_position {
#define TRAIL_KIND(number, CONSTANT, name, table) \
    FIELDS_OF_##CONSTANT, FIELDS_BEFORE_##CONSTANT = FIELDS_OF_##CONSTANT - 1,
#define TRAIL_FIELD(CONSTANT, field, TYPE) CONSTANT##_##field,
#include "event_kinds.def"
    FIELDS_TOTAL
};
#define FIELD(CONSTANT, field) ((unsigned)(CONSTANT##_##field - FIELDS_OF_##CONSTANT))

enum {
#define TRAIL_CODE(TYPE, CONSTANT, number, word) CONSTANT = number,
#include "event_kinds.def"
};

struct field_descriptor {
    const char *name;
    enum field_type type;
};

struct kind_descriptor {
    enum event_kind kind;
    const char *name;  /* "LoadDll": the seed article's name */
    const char *table; /* its detail table, "" if it has none */
    const struct field_descriptor *fields;
    unsigned field_count;
};

/* The descriptor of a kind, or NULL if there is no such kind. */
const struct kind_descriptor *event_kind_descriptor(unsigned kind);

/* The kind of that name (case does not matter), or EVENT_NONE. */
enum event_kind event_kind_by_name(const char *name);

/*
 * The kind that people mean by "load", "unload", "exception", "output", "mark", "exit" (of a
 * process), "thread" or "process", or EVENT_NONE.
 */
enum event_kind event_kind_by_word(const char *word, size_t length);

/* The word of a coded value, or NULL if the type is not coded or the value unknown. */
const char *event_code_word(enum field_type type, uint64_t value);

/* The name of an exception code or a signal (exception_codes.def), or NULL. */
const char *event_code_name(uint32_t code, bool is_signal);

/* All of them; returns how many. */
struct code_name {
    uint32_t code;
    bool is_signal;
    const char *name;
};
size_t event_code_names(const struct code_name **names);

/*
 * An exit code for people: decimal, or 0x and eight digits with its name in brackets where it is an
 * NTSTATUS or its like.
 */
enum { EVENT_EXIT_CODE_CAPACITY = 96 };
void event_exit_code(uint32_t code, char text[EVENT_EXIT_CODE_CAPACITY]);

/* The coded value of a word. Returns 0 and fills *value, or -1 if the type has no such word. */
int event_code_value(enum field_type type, const char *word, uint64_t *value);

/*
 * The lower-case name under which a coded type's words stand in the table `code` ("via"); NULL for
 * other types.
 */
const char *event_code_domain(enum field_type type);

#endif
