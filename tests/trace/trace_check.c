/*
 * Checks a recorded run against the EXPECT lines of the sample that was recorded (samples/README.md
 * has their grammar), and against what must hold for every recording: numbers without gaps, times
 * that do not go back, counts that agree, a first and a last event.
 *
 *     trace_check DB SAMPLE.c [--follow]
 *
 * Exit status: 0 as expected, 1 not, 2 trouble. Each unmet line is reported with what was seen
 * instead.
 */
#include "db.h"
#include "event_kinds.h"
#include "program.h"
#include "text.h"
#include "sql.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_MAX_BYTES = 2048,
    TERMS_MAX = 16,
    BINDS_MAX = 16,
    SHOWN_MAX = 12,
    SHOWN_DETAIL_BYTES = 400
};

struct sighting {
    int64_t seq, t_ns, pid, tid;
    bool synthetic;
    enum event_kind kind;
    char *detail; /* JSON, or NULL */
};

struct term {
    const char *key, *value;
};

enum expect_sort { EXPECT_NEXT, EXPECT_COUNT, EXPECT_NEVER, EXPECT_EXIT, EXPECT_SIGNAL };

struct expectation {
    enum expect_sort sort;
    enum event_kind kind;
    struct term terms[TERMS_MAX];
    size_t term_count;
    long long number;
    char signal[32];
};

struct bind {
    char name[32];
    char value[1024];
};

struct check {
    sqlite3 *db;
    sqlite3_stmt *get_detail;
    const char *source;
    unsigned line_number;
    char line[LINE_MAX_BYTES];  /* as written */
    char words[LINE_MAX_BYTES]; /* cut up for the terms */
    bool follow, windows;
    int64_t run;
    struct sighting *events;
    size_t count, next; /* EXPECT lines go on at `next` */
    struct bind binds[BINDS_MAX];
    size_t bind_count;
    unsigned expectations, failures;
};

static void failed(struct check *check, const char *format, ...) TRAIL_PRINTF(2, 3);

static void failed(struct check *check, const char *format, ...)
{
    va_list arguments;

    if (check->line_number > 0)
        fprintf(stderr, "%s:%u: ", check->source, check->line_number);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    check->failures++;
}

static void trouble(const char *what, const char *why)
{
    fprintf(stderr, "trace_check: %s: %s\n", what, why);
    exit(2);
}

static sqlite3_stmt *prepare(struct check *check, const char *sql)
{
    struct trail_error error;
    sqlite3_stmt *statement = sql_prepare(check->db, sql, &error);

    if (statement == NULL)
        trouble(sql, error.sentence);
    return statement;
}

static void load_events(struct check *check)
{
    sqlite3_stmt *rows = prepare(check, "SELECT seq, t_ns, pid, tid, synthetic, kind, detail FROM "
                                        "events WHERE run = ? ORDER BY seq");
    size_t capacity = 0;
    int result;

    sqlite3_bind_int64(rows, 1, check->run);
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *kind = (const char *)sqlite3_column_text(rows, 5),
                   *detail = (const char *)sqlite3_column_text(rows, 6);
        struct sighting *event;
        if (check->count == capacity) {
            capacity = capacity ? 2 * capacity : 256;
            if ((check->events = realloc(check->events, capacity * sizeof *check->events)) == NULL)
                trouble("events", "out of memory");
        }
        event = &check->events[check->count++];
        event->seq = sqlite3_column_int64(rows, 0);
        event->t_ns = sqlite3_column_int64(rows, 1);
        event->pid = sqlite3_column_int64(rows, 2);
        event->tid = sqlite3_column_int64(rows, 3);
        event->synthetic = sqlite3_column_int(rows, 4) != 0;
        event->kind = kind == NULL ? EVENT_NONE : event_kind_by_name(kind);
        event->detail = detail == NULL ? NULL : sqlite3_mprintf("%s", detail);
    }
    if (result != SQLITE_DONE)
        trouble("events", sqlite3_errmsg(check->db));
    sqlite3_finalize(rows);
}

