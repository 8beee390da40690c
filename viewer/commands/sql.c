/* trailview sql: one statement of the user's over the views, which can only read. */
#include "command.h"
#include "db.h"
#include "query.h"

#include <stdlib.h>
#include <string.h>

enum { STATEMENT_BYTES_AT_MOST = 1 << 20 };

static bool is_one_of(const char *name, const char *const *names)
{
    for (; name != NULL && *names != NULL; names++)
        if (sqlite3_stricmp(name, *names) == 0)
            return true;
    return false;
}

/*
 * PRAGMAs that only tell something: some about what their argument names, the others only without
 * an argument.
 */
static bool pragma_only_tells(const char *name, const char *argument)
{
    static const char *const about[] = {
        "table_info",  "table_xinfo",      "table_list",      "index_list",  "index_info",
        "index_xinfo", "foreign_key_list", "integrity_check", "quick_check", NULL};
    static const char *const plain[] = {
        "application_id",  "user_version",   "schema_version", "page_count",
        "page_size",       "freelist_count", "journal_mode",   "encoding",
        "compile_options", "function_list",  "module_list",    "pragma_list",
        "collation_list",  "database_list",  "data_version",   NULL};

    return is_one_of(name, about) || (argument == NULL && is_one_of(name, plain));
}

static const char *refusal_of(int action, const char *first, const char *second)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return NULL;
    case SQLITE_FUNCTION:
        return sqlite3_stricmp(second, "load_extension") == 0   ? "it would load an extension"
               : sqlite3_stricmp(second, "fts3_tokenizer") == 0 ? "it would show or take addresses"
                                                                : NULL;
    case SQLITE_PRAGMA:
        return pragma_only_tells(first, second) ? NULL : "it would change a setting (PRAGMA)";
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return "it would attach or detach another file; name FILE with -d";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return "it would start or end a transaction";
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        /*
         * json_each and other table-valued functions declare themselves so at their first use.
         * SQLite itself refuses a user's.
         */
        return action != SQLITE_DELETE && sqlite3_stricmp(first, "sqlite_master") == 0
                   ? NULL
                   : "it would write";
    default:
        return "it would change tables, views or indexes";
    }
}

/* sqlite3_set_authorizer's callback; `state` is where the reason of a refusal goes. */
static int authorize(void *state, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    const char **refusal = state, *reason = refusal_of(action, first, second);

    (void)database;
    (void)trigger;
    if (reason != NULL && *refusal == NULL)
        *refusal = reason;
    return reason == NULL ? SQLITE_OK : SQLITE_DENY;
}

static char *read_input(struct trail_error *error)
{
    char *text = malloc(STATEMENT_BYTES_AT_MOST + 1);
    size_t length;

    if (text == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    length = fread(text, 1, STATEMENT_BYTES_AT_MOST + 1, stdin);
    if (length > STATEMENT_BYTES_AT_MOST || ferror(stdin)) {
        error_set(error, TRAIL_FAILED, 0,
                  ferror(stdin) ? "cannot read the statement"
                                : "the statement is longer than 1 MiB");
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

/* Whether nothing but white space, semicolons and comments follows. */
static bool is_blank(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    const char *tail = text;

    while (*tail != '\0') {
        int result = sqlite3_prepare_v2(db, tail, -1, &statement, &text);
        sqlite3_finalize(statement);
        if (result != SQLITE_OK || statement != NULL)
            return false;
        tail = text;
    }
    return true;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text, struct trail_error *error)
{
    const char *refusal = NULL, *tail;
    sqlite3_stmt *statement = NULL;

    sqlite3_set_authorizer(db, authorize, (void *)&refusal);
    if (sqlite3_prepare_v2(db, text, -1, &statement, &tail) != SQLITE_OK && refusal == NULL)
        error_set(error, TRAIL_FAILED, 0, "cannot run the statement: %s", sqlite3_errmsg(db));
    else if (refusal == NULL && statement == NULL)
        error_set(error, TRAIL_FAILED, 0, "cannot run the statement: it is empty");
    else if (refusal == NULL && !sqlite3_stmt_readonly(statement))
        refusal = "it would write";
    else if (refusal == NULL && !is_blank(db, tail))
        refusal = "there is more than one";
    else if (refusal == NULL) {
        sqlite3_set_authorizer(db, NULL, NULL);
        return statement;
    }
    sqlite3_finalize(statement);
    sqlite3_set_authorizer(db, NULL, NULL);
    if (refusal != NULL)
        error_set(error, TRAIL_FAILED, 0,
                  "'sql' runs one statement that only reads; this one is refused: %s", refusal);
    return NULL;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    bool from_input = viewer->argument_count == 1 && strcmp(viewer->arguments[0], "-") == 0;
    sqlite3_stmt *statement;
    char *input = NULL;
    int result;

    if (viewer->argument_count != 1)
        return error_set(
            error, TRAIL_FAILED, 0,
            "'sql' needs one statement in quotes, or - to read it from standard input");
    if (from_input && (input = read_input(error)) == NULL)
        return -1;
    statement = prepare(viewer->database->db, from_input ? input : viewer->arguments[0], error);
    free(input);
    if (statement == NULL)
        return -1;
    result = query_print_statement(viewer, statement, error);
    if (result == 0 && viewer->output.row_count == 0)
        viewer_say("no row fits the statement");
    sqlite3_finalize(statement);
    return result == 0 ? 0 : error_context(error, "cannot run the statement");
}

const struct command command_sql = {
    .name = "sql",
    .summary = "run one SELECT over the views: runs, events, loads, modules, ...",
    .arguments = "\"SELECT ...\" | -",
    .details = "- reads the statement from standard input. Views: runs, events, loads, processes, "
               "threads, modules, exceptions, output, marks;\n"
               "the tables below them can be read too. What writes, attaches files or changes "
               "settings is refused.\n",
    .options = 0,
    .flags = COMMAND_NEEDS_DATABASE | COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
