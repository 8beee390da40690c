/* See selection.h. */
#include "selection.h"

#include "human.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static const char build[] = "build"; /* which has a column of its own */

void selection_quote(struct buffer *sql, const char *text, size_t length)
{
    buffer_add_char(sql, '\'');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'' || text[i] == '\\')
            buffer_add_char(sql, '\\');
        buffer_add_char(sql, text[i]);
    }
    buffer_add_char(sql, '\'');
}

/* The label's value in a row of the table run, '' if it has none. */
static void add_label(struct buffer *sql, const char *key, size_t length)
{
    if (length == sizeof build - 1 && memcmp(key, build, length) == 0) {
        buffer_add_text(sql, build);
        return;
    }
    buffer_add_text(sql, "label_values[indexOf(label_keys, ");
    selection_quote(sql, key, length);
    buffer_add_text(sql, ")]");
}

/* With or without dashes. */
static bool is_uuid(const char *text)
{
    size_t length = strlen(text);

    return (length == 32 || length == 36) && strspn(text, "0123456789abcdef-") == length;
}

/* One term; *builds stays true where all are of the label build. */
static int add_term(struct selection *selection, const char *text, bool *builds,
                    struct trail_error *error)
{
    const char *equals = *text == '@' ? strchr(text, '=') : NULL;
    struct buffer *runs = &selection->runs, *rows = &selection->rows;

    if (equals != NULL && equals > text + 1 && equals[1] != '\0') {
        size_t length = (size_t)(equals - text) - 1;
        *builds &= length == sizeof build - 1 && memcmp(text + 1, build, length) == 0;
        add_label(runs, text + 1, length);
        buffer_add_text(runs, " = ");
        selection_quote(runs, equals + 1, strlen(equals + 1));
        buffer_add_text(rows, "build = ");
        selection_quote(rows, equals + 1, strlen(equals + 1));
        return 0;
    }
    if (!is_uuid(text))
        return error_set(error, TRAIL_FAILED, 0,
                         "over there runs are named by a label, as in @build=100, or by their "
                         "uuid, not '%.80s'",
                         text);
    *builds = false;
    buffer_add_text(runs, "uuid = ");
    selection_quote(runs, text, strlen(text));
    return 0;
}

static int add_terms(struct selection *selection, const struct viewer *viewer, int first,
                     struct trail_error *error)
{
    bool builds = true;

    for (int i = first; i < viewer->argument_count; i++) {
        const char *before = i == first ? "(" : " OR ";
        buffer_add_text(&selection->runs, before);
        buffer_add_text(&selection->rows, before);
        buffer_add_text(&selection->phrase, i == first ? "" : " ");
        buffer_add_text(&selection->phrase, viewer->arguments[i]);
        if (add_term(selection, viewer->arguments[i], &builds, error) != 0)
            return -1;
    }
    if (first < viewer->argument_count) {
        buffer_add_char(&selection->runs, ')');
        buffer_add_char(&selection->rows, ')');
    }
    if (!builds || first == viewer->argument_count)
        buffer_clear(&selection->rows);
    if (first == viewer->argument_count)
        buffer_add_char(&selection->runs, '1');
    if (selection->rows.length == 0)
        buffer_add_char(&selection->rows, '1');
    return 0;
}

static int add_since(struct selection *selection, const char *since, struct trail_error *error)
{
    int64_t age_ns, now = (int64_t)time(NULL);

    if (human_parse_age(since, &age_ns) != 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "--since takes an age: 30d, 12h, 6w, 90min; not '%.40s'", since);
    selection->since_ns = now > age_ns / 1000000000 ? now * 1000000000 - age_ns : 0;
    buffer_format(&selection->rows, " AND start >= toDateTime(%" PRId64 ")",
                  selection->since_ns / 1000000000);
    return 0;
}

int selection_read(struct selection *selection, const struct viewer *viewer, int first,
                   struct trail_error *error)
{
    const char *const *argument = viewer->options.argument;
    struct buffer *const both[] = {&selection->runs, &selection->rows};

    selection->by = argument[OPTION_BY] != NULL ? argument[OPTION_BY] : build;
    if (add_terms(selection, viewer, first, error) != 0)
        return -1;
    for (int i = 0; i < 2 && argument[OPTION_PROGRAM] != NULL; i++) {
        buffer_add_text(both[i], " AND program = ");
        selection_quote(both[i], argument[OPTION_PROGRAM], strlen(argument[OPTION_PROGRAM]));
    }
    if (argument[OPTION_SINCE] != NULL && add_since(selection, argument[OPTION_SINCE], error) != 0)
        return -1;
    return selection->runs.failed || selection->rows.failed || selection->phrase.failed
               ? error_set(error, TRAIL_FAILED, 0, "out of memory")
               : 0;
}

void selection_release(struct selection *selection)
{
    buffer_release(&selection->runs);
    buffer_release(&selection->rows);
    buffer_release(&selection->phrase);
}

void selection_add_where(const struct selection *selection, bool since, struct buffer *sql)
{
    buffer_add_text(sql, "copy GLOBAL IN (SELECT copy FROM whole_copy) AND ");
    buffer_add_text(sql, buffer_text(&selection->runs));
    if (since && selection->since_ns > 0)
        buffer_format(sql, " AND start_utc_ns >= %" PRId64, selection->since_ns);
}

void selection_add_runs(const struct selection *selection, bool since, struct buffer *sql)
{
    buffer_add_text(sql, "SELECT copy, ");
    add_label(sql, selection->by, strlen(selection->by));
    buffer_add_text(sql, " AS label, start_utc_ns, uuid, program FROM run WHERE ");
    selection_add_where(selection, since, sql);
    buffer_add_text(sql, " AND label <> '' LIMIT 1 BY copy");
}