/* What stands under a key of an event, "" if nothing does. Valid until the next call. */
static const char *value_of(struct check *check, const struct sighting *event, const char *key)
{
    static char *value;

    sqlite3_free(value);
    value = NULL;
    if (strcmp(key, "pid") == 0)
        return value = sqlite3_mprintf("%lld", (long long)event->pid);
    if (strcmp(key, "tid") == 0)
        return value = sqlite3_mprintf("%lld", (long long)event->tid);
    if (strcmp(key, "seq") == 0)
        return value = sqlite3_mprintf("%lld", (long long)event->seq);
    if (strcmp(key, "synthetic") == 0)
        return event->synthetic ? "1" : "0";
    if (event->detail == NULL)
        return "";
    sqlite3_reset(check->get_detail);
    sqlite3_bind_text(check->get_detail, 1, event->detail, -1, SQLITE_STATIC);
    sqlite3_bind_text(check->get_detail, 2, key, -1, SQLITE_STATIC);
    if (sqlite3_step(check->get_detail) == SQLITE_ROW &&
        sqlite3_column_type(check->get_detail, 0) != SQLITE_NULL)
        value = sqlite3_mprintf("%s", sqlite3_column_text(check->get_detail, 0));
    sqlite3_reset(check->get_detail);
    return value == NULL ? "" : value;
}

static struct bind *bind_named(struct check *check, const char *name)
{
    for (size_t i = 0; i < check->bind_count; i++)
        if (strcmp(check->binds[i].name, name) == 0)
            return &check->binds[i];
    return NULL;
}

static bool term_matches(struct check *check, const struct term *term, const struct sighting *event)
{
    const char *seen = value_of(check, event, term->key), *wanted = term->value;
    char launched[24];

    if (wanted[0] == '$') {
        const struct bind *bind = bind_named(check, wanted + 1);
        return bind == NULL ? seen[0] != '\0' : strcmp(bind->value, seen) == 0;
    }
    if (strcmp(wanted, "main") == 0 && strstr(term->key, "id") != NULL) {
        snprintf(launched, sizeof launched, "%lld",
                 (long long)(strcmp(term->key, "tid") == 0 ? check->events[0].tid
                                                           : check->events[0].pid));
        return strcmp(launched, seen) == 0;
    }
    return text_glob(wanted, seen, check->windows);
}

static bool event_matches(struct check *check, const struct expectation *expectation,
                          const struct sighting *event)
{
    if (event->kind != expectation->kind)
        return false;
    for (size_t i = 0; i < expectation->term_count; i++)
        if (!term_matches(check, &expectation->terms[i], event))
            return false;
    return true;
}

/* After a match: the $names that it met for the first time. */
static void bind_names(struct check *check, const struct expectation *expectation,
                       const struct sighting *event)
{
    for (size_t i = 0; i < expectation->term_count; i++) {
        const struct term *term = &expectation->terms[i];
        struct bind *bind;
        if (term->value[0] != '$' || bind_named(check, term->value + 1) != NULL)
            continue;
        if (check->bind_count == BINDS_MAX)
            trouble(check->line, "too many $names");
        bind = &check->binds[check->bind_count++];
        snprintf(bind->name, sizeof bind->name, "%s", term->value + 1);
        snprintf(bind->value, sizeof bind->value, "%s", value_of(check, event, term->key));
    }
}

/* The events of a kind from index `from` on (all kinds if none is of that kind). */
static void show_seen(struct check *check, enum event_kind kind, size_t from)
{
    size_t shown = 0, matching = 0;

    for (size_t i = from; i < check->count; i++)
        matching += check->events[i].kind == kind;
    for (size_t i = from; i < check->count; i++) {
        const struct sighting *event = &check->events[i];
        const struct kind_descriptor *descriptor = event_kind_descriptor(event->kind);
        if (matching > 0 && event->kind != kind)
            continue;
        if (++shown > SHOWN_MAX)
            break;
        fprintf(stderr, "    seen: seq=%" PRId64 " pid=%" PRId64 " tid=%" PRId64 " %s %.*s\n",
                event->seq, event->pid, event->tid, descriptor == NULL ? "?" : descriptor->name,
                SHOWN_DETAIL_BYTES, event->detail == NULL ? "" : event->detail);
    }
    if (shown == 0)
        fprintf(stderr, "    seen: nothing more\n");
    else if (shown > SHOWN_MAX)
        fprintf(stderr, "    seen: more than that\n");
}

