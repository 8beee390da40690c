/* See selector.h. */
#include "selector.h"

#include "command.h"
#include "file.h"
#include "human.h"
#include "sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool selector_parse(const char *text, struct selector *selector)
{
    const char *equals;

    memset(selector, 0, sizeof *selector);
    if (human_parse_number(text, &selector->number) == 0) {
        selector->type = SELECT_NUMBER;
        return true;
    }
    if (strncmp(text, "last", 4) == 0) {
        selector->type = SELECT_LAST;
        return text[4] == '\0' ||
               (text[4] == '~' && human_parse_number(text + 5, &selector->number) == 0);
    }
    if (text[0] != '@' || (equals = strchr(text, '=')) == NULL || equals == text + 1)
        return false;
    selector->type = SELECT_LABEL;
    selector->key = text + 1;
    selector->key_length = (size_t)(equals - text - 1);
    selector->value = equals + 1;
    return true;
}

const char *selector_split(const char *text, bool (*is_file)(const char *path, size_t length))
{
    const char *last = NULL;
    struct selector selector;

    for (const char *at = text + strlen(text); at-- > text + 1;) {
        if (*at != ':' || !selector_parse(at + 1, &selector))
            continue;
        if (is_file == NULL || is_file(text, (size_t)(at - text)))
            return at;
        if (last == NULL)
            last = at;
    }
    return last;
}

