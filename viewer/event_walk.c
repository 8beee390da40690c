/* See event_walk.h. */
#include "event_walk.h"

#include "array.h"
#include "event_kinds.h"
#include "sql.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct key {
    int64_t run, id;
};

/* The rows of a table that others refer to, sorted. */
struct keys {
    struct key *items;
    size_t count, last; /* last: where the last one was found, since the next is often near */
};

enum column_target { NO_TARGET, TO_MODULE, TO_PROCESS };

struct column_rule {
    int type; /* of SQLite's, as declared; 0: none of them */
    enum column_target target;
};

/* A table of details while it is read. */
struct details {
    const struct kind_descriptor *kind;
    sqlite3_stmt *rows;
    bool has_row;
    struct key key; /* of the row */
    int run, seq, count;
    struct column_rule *rules; /* by column */
};

struct walk {
    sqlite3 *db;
    walk_problem *problem;
    void *context;
    struct keys runs, processes, threads, modules;
    struct details details[EVENT_KINDS];
    int64_t counts[EVENT_KINDS]; /* of the current run; [0] of unknown kinds */
    struct key first, last;      /* the current run's first and last event */
    struct buffer *json;
    struct progress *progress;
    int64_t events; /* so far */
};

static void tell(struct walk *walk, enum walk_check check, const char *format, ...)
{
    va_list arguments;
    char *sentence;

    va_start(arguments, format);
    sentence = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    walk->problem(walk->context, check, sentence != NULL ? sentence : "out of memory");
    sqlite3_free(sentence);
}

static sqlite3_stmt *prepare(struct walk *walk, enum walk_check check, const char *sql)
{
    struct trail_error error;
    sqlite3_stmt *statement = sql_prepare(walk->db, sql, &error);

    if (statement == NULL)
        walk->problem(walk->context, check, error.sentence);
    return statement;
}

static bool step(struct walk *walk, enum walk_check check, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    if (result != SQLITE_ROW && result != SQLITE_DONE)
        walk->problem(walk->context, check, sqlite3_errmsg(walk->db));
    return result == SQLITE_ROW;
}

static int compare_keys(const struct key *a, const struct key *b)
{
    return a->run != b->run ? (a->run > b->run) - (a->run < b->run)
                            : (a->id > b->id) - (a->id < b->id);
}

static int compare_to_key(const void *item, const void *key)
{
    return compare_keys(item, key);
}

static void read_keys(struct walk *walk, struct keys *keys, enum walk_check check, const char *sql)
{
    sqlite3_stmt *rows = prepare(walk, check, sql);

    while (rows != NULL && step(walk, check, rows)) {
        struct key *larger = array_with_room(keys->items, keys->count, sizeof *larger);
        if (larger == NULL) {
            walk->problem(walk->context, check, "out of memory");
            break;
        }
        keys->items = larger;
        larger[keys->count++] =
            (struct key){sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1)};
    }
    sqlite3_finalize(rows);
}

static bool has_key(struct keys *keys, int64_t run, int64_t id)
{
    const struct key key = {run, id};

    for (size_t at = keys->last; at < keys->count && at < keys->last + 2; at++) {
        if (compare_keys(&keys->items[at], &key) == 0) {
            keys->last = at;
            return true;
        }
    }
    keys->last =
        array_lower_bound(keys->items, keys->count, sizeof *keys->items, &key, compare_to_key);
    return keys->last < keys->count && compare_keys(&keys->items[keys->last], &key) == 0;
}

static const char *type_word(int type)
{
    return type == SQLITE_INTEGER ? "integer"
           : type == SQLITE_FLOAT ? "real"
           : type == SQLITE_TEXT  ? "text"
                                  : "blob";
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), rest = strlen(end);

    return length >= rest && strcmp(text + length - rest, end) == 0;
}

/* What a column refers to, going by the end of its name. Loads: see unloads. */
static enum column_target target_of(const char *column)
{
    return ends_in(column, "module_id")    ? TO_MODULE
           : ends_in(column, "process_id") ? TO_PROCESS
                                           : NO_TARGET;
}