static void check_next(struct check *check, const struct expectation *expectation)
{
    for (size_t i = check->next; i < check->count; i++) {
        if (event_matches(check, expectation, &check->events[i])) {
            bind_names(check, expectation, &check->events[i]);
            check->next = i + 1;
            return;
        }
    }
    failed(check, "not seen: %s", check->line);
    for (size_t i = 0; i < check->bind_count; i++)
        fprintf(stderr, "    where $%s is %s\n", check->binds[i].name, check->binds[i].value);
    show_seen(check, expectation->kind, check->next);
}

static void check_count(struct check *check, const struct expectation *expectation)
{
    long long count = 0;

    for (size_t i = 0; i < check->count; i++)
        count += event_matches(check, expectation, &check->events[i]);
    if (count == expectation->number)
        return;
    failed(check, "seen %lld times: %s", count, check->line);
    show_seen(check, expectation->kind, 0);
}

static void check_end(struct check *check, const struct expectation *expectation)
{
    sqlite3_stmt *row = prepare(check, "SELECT exit_code, exit_signal FROM runs WHERE run = ?");
    const char *signal;
    bool met;

    sqlite3_bind_int64(row, 1, check->run);
    sqlite3_step(row);
    signal = (const char *)sqlite3_column_text(row, 1);
    if (expectation->sort == EXPECT_SIGNAL)
        met = signal != NULL && strcmp(signal, expectation->signal) == 0;
    else
        met = signal == NULL && sqlite3_column_type(row, 0) != SQLITE_NULL &&
              sqlite3_column_int64(row, 0) == expectation->number;
    if (!met)
        failed(check, "not so: %s\n    seen: exit code %s, signal %s", check->line,
               sqlite3_column_type(row, 0) == SQLITE_NULL
                   ? "none"
                   : (const char *)sqlite3_column_text(row, 0),
               signal ? signal : "none");
    sqlite3_finalize(row);
}

/*
 * Cuts the next word off *at, resolving quotes: 'key="a b"' becomes 'key=a b'. NULL at the end of
 * the line.
 */
static char *next_word(struct check *check, char **at)
{
    char *in = *at + strspn(*at, " \t\r\n"), *out = in, *word = in;
    bool quoted = false;

    if (*in == '\0')
        return NULL;
    for (; *in != '\0' && (quoted || strchr(" \t\r\n", *in) == NULL); in++) {
        if (*in == '"') {
            quoted = !quoted;
        } else if (*in == '\\' && quoted && in[1] == 'x') {
            *out++ = (char)strtoul((char[]){in[2], in[2] ? in[3] : '\0', '\0'}, NULL, 16);
            in += in[2] && in[3] ? 3 : 1;
        } else if (*in == '\\' && quoted && in[1] != '\0') {
            in++;
            *out++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in == 'r' ? '\r' : *in;
        } else {
            *out++ = *in;
        }
    }
    if (quoted)
        trouble(check->line, "a quote is not closed");
    *at = *in == '\0' ? in : in + 1;
    *out = '\0';
    return word;
}

/*
 * Whether the key is one of the kind's own in the view `events`, or of every event: a typing error
 * must not make a line vacuous.
 */
static bool key_is_known(const char *key, enum event_kind kind)
{
    static const char
        common[] = " pid tid seq synthetic ",
        more[] = " path image start_module start_offset parent_process size build_id version "
                 "name module offset load ";
    const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
    char padded[64];

    for (unsigned i = 0; i < descriptor->field_count; i++)
        if (strcmp(descriptor->fields[i].name, key) == 0)
            return true;
    snprintf(padded, sizeof padded, " %s ", key);
    return strstr(common, padded) != NULL || strstr(more, padded) != NULL;
}