static char *copy_text(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

/* Also what can be no trail file: opening it says why. */
static bool is_file(const char *path, size_t length)
{
    char *copy = copy_text(path, length);
    bool is = copy != NULL && file_look(copy, NULL, NULL) != 0;

    free(copy);
    return is;
}

bool selector_names_run(const char *text)
{
    struct selector selector;

    return selector_parse(text, &selector) || selector_split(text, NULL) != NULL ||
           is_file(text, strlen(text));
}

static int add_selected(struct viewer *viewer, struct database *database, sqlite3_stmt *select,
                        struct trail_error *error)
{
    int step;

    while ((step = sqlite3_step(select)) == SQLITE_ROW)
        if (viewer_add_run(viewer, database, sqlite3_column_int64(select, 0), error) != 0)
            return -1;
    return step == SQLITE_DONE ? 0 : sql_error(database->db, error);
}

/* Says which labels there are: those of that key, if it has any. */
static int no_such_label(const struct database *database, const struct selector *selector,
                         struct trail_error *error)
{
    static const char list_sql[] =
        "WITH l AS (SELECT key, value, max(run_id) AS last FROM main.label GROUP BY key, value), "
        "chosen AS (SELECT * FROM l WHERE key = ?1 OR NOT EXISTS (SELECT 1 FROM l WHERE key = ?1)) "
        "SELECT group_concat(substr(key, 1, 40) || '=' || substr(value, 1, 40), ', ') || "
        "iif((SELECT count(*) FROM chosen) > 8, ', ...', '') "
        "FROM (SELECT * FROM chosen ORDER BY last DESC, key, value LIMIT 8)";
    sqlite3_stmt *list = sql_prepare(database->db, list_sql, error);
    const char *labels;

    if (list == NULL)
        return -1;
    sqlite3_bind_text(list, 1, selector->key, (int)selector->key_length, SQLITE_STATIC);
    labels = sqlite3_step(list) == SQLITE_ROW ? (const char *)sqlite3_column_text(list, 0) : NULL;
    error_set(error, TRAIL_NOT_FOUND, 0, "no run in '%s' is labelled %.*s=%s; there %s%s",
              database->path, (int)selector->key_length, selector->key, selector->value,
              labels != NULL ? "are " : "is no label", labels != NULL ? labels : "");
    sqlite3_finalize(list);
    return -1;
}

static int no_such_run(const struct database *database, const struct selector *selector,
                       struct trail_error *error)
{
    sqlite3_stmt *count = sql_prepare(database->db, "SELECT count(*) FROM main.run", error);
    sqlite3_int64 runs;

    if (count == NULL)
        return -1;
    runs = sqlite3_step(count) == SQLITE_ROW ? sqlite3_column_int64(count, 0) : 0;
    sqlite3_finalize(count);
    if (runs == 0)
        return error_set(error, TRAIL_NOT_FOUND, 0,
                         "'%s' has no runs yet; 'trailrec -o FILE -- COMMAND' records one",
                         database->path);
    if (selector->type == SELECT_LABEL)
        return no_such_label(database, selector, error);
    if (selector->type == SELECT_LAST)
        return error_set(error, TRAIL_NOT_FOUND, 0,
                         "no run last~%" PRId64 " in '%s': it has %" PRId64, selector->number,
                         database->path, (int64_t)runs);
    return error_set(error, TRAIL_NOT_FOUND, 0,
                     "no run %" PRId64 " in '%s'; 'trailview runs' lists them", selector->number,
                     database->path);
}

static int add_from(struct viewer *viewer, struct database *database,
                    const struct selector *selector, struct trail_error *error)
{
    static const char *const select_sql[] = {
        [SELECT_NUMBER] = "SELECT id FROM main.run WHERE id = ?1",
        [SELECT_LAST] = "SELECT id FROM main.run ORDER BY id DESC LIMIT 1 OFFSET ?1",
        [SELECT_LABEL] =
            "SELECT run_id FROM main.label WHERE key = ?2 AND value = ?3 ORDER BY run_id",
    };
    sqlite3_stmt *select = sql_prepare(database->db, select_sql[selector->type], error);
    size_t before = viewer->run_count;
    int result;

    if (select == NULL)
        return error_context(error, "cannot read '%s'", database->path);
    if (selector->type == SELECT_LABEL) {
        sqlite3_bind_text(select, 2, selector->key, (int)selector->key_length, SQLITE_STATIC);
        sqlite3_bind_text(select, 3, selector->value, -1, SQLITE_STATIC);
    } else {
        sqlite3_bind_int64(select, 1, selector->number);
    }
    result = add_selected(viewer, database, select, error);
    sqlite3_finalize(select);
    if (result != 0)
        return error_context(error, "cannot read '%s'", database->path);
    return viewer->run_count > before ? 0 : no_such_run(database, selector, error);
}

static int no_run(const struct viewer *viewer, const char *text, struct trail_error *error)
{
    bool takes_module = (viewer->command->options & OPTION_BIT(OPTION_MODULE)) != 0;

    error_set(error, TRAIL_NOT_FOUND, 0,
              "'%s' is no run (a number, last, last~N, @key=value, FILE:RUN) and no file", text);
    if (takes_module && strchr(text, '.') != NULL && strpbrk(text, "/\\:") == NULL)
        error_set(error, TRAIL_NOT_FOUND, 0,
                  "'%s' is no run and no file; for modules of that name: -m '%s'", text, text);
    return -1;
}

int selector_add_runs(struct viewer *viewer, const char *text, struct trail_error *error)
{
    struct selector selector;
    struct database *database;
    const char *colon, *path = viewer->path;
    char *copy = NULL;

    if (!selector_parse(text, &selector)) {
        colon = is_file(text, strlen(text)) ? NULL : selector_split(text, is_file);
        if (colon == NULL && !is_file(text, strlen(text)))
            return no_run(viewer, text, error);
        selector_parse(colon != NULL ? colon + 1 : "last", &selector);
        if ((copy = copy_text(text, colon != NULL ? (size_t)(colon - text) : strlen(text))) == NULL)
            return error_set(error, TRAIL_FAILED, 0, "out of memory");
        path = copy;
    }
    database = viewer_open(viewer, path, error);
    free(copy);
    return database != NULL ? add_from(viewer, database, &selector, error) : -1;
}

int selector_add_all_runs(struct viewer *viewer, struct trail_error *error)
{
    struct database *database = viewer_open(viewer, viewer->path, error);
    sqlite3_stmt *select;
    int result;

    if (database == NULL)
        return -1;
    viewer->database = database;
    if ((select = sql_prepare(database->db, "SELECT id FROM main.run ORDER BY id", error)) == NULL)
        return error_context(error, "cannot read '%s'", database->path);
    result = add_selected(viewer, database, select, error);
    sqlite3_finalize(select);
    return result == 0 ? 0 : error_context(error, "cannot read '%s'", database->path);
}
