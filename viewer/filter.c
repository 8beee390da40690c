/* See filter.h. */
#include "filter.h"

#include "event_kinds.h"
#include "human.h"
#include "nearest.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_number(const struct options *options, enum option_id option, int64_t *number,
                        struct trail_error *error)
{
    const char *text = options->argument[option];

    if (text == NULL || human_parse_number(text, number) == 0)
        return 0;
    return error_set(error, TRAIL_FAILED, 0, "--%s needs a number, not '%s'",
                     options_list[option].name, text);
}

static int parse_time(const struct options *options, enum option_id option, int64_t *ns,
                      struct trail_error *error)
{
    const char *text = options->argument[option];

    if (text == NULL)
        return 0;
    if (text[strspn(text, "0123456789.")] == '\0' && strtod(text, NULL) > 0)
        return error_set(error, TRAIL_FAILED, 0, "--%s needs a unit: %sms, or %ss?",
                         options_list[option].name, text, text);
    if (human_parse_time(text, ns) == 0)
        return 0;
    return error_set(error, TRAIL_FAILED, 0,
                     "--%s needs a time such as 1.5s, 300ms, 20us or 5ns, not '%s'",
                     options_list[option].name, text);
}

/*
 * The kind of that name, or the only one whose name begins so ("load", "exc"); *matches is how many
 * begin so.
 */
static enum event_kind find_kind(const char *name, int *matches)
{
    enum event_kind found = event_kind_by_name(name);
    char start[32];

    *matches = 0;
    if (found == EVENT_NONE)
        found = event_kind_by_word(name, strlen(name));
    if (found != EVENT_NONE || strlen(name) < 3)
        return found;
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        if (descriptor == NULL)
            continue;
        snprintf(start, sizeof start, "%.*s", (int)strlen(name), descriptor->name);
        if (text_equal_ignoring_case(start, name)) {
            found = descriptor->kind;
            ++*matches;
        }
    }
    return *matches == 1 ? found : EVENT_NONE;
}

static int unknown_kind(const char *name, bool is_ambiguous, struct trail_error *error)
{
    const char *names[EVENT_KINDS], *nearest;
    char all[256] = "";
    size_t count = 0;

    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        if (event_kind_descriptor(kind) == NULL)
            continue;
        names[count] = event_kind_descriptor(kind)->name;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", count > 0 ? ", " : "",
                 names[count]);
        count++;
    }
    if (!is_ambiguous && (nearest = nearest_name(name, names, count, sizeof names[0])) != NULL)
        return error_set(error, TRAIL_FAILED, 0, "unknown event kind '%s'; did you mean '%s'?",
                         name, nearest);
    return error_set(error, TRAIL_FAILED, 0, "'%s' is not one event kind; there are %s", name, all);
}

/*
 * LoadDll,exception -> ["LoadDll","Exception"]. Names come from the descriptor table, so they need
 * no escaping.
 */
static int parse_kinds(const char *list, char *json, size_t size, struct trail_error *error)
{
    char name[32];
    size_t used = (size_t)snprintf(json, size, "[");

    for (;;) {
        size_t length = strcspn(list, ",");
        enum event_kind kind;
        int matches;
        snprintf(name, sizeof name, "%.*s",
                 length < sizeof name ? (int)length : (int)sizeof name - 1, list);
        if ((kind = find_kind(name, &matches)) == EVENT_NONE)
            return unknown_kind(name, matches > 1, error);
        if (used + sizeof name + 4 > size)
            return error_set(error, TRAIL_FAILED, 0, "--kind names too many kinds");
        used += (size_t)snprintf(json + used, size - used, "%s\"%s\"", used > 1 ? "," : "",
                                 event_kind_descriptor(kind)->name);
        if (list[length] == '\0')
            break;
        list += length + 1;
    }
    snprintf(json + used, size - used, "]");
    return 0;
}

int filter_parse(const struct options *options, struct filter *filter, struct trail_error *error)
{
    memset(filter, 0, sizeof *filter);
    filter->limit = -1;
    filter->module = options->argument[OPTION_MODULE];
    filter->text = options->argument[OPTION_TEXT];
    filter->sort = options->argument[OPTION_SORT];
    filter->is_reversed = options->given[OPTION_REVERSE];
    if (filter->sort != NULL && filter->sort[0] == '-') {
        filter->sort++;
        filter->is_reversed = !filter->is_reversed;
    }
    if (parse_number(options, OPTION_PID, &filter->pid, error) != 0 ||
        parse_number(options, OPTION_TID, &filter->tid, error) != 0 ||
        parse_number(options, OPTION_LIMIT, &filter->limit, error) != 0 ||
        parse_time(options, OPTION_FROM, &filter->from_ns, error) != 0 ||
        parse_time(options, OPTION_TO, &filter->to_ns, error) != 0)
        return -1;
    if (options->argument[OPTION_KIND] != NULL)
        return parse_kinds(options->argument[OPTION_KIND], filter->kinds, sizeof filter->kinds,
                           error);
    return 0;
}

static void bind_integer(sqlite3_stmt *statement, const char *name, int64_t value)
{
    int index = sqlite3_bind_parameter_index(statement, name);

    if (index > 0)
        sqlite3_bind_int64(statement, index, value);
}

static void bind_text(sqlite3_stmt *statement, const char *name, const char *value)
{
    int index = sqlite3_bind_parameter_index(statement, name);

    if (index > 0)
        sqlite3_bind_text(statement, index, value, -1, SQLITE_STATIC);
}

void filter_bind(const struct filter *filter, sqlite3_stmt *statement)
{
    bind_integer(statement, ":pid", filter->pid);
    bind_integer(statement, ":tid", filter->tid);
    bind_integer(statement, ":from", filter->from_ns);
    bind_integer(statement, ":to", filter->to_ns);
    bind_text(statement, ":module", filter->module);
    bind_text(statement, ":text", filter->text);
    bind_text(statement, ":kind", filter->kinds);
}