static void parse_terms(struct check *check, char *at, struct expectation *expectation)
{
    char *word = next_word(check, &at), *equals, *number_end = NULL;

    if (word == NULL || (expectation->kind = event_kind_by_name(word)) == EVENT_NONE)
        trouble(check->line, "no kind of event has that name");
    while ((word = next_word(check, &at)) != NULL) {
        if (strcmp(word, "=") == 0 && expectation->sort == EXPECT_COUNT &&
            (word = next_word(check, &at)) != NULL) {
            expectation->number = strtoll(word, &number_end, 10);
            break;
        }
        if ((equals = strchr(word, '=')) == NULL)
            trouble(check->line, "expected key=value");
        *equals = '\0';
        if (!key_is_known(word, expectation->kind))
            trouble(check->line, "that kind of event has no such key");
        if (expectation->term_count == TERMS_MAX)
            trouble(check->line, "too many terms");
        expectation->terms[expectation->term_count++] = (struct term){word, equals + 1};
    }
    if (expectation->sort == EXPECT_COUNT &&
        (number_end == NULL || *number_end != '\0' || next_word(check, &at) != NULL))
        trouble(check->line, "expected '= NUMBER' at the end");
}

/* Parses what follows "// EXPECT". Returns false if the line is for another system. */
static bool parse_expectation(struct check *check, char *at, struct expectation *expectation)
{
    static const struct {
        const char *suffix;
        enum expect_sort sort;
    } sorts[] = {{"-COUNT", EXPECT_COUNT},
                 {"-NONE", EXPECT_NEVER},
                 {"-EXIT", EXPECT_EXIT},
                 {"-SIGNAL", EXPECT_SIGNAL}};
    const char *system = check->windows ? "(windows)" : "(linux)",
               *other = check->windows ? "(linux)" : "(windows)";
    bool applies = true;

    memset(expectation, 0, sizeof *expectation);
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        if (strncmp(at, sorts[i].suffix, strlen(sorts[i].suffix)) == 0) {
            expectation->sort = sorts[i].sort;
            at += strlen(sorts[i].suffix);
        }
    }
    if (strncmp(at, system, strlen(system)) == 0)
        at += strlen(system);
    else if (strncmp(at, other, strlen(other)) == 0)
        applies = false;
    if (!applies)
        at += strlen(other);
    if (*at++ != ':')
        trouble(check->line, "expected EXPECT, EXPECT-COUNT, -NONE, -EXIT or -SIGNAL, with (linux) "
                             "or (windows) at most, and a colon");
    if (expectation->sort == EXPECT_EXIT && sscanf(at, "%lld", &expectation->number) != 1)
        trouble(check->line, "expected a number");
    if (expectation->sort == EXPECT_SIGNAL && sscanf(at, "%31s", expectation->signal) != 1)
        trouble(check->line, "expected the name of a signal");
    if (expectation->sort <= EXPECT_NEVER)
        parse_terms(check, at, expectation);
    return applies;
}

static void check_line(struct check *check)
{
    static const char start[] = "// EXPECT";
    struct expectation expectation;

    if (strncmp(check->line, start, sizeof start - 1) != 0)
        return;
    check->line[strcspn(check->line, "\r\n")] = '\0';
    strcpy(check->words, check->line);
    if (!parse_expectation(check, check->words + sizeof start - 1, &expectation))
        return;
    check->expectations++;
    if (expectation.sort == EXPECT_NEXT)
        check_next(check, &expectation);
    else if (expectation.sort == EXPECT_COUNT || expectation.sort == EXPECT_NEVER)
        check_count(check, &expectation);
    else
        check_end(check, &expectation);
}

