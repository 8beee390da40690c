/* See detail.h. */
#include "detail.h"

#include "bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Windows gives up to EXCEPTION_MAXIMUM_PARAMETERS, 15; a chain of nested records is cut */
    NUMBERS_MAX = 32,
    NUMBER_CHARACTERS = 24
};
#define LARGEST_EXACT (UINT64_C(1) << 53)

enum { FIRST_FIELD_COLUMN = 3 };

struct detail {
    sqlite3 *db;
    struct bulk *rows[EVENT_KINDS];             /* NULL before the first of its kind */
    unsigned time_source_column, behind_fields; /* of event_load_dll */
};

/* Of event_load_dll: what the fields do not tell stands behind them. */
enum behind_fields { END_SEQ, MAPPED_T_NS, REQUEST_SEQ, CAUSE, BY_SEQ };
static const char columns_behind_fields[] = ", end_seq, mapped_t_ns, request_seq, cause, by_seq";

/* The columns that a field of the type has, by what follows the field's name; NULL-terminated. */
static const char *const *columns_of(enum field_type type)
{
    static const char *const plain[] = {"", NULL};
    static const char *const id[] = {"_id", NULL};
    static const char *const load[] = {"_seq", NULL};
    static const char *const location[] = {"", "_module_id", "_offset", NULL};

    switch (type) {
    case FIELD_MODULE:
    case FIELD_PROCESS:
        return id;
    case FIELD_LOAD:
        return load;
    case FIELD_LOCATION:
        return location;
    default:
        return plain;
    }
}

static unsigned column_count(enum field_type type)
{
    unsigned count = 0;

    while (columns_of(type)[count] != NULL)
        count++;
    return count;
}

static struct bulk *new_bulk(struct detail *detail, const struct kind_descriptor *kind,
                             bool is_load, struct trail_error *error)
{
    sqlite3_str *columns = sqlite3_str_new(detail->db);
    struct bulk *bulk = NULL;
    char *text;

    sqlite3_str_appendall(columns, "run_id, seq");
    for (unsigned i = 0; i < kind->field_count; i++)
        for (const char *const *column = columns_of(kind->fields[i].type); *column != NULL;
             column++)
            sqlite3_str_appendf(columns, ", %s%s", kind->fields[i].name, *column);
    if (is_load)
        sqlite3_str_appendall(columns, columns_behind_fields);
    text = sqlite3_str_finish(columns);
    if (text != NULL)
        bulk = bulk_new(detail->db, kind->table, text, error);
    else
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_free(text);
    return bulk;
}

/* The first column of a field; with the number of fields, the one behind all of them. */
static unsigned column_of(const struct kind_descriptor *kind, unsigned field)
{
    unsigned column = FIRST_FIELD_COLUMN;

    for (unsigned i = 0; i < field; i++)
        column += column_count(kind->fields[i].type);
    return column;
}

struct detail *detail_new(sqlite3 *db, struct trail_error *error)
{
    const struct kind_descriptor *load = event_kind_descriptor(EVENT_LOAD_DLL);
    struct detail *detail = calloc(1, sizeof *detail);