static int declared_type(const char *declared)
{
    static const int types[] = {SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB};

    for (size_t i = 0; declared != NULL && i < sizeof types / sizeof types[0]; i++)
        if (sqlite3_stricmp(declared, type_word(types[i])) == 0)
            return types[i];
    return 0;
}

static void check_column(struct walk *walk, const struct details *details, int column)
{
    const struct column_rule *rule = &details->rules[column];
    bool to_module = rule->target == TO_MODULE;
    int type = sqlite3_column_type(details->rows, column);

    if (type == SQLITE_NULL || column == details->run || column == details->seq)
        return;
    if (type != rule->type) {
        const char *declared = sqlite3_column_decltype(details->rows, column);
        tell(walk, WALK_TYPES, "run %lld: event %lld: %s is of type %s, not %s", details->key.run,
             details->key.id, sqlite3_column_name(details->rows, column), type_word(type),
             declared != NULL ? declared : "");
    }
    if (rule->target != NO_TARGET &&
        !has_key(to_module ? &walk->modules : &walk->processes, to_module ? 0 : details->key.run,
                 sqlite3_column_int64(details->rows, column)))
        tell(walk, WALK_REFERENCES, "run %lld: event %lld: %s refers to %s, which is not there",
             details->key.run, details->key.id, sqlite3_column_name(details->rows, column),
             (const char *)sqlite3_column_text(details->rows, column));
}

static void next_details(struct walk *walk, struct details *details)
{
    details->has_row = details->rows != NULL && step(walk, WALK_DETAILS, details->rows);
    if (!details->has_row)
        return;
    details->key = (struct key){sqlite3_column_int64(details->rows, details->run),
                                sqlite3_column_int64(details->rows, details->seq)};
    for (int i = 0; i < details->count; i++)
        check_column(walk, details, i);
}

static void open_details(struct walk *walk, struct details *details,
                         const struct kind_descriptor *kind)
{
    char *sql = sqlite3_mprintf("SELECT * FROM main.\"%w\" ORDER BY run_id, seq", kind->table);

    details->kind = kind;
    details->rows = sql != NULL ? prepare(walk, WALK_DETAILS, sql) : NULL;
    details->count = details->rows != NULL ? sqlite3_column_count(details->rows) : 0;
    details->rules = calloc((size_t)details->count + 1, sizeof *details->rules);
    sqlite3_free(sql);
    if (details->rules == NULL) {
        walk->problem(walk->context, WALK_DETAILS, "out of memory");
        return;
    }
    for (int i = 0; i < details->count; i++) {
        const char *name = sqlite3_column_name(details->rows, i);
        details->rules[i].type = declared_type(sqlite3_column_decltype(details->rows, i));
        details->rules[i].target = name != NULL ? target_of(name) : NO_TARGET;
        details->run = name != NULL && strcmp(name, "run_id") == 0 ? i : details->run;
        details->seq = name != NULL && strcmp(name, "seq") == 0 ? i : details->seq;
    }
    next_details(walk, details);
}

/* Goes on to the details of an event, and past those that no event of their kind has before it. */
static bool has_details(struct walk *walk, struct details *details, const struct key *event)
{
    while (details->has_row && (event == NULL || compare_keys(&details->key, event) < 0)) {
        tell(walk, WALK_DETAILS,
             "run %lld: the details of event %lld in %s have no event of kind %s", details->key.run,
             details->key.id, details->kind->table, details->kind->name);
        next_details(walk, details);
    }
    if (!details->has_row || compare_keys(&details->key, event) != 0)
        return false;
    next_details(walk, details);
    return true;
}

static void end_run(struct walk *walk)
{
    int64_t all = 0;

    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        all += walk->counts[kind];
        if (walk->counts[kind] > 0)
            buffer_format(walk->json, "%s[%" PRId64 ",%u,%" PRId64 "]",
                          walk->json->length > 1 ? "," : "", walk->first.run, kind,
                          walk->counts[kind]);
    }
    if (all > 0 && (walk->first.id != 1 || walk->last.id != all))
        tell(walk, WALK_SEQUENCE, "run %lld: %lld events, numbered from %lld to %lld",
             walk->first.run, all, walk->first.id, walk->last.id);
    memset(walk->counts, 0, sizeof walk->counts);
}