static void check_source(struct check *check)
{
    FILE *file = fopen(check->source, "rb");

    if (file == NULL)
        trouble(check->source, "cannot be opened");
    while (fgets(check->line, sizeof check->line, file) != NULL) {
        check->line_number++;
        if (strchr(check->line, '\n') == NULL && !feof(file))
            trouble(check->source, "a line is too long");
        check_line(check);
    }
    fclose(file);
    check->line_number = 0;
    if (check->expectations == 0)
        failed(check, "%s has no EXPECT line for this system", check->source);
}

static void check_order(struct check *check)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct sighting *event = &check->events[i];
        if (event->seq != (int64_t)i + 1)
            failed(check, "event number %zu has seq %" PRId64, i + 1, event->seq);
        if (event->kind == EVENT_NONE)
            failed(check, "seq %" PRId64 " is of no known kind", event->seq);
        if (event->t_ns < 0 ||
            (i > 0 && !event->synthetic && event->t_ns < check->events[i - 1].t_ns))
            failed(check, "seq %" PRId64 ": the time goes back to %" PRId64 " ns", event->seq,
                   event->t_ns);
        if (event->pid == 0 || event->tid == 0)
            failed(check, "seq %" PRId64 " has no process or thread", event->seq);
        if (check->failures > SHOWN_MAX)
            return;
    }
}

static void check_ends(struct check *check)
{
    const struct sighting *first = &check->events[0], *last = &check->events[check->count - 1];

    if (first->kind != EVENT_CREATE_PROCESS || strcmp(value_of(check, first, "via"), "launch") != 0)
        failed(check, "the first event is not a CreateProcess via=launch");
    if (!check->follow && (last->kind != EVENT_EXIT_PROCESS || last->pid != first->pid))
        failed(check, "the last event is not the ExitProcess of the launched process");
}

/* A query that counts what must not be; ?1 is the run. */
static void check_no_rows(struct check *check, const char *what, const char *sql)
{
    sqlite3_stmt *row = prepare(check, sql);

    sqlite3_bind_int64(row, 1, check->run);
    if (sqlite3_step(row) != SQLITE_ROW)
        trouble(sql, sqlite3_errmsg(check->db));
    if (sqlite3_column_int64(row, 0) != 0)
        failed(check, "%s (%lld)", what, (long long)sqlite3_column_int64(row, 0));
    sqlite3_finalize(row);
}