    if (detail == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    detail->db = db;
    detail->time_source_column = column_of(load, FIELD(LOAD_DLL, time_source));
    detail->behind_fields = column_of(load, load->field_count);
    return detail;
}

void detail_free(struct detail *detail)
{
    if (detail == NULL)
        return;
    for (unsigned i = 0; i < EVENT_KINDS; i++)
        bulk_free(detail->rows[i]);
    free(detail);
}

int detail_flush(struct detail *detail, struct trail_error *error)
{
    for (unsigned i = 0; i < EVENT_KINDS; i++)
        if (detail->rows[i] != NULL && bulk_flush(detail->rows[i], error) != 0)
            return -1;
    return 0;
}

void detail_forget(struct detail *detail)
{
    for (unsigned i = 0; i < EVENT_KINDS; i++)
        if (detail->rows[i] != NULL)
            bulk_forget(detail->rows[i]);
}

bool detail_end_load(struct detail *detail, uint64_t load_seq, uint64_t end_seq)
{
    struct bulk *loads = detail->rows[EVENT_LOAD_DLL];

    if (loads == NULL || !bulk_find(loads, (int64_t)load_seq))
        return false;
    bulk_integer(loads, detail->behind_fields + END_SEQ, (int64_t)end_seq);
    return true;
}

void detail_time_load(struct detail *detail, uint64_t mapped_t_ns)
{
    struct bulk *loads = detail->rows[EVENT_LOAD_DLL];

    bulk_integer(loads, detail->behind_fields + MAPPED_T_NS, (int64_t)mapped_t_ns);
    bulk_integer(loads, detail->time_source_column, TIME_SOURCE_KERNEL);
}

void detail_cause_load(struct detail *detail, const struct cause *cause)
{
    struct bulk *loads = detail->rows[EVENT_LOAD_DLL];

    bulk_integer(loads, detail->behind_fields + REQUEST_SEQ, (int64_t)cause->request_seq);
    bulk_integer(loads, detail->behind_fields + CAUSE, (int64_t)cause->cause);
    if (cause->by_seq != 0)
        bulk_integer(loads, detail->behind_fields + BY_SEQ, (int64_t)cause->by_seq);
}

static void put_reference(struct bulk *row, unsigned column, int64_t id)
{
    if (id > 0)
        bulk_integer(row, column, id);
}

/* Puts the fields that are references as a whole. */
static bool put_reference_field(struct bulk *row, unsigned column, enum field_type type,
                                const struct detail_references *references)
{
    if (type == FIELD_MODULE)
        put_reference(row, column, references->module_id);
    else if (type == FIELD_PROCESS)
        put_reference(row, column, references->process_id);
    else if (type == FIELD_LOAD)
        put_reference(row, column, (int64_t)references->load_seq);
    else
        return false;
    return true;
}

static void put_location(struct bulk *row, unsigned column, uint64_t address,
                         const struct roster_module *module)
{
    bulk_integer(row, column, (int64_t)address);
    if (module == NULL)
        return;
    put_reference(row, column + 1, module->module_id);
    bulk_integer(row, column + 2, (int64_t)(address - module->base));
}

/*
 * An array of 64-bit numbers as JSON text. What other readers of JSON would round is given as a
 * string in hexadecimal.
 */
static void put_numbers(struct bulk *row, unsigned column, const unsigned char *bytes,
                        size_t length)
{
    char json[NUMBERS_MAX * NUMBER_CHARACTERS + 3] = "[";
    size_t used = 1;

    for (size_t i = 0; i + 8 <= length && i < 8 * NUMBERS_MAX; i += 8) {
        uint64_t number;
        memcpy(&number, bytes + i, sizeof number);
        used += (size_t)snprintf(json + used, sizeof json - used,
                                 number <= LARGEST_EXACT ? "%s%" PRIu64 : "%s\"0x%" PRIx64 "\"",
                                 i > 0 ? "," : "", number);
    }
    json[used++] = ']';
    bulk_text(row, column, json, used);
}

static void put_field(struct bulk *row, unsigned column, const struct event *event, unsigned field,
                      const struct detail_references *references)
{
    enum field_type type = event_kind_descriptor(event->kind)->fields[field].type;
    struct event_span span = {0, 0};

    if (type == FIELD_TEXT || type == FIELD_BLOB || type == FIELD_NUMBERS)
        span = event_span_of(event, field);
    switch (type) {
    case FIELD_TEXT:
        bulk_text(row, column, (const char *)event_bytes_at(event, span), span.length);
        break;
    case FIELD_BLOB:
        bulk_blob(row, column, event_bytes_at(event, span), span.length);
        break;
    case FIELD_NUMBERS:
        put_numbers(row, column, event_bytes_at(event, span), span.length);
        break;
    case FIELD_LOCATION:
        put_location(row, column, event->value[field], references->location);
        break;
    default:
        bulk_integer(row, column, (int64_t)event->value[field]);
    }
}

int detail_insert(struct detail *detail, int64_t run_id, uint64_t seq, const struct event *event,
                  const struct detail_references *references, struct trail_error *error)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);
    struct bulk *rows = detail->rows[event->kind];
    unsigned column = FIRST_FIELD_COLUMN;

    if (kind->table[0] == '\0')
        return 0;
    if (rows == NULL && (rows = detail->rows[event->kind] =
                             new_bulk(detail, kind, event->kind == EVENT_LOAD_DLL, error)) == NULL)
        return -1;
    if (bulk_add(rows, run_id, (int64_t)seq, error) != 0)
        return -1;
    for (unsigned i = 0; i < kind->field_count; i++) {
        if (!put_reference_field(rows, column, kind->fields[i].type, references) &&
            event_has(event, i))
            put_field(rows, column, event, i, references);
        column += column_count(kind->fields[i].type);
    }
    return 0;
}