static void begin_run(struct walk *walk, const struct key *event)
{
    end_run(walk);
    walk->first = *event;
    if (!has_key(&walk->runs, 0, event->run))
        tell(walk, WALK_EVENTS, "run %lld: event %lld belongs to a run that is not there",
             event->run, event->id);
}

static void check_owner(struct walk *walk, sqlite3_stmt *row, int column, struct keys *keys,
                        const struct key *event, const char *what)
{
    if (sqlite3_column_type(row, column) != SQLITE_NULL &&
        !has_key(keys, event->run, sqlite3_column_int64(row, column)))
        tell(walk, WALK_PROCESSES, "run %lld: event %lld is in %s %s, which is not there",
             event->run, event->id, what, (const char *)sqlite3_column_text(row, column));
}

/* run_id, seq, kind, t_ns, hold_ns, process_id, thread_id */
static void take_event(struct walk *walk, sqlite3_stmt *row)
{
    const struct key event = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
    int64_t number = sqlite3_column_int64(row, 2);
    const struct kind_descriptor *kind =
        number > 0 && number < EVENT_KINDS ? event_kind_descriptor((unsigned)number) : NULL;
    int hold = sqlite3_column_type(row, 4);

    if (event.run != walk->first.run)
        begin_run(walk, &event);
    walk->last = event;
    walk->counts[kind != NULL ? kind->kind : 0]++;
    if (kind == NULL)
        tell(walk, WALK_EVENTS, "run %lld: event %lld is of an unknown kind (%s)", event.run,
             event.id, (const char *)sqlite3_column_text(row, 2));
    else if (kind->table[0] != '\0' && !has_details(walk, &walk->details[kind->kind], &event))
        tell(walk, WALK_DETAILS, "run %lld: event %lld, %s, has no details", event.run, event.id,
             kind->name);
    if (sqlite3_column_type(row, 3) != SQLITE_INTEGER ||
        (hold != SQLITE_INTEGER && hold != SQLITE_NULL) || sqlite3_column_int64(row, 4) < 0)
        tell(walk, WALK_EVENTS, "run %lld: event %lld has a time that is no time", event.run,
             event.id);
    check_owner(walk, row, 5, &walk->processes, &event, "process");
    check_owner(walk, row, 6, &walk->threads, &event, "thread");
}

static void take_events(struct walk *walk)
{
    sqlite3_stmt *rows = prepare(walk, WALK_EVENTS,
                                 "SELECT run_id, seq, kind, t_ns, hold_ns, process_id, thread_id "
                                 "FROM main.event ORDER BY run_id, seq");

    walk->first = (struct key){INT64_MIN, 0};
    while (rows != NULL && step(walk, WALK_EVENTS, rows)) {
        take_event(walk, rows);
        progress_to(walk->progress, ++walk->events);
    }
    end_run(walk);
    sqlite3_finalize(rows);
}

void event_walk(sqlite3 *db, walk_problem *problem, void *context, struct buffer *counts,
                struct progress *progress)
{
    struct walk walk = {
        .db = db, .problem = problem, .context = context, .json = counts, .progress = progress};
    struct keys *const all[] = {&walk.runs, &walk.processes, &walk.threads, &walk.modules};

    buffer_add_char(counts, '[');
    read_keys(&walk, &walk.runs, WALK_EVENTS, "SELECT 0, id FROM main.run ORDER BY id");
    read_keys(&walk, &walk.processes, WALK_PROCESSES,
              "SELECT run_id, id FROM main.process ORDER BY run_id, id");
    read_keys(&walk, &walk.threads, WALK_PROCESSES,
              "SELECT run_id, id FROM main.thread ORDER BY run_id, id");
    read_keys(&walk, &walk.modules, WALK_REFERENCES, "SELECT 0, id FROM main.module ORDER BY id");
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        if (descriptor != NULL && descriptor->table[0] != '\0')
            open_details(&walk, &walk.details[kind], descriptor);
    }
    take_events(&walk);
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        if (walk.details[kind].rows != NULL)
            has_details(&walk, &walk.details[kind], NULL);
        sqlite3_finalize(walk.details[kind].rows);
        free(walk.details[kind].rules);
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]->items);
    buffer_add_char(counts, ']');
}