static void check_tables(struct check *check)
{
    static const struct {
        const char *what, *sql;
    } rules[] = {
        {"the run is not complete", "SELECT state <> 'complete' FROM run WHERE id = ?1"},
        {"run.events is not the number of events",
         "SELECT events <> (SELECT count(*) FROM event WHERE run_id = ?1) FROM run WHERE id = ?1"},
        {"run.counts disagrees with the events",
         "SELECT (SELECT json_group_object(kind, n) FROM (SELECT k.name AS kind, count(*) AS n "
         "FROM event e JOIN kind k ON k.id = e.kind "
         "WHERE e.run_id = ?1 GROUP BY kind ORDER BY kind)) IS NOT (SELECT json_group_object(key, "
         "value) FROM (SELECT j.key, j.value "
         "FROM run r, json_each(r.counts) j WHERE r.id = ?1 AND j.value <> 0 ORDER BY j.key))"},
        {"events without hold_ns",
         "SELECT count(*) FROM event WHERE run_id = ?1 AND hold_ns IS NULL"},
        {"events without any hold",
         "SELECT sum(hold_ns) = 0 FROM event WHERE run_id = ?1 AND synthetic = 0"},
        {"run.hold_ns is less than its events' together",
         "SELECT hold_ns < (SELECT sum(hold_ns) FROM event WHERE run_id = ?1) FROM run WHERE id = "
         "?1"},
        {"run.wall_ns is less than the last event's time",
         "SELECT wall_ns IS NULL OR wall_ns < (SELECT max(t_ns) FROM event WHERE run_id = ?1) FROM "
         "run WHERE id = ?1"},
        {"loads without a module",
         "SELECT count(*) FROM event_load_dll WHERE run_id = ?1 AND module_id IS NULL"},
        {"unloads that end no load",
         "SELECT count(*) FROM event_unload_dll WHERE run_id = ?1 AND load_seq IS NULL"},
        {"unloads whose load does not say so",
         "SELECT count(*) FROM event_unload_dll u JOIN event_load_dll l ON l.run_id = u.run_id AND "
         "l.seq = u.load_seq "
         "WHERE u.run_id = ?1 AND l.end_seq IS NOT u.seq"},
        {"loads of one process at the base of one that has not ended",
         "SELECT count(*) FROM event_load_dll a JOIN event ea ON ea.run_id = ?1 AND ea.seq = a.seq "
         "JOIN event_load_dll b ON b.run_id = ?1 AND b.base = a.base AND b.seq > a.seq AND "
         "(a.end_seq IS NULL OR a.end_seq > b.seq) "
         "JOIN event eb ON eb.run_id = ?1 AND eb.seq = b.seq AND eb.process_id = ea.process_id "
         "WHERE a.run_id = ?1"},
        {"events with details but no row for them",
         "SELECT count(*) FROM events WHERE run = ?1 AND kind IN ('CreateProcess', 'ExitProcess', "
         "'LoadDll', 'UnloadDll', 'Exception', "
         "'OutputDebugString') AND detail IS NULL"},
        {"threads that never ended",
         "SELECT count(*) FROM thread t JOIN process p ON p.run_id = t.run_id AND p.id = "
         "t.process_id "
         "WHERE t.run_id = ?1 AND t.last_seq IS NULL AND p.last_seq IS NOT NULL"},
        {"processes that no CreateProcess began",
         "SELECT count(*) FROM process p JOIN event e ON e.run_id = p.run_id AND e.seq = "
         "p.first_seq WHERE p.run_id = ?1 AND e.kind <> 1"},
        {"threads that neither a CreateThread nor a CreateProcess began",
         "SELECT count(*) FROM thread t JOIN event e ON e.run_id = t.run_id AND e.seq = "
         "t.first_seq WHERE t.run_id = ?1 AND e.kind NOT IN (1, 3)"},
        {"more than one end of a process", "SELECT count(*) FROM (SELECT 1 FROM event WHERE run_id "
                                           "= ?1 AND kind = 2 GROUP BY process_id "
                                           "HAVING count(*) > 1)"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        check_no_rows(check, rules[i].what, rules[i].sql);
}

static void open_run(struct check *check, const char *path)
{
    struct trail_error error;
    sqlite3_stmt *row;

    if (db_open_for_viewing(path, &check->db, &error) != 0)
        trouble(path, error.sentence);
    check->get_detail = prepare(check, "SELECT value FROM json_each(?1) WHERE key = ?2");
    row = prepare(check, "SELECT run, os LIKE 'Windows%' FROM runs ORDER BY run DESC LIMIT 1");
    if (sqlite3_step(row) != SQLITE_ROW)
        trouble(path, "there is no run in it");
    check->run = sqlite3_column_int64(row, 0);
    check->windows = sqlite3_column_int(row, 1) != 0;
    sqlite3_finalize(row);
    load_events(check);
    if (check->count == 0) {
        fprintf(stderr, "%s: the run has no events\n", path);
        exit(1);
    }
}

int program_main(int argument_count, char **arguments)
{
    static struct check check;

    if (argument_count < 3 || argument_count > 4 ||
        (argument_count == 4 && strcmp(arguments[3], "--follow") != 0))
        trouble("usage", "trace_check DB SAMPLE.c [--follow]");
    check.source = arguments[2];
    check.follow = argument_count == 4;
    open_run(&check, arguments[1]);
    check_order(&check);
    check_ends(&check);
    check_tables(&check);
    check_source(&check);
    value_of(&check, &check.events[0], "synthetic");
    for (size_t i = 0; i < check.count; i++)
        sqlite3_free(check.events[i].detail);
    free(check.events);
    sqlite3_finalize(check.get_detail);
    db_close(check.db);
    return check.failures == 0 ? 0 : 1;
}
