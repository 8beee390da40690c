/* See detail.h. */
#include "detail.h"

#include "db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_EXACT (UINT64_C(1) << 53)

struct detail {
    sqlite3 *db;
    sqlite3_stmt *inserts[EVENT_KINDS];
};

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

static sqlite3_stmt *prepare_insert(sqlite3 *db, const struct kind_descriptor *kind, struct trail_error *error)
{
    sqlite3_str *sql = sqlite3_str_new(db);
    sqlite3_stmt *statement = NULL;
    int columns = 2;
    char *text;

    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (run_id, seq", kind->table);
    for (unsigned i = 0; i < kind->field_count; i++) {
        for (const char *const *column = columns_of(kind->fields[i].type); *column != NULL; column++, columns++)
            sqlite3_str_appendf(sql, ", %s%s", kind->fields[i].name, *column);
    }
    sqlite3_str_appendall(sql, ") VALUES (?");
    while (--columns > 0)
        sqlite3_str_appendall(sql, ", ?");
    sqlite3_str_appendall(sql, ")");
    text = sqlite3_str_finish(sql);
    if (text != NULL)
        statement = db_prepare(db, text, error);
    else
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_free(text);
    return statement;
}

struct detail *detail_new(sqlite3 *db, struct trail_error *error)
{
    struct detail *detail = calloc(1, sizeof *detail);

    if (detail == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    detail->db = db;
    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        if (kind == NULL || kind->table[0] == '\0')
            continue;
        if ((detail->inserts[i] = prepare_insert(db, kind, error)) == NULL) {
            detail_free(detail);
            return NULL;
        }
    }
    return detail;
}

void detail_free(struct detail *detail)
{
    if (detail == NULL)
        return;
    for (unsigned i = 0; i < EVENT_KINDS; i++)
        sqlite3_finalize(detail->inserts[i]);
    free(detail);
}

static void bind_reference(sqlite3_stmt *insert, int index, int64_t id)
{
    if (id > 0)
        sqlite3_bind_int64(insert, index, id);
    else
        sqlite3_bind_null(insert, index);
}

/* Binds the fields that are references as a whole. */
static bool bind_reference_field(sqlite3_stmt *insert, int index, enum field_type type, const struct detail_references *references)
{
    if (type == FIELD_MODULE)
        bind_reference(insert, index, references->module_id);
    else if (type == FIELD_PROCESS)
        bind_reference(insert, index, references->process_id);
    else if (type == FIELD_LOAD)
        bind_reference(insert, index, (int64_t)references->load_seq);
    else
        return false;
    return true;
}

static void bind_location(sqlite3_stmt *insert, int index, uint64_t address, const struct roster_module *module)
{
    sqlite3_bind_int64(insert, index, (sqlite3_int64)address);
    if (module == NULL) {
        sqlite3_bind_null(insert, index + 1);
        sqlite3_bind_null(insert, index + 2);
        return;
    }
    bind_reference(insert, index + 1, module->module_id);
    sqlite3_bind_int64(insert, index + 2, (sqlite3_int64)(address - module->base));
}

/* An array of 64-bit numbers as JSON text. What other readers of JSON would round is given as a string in hexadecimal. */
static void bind_numbers(sqlite3_stmt *insert, int index, const unsigned char *bytes, size_t length)
{
    sqlite3_str *json = sqlite3_str_new(NULL);

    sqlite3_str_appendall(json, "[");
    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint64_t number;
        memcpy(&number, bytes + i, sizeof number);
        if (i > 0)
            sqlite3_str_appendchar(json, 1, ',');
        sqlite3_str_appendf(json, number <= LARGEST_EXACT ? "%llu" : "\"0x%llx\"", (unsigned long long)number);
    }
    sqlite3_str_appendall(json, "]");
    sqlite3_bind_text(insert, index, sqlite3_str_finish(json), -1, sqlite3_free);
}

static void bind_field(sqlite3_stmt *insert, int index, const struct event *event, unsigned field,
                       const struct detail_references *references)
{
    enum field_type type = event_kind_descriptor(event->kind)->fields[field].type;
    struct event_span span = {0, 0};

    if (type == FIELD_TEXT || type == FIELD_BLOB || type == FIELD_NUMBERS)
        span = event_span_of(event, field);
    switch (type) {
    case FIELD_TEXT:
        sqlite3_bind_text(insert, index, (const char *)event_bytes_at(event, span), (int)span.length, SQLITE_STATIC);
        break;
    case FIELD_BLOB:
        sqlite3_bind_blob(insert, index, event_bytes_at(event, span), (int)span.length, SQLITE_STATIC);
        break;
    case FIELD_NUMBERS:
        bind_numbers(insert, index, event_bytes_at(event, span), span.length);
        break;
    case FIELD_LOCATION:
        bind_location(insert, index, event->value[field], references->location);
        break;
    default:
        sqlite3_bind_int64(insert, index, (sqlite3_int64)event->value[field]);
    }
}

int detail_insert(struct detail *detail, int64_t run_id, uint64_t seq, const struct event *event,
                  const struct detail_references *references, struct trail_error *error)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);
    sqlite3_stmt *insert = detail->inserts[event->kind];
    int index = 3, result;

    if (insert == NULL)
        return 0;
    sqlite3_clear_bindings(insert);
    sqlite3_bind_int64(insert, 1, run_id);
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)seq);
    for (unsigned i = 0; i < kind->field_count; i++) {
        if (!bind_reference_field(insert, index, kind->fields[i].type, references) && event_has(event, i))
            bind_field(insert, index, event, i, references);
        for (const char *const *column = columns_of(kind->fields[i].type); *column != NULL; column++)
            index++;
    }
    result = sqlite3_step(insert);
    sqlite3_reset(insert);
    return result == SQLITE_DONE ? 0 : db_error(detail->db, error);
}
