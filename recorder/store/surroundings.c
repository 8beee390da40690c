/* See surroundings.h. */
#include "surroundings.h"

#include "sql.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

enum { CHECK_BITS_MASK = 0xFFF };

static const char *const steering[] = {
#define STEERING(name) name,
#include "steering.def"
};
static const char *const steering_prefixes[] = {
#define STEERING_PREFIX(prefix) prefix,
#include "steering.def"
};

static bool steers(const char *name)
{
    for (size_t i = 0; i < sizeof steering / sizeof *steering; i++)
        if (sqlite3_stricmp(name, steering[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof steering_prefixes / sizeof *steering_prefixes; i++)
        if (strncmp(name, steering_prefixes[i], strlen(steering_prefixes[i])) == 0)
            return true;
    return false;
}

static bool is_wanted(const char *name, const char *const *values)
{
    for (; values != NULL && *values != NULL; values++)
        if (sqlite3_strglob(*values, name) == 0)
            return true;
    return false;
}

static int check_value(const char *value)
{
    return (int)(crc32(0, (const unsigned char *)value, (unsigned)strlen(value)) & CHECK_BITS_MASK);
}

/* Windows' hidden "=C:=C:\..." begins with what elsewhere ends the name. */
static size_t name_length(const char *variable)
{
    size_t hidden = variable[0] == '=';

    return hidden + strcspn(variable + hidden, "=");
}

static int insert_variable(sqlite3_stmt *insert, const char *variable, const char *const *values)
{
    size_t length = name_length(variable);
    const char *value = variable + length + (variable[length] == '=');
    char *name = sqlite3_mprintf("%.*s", (int)length, variable);
    int result = SQLITE_NOMEM;

    if (name != NULL) {
        sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_null(insert, 3);
        if (steers(name) || is_wanted(name, values))
            sqlite3_bind_text(insert, 3, value, -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 4, check_value(value));
        result = sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_free(name);
    return result == SQLITE_DONE ? 0 : -1;
}

static int insert_environment(sqlite3 *db, int64_t run_id, const struct surroundings *surroundings,
                              struct trail_error *error)
{
    const char *variable = surroundings->environment;
    sqlite3_stmt *insert;
    int result = 0;

    if (variable == NULL)
        return 0;
    insert = sql_prepare(db, "INSERT OR REPLACE INTO environment VALUES (?1, ?2, ?3, ?4)", error);
    if (insert == NULL)
        return -1;
    sqlite3_bind_int64(insert, 1, run_id);
    for (; result == 0 && *variable != '\0'; variable += strlen(variable) + 1)
        result = insert_variable(insert, variable, surroundings->values);
    sqlite3_finalize(insert);
    return result == 0 ? 0 : sql_error(db, error);
}

static void bind_known(sqlite3_stmt *statement, int index, bool is_known, double value)
{
    if (is_known)
        sqlite3_bind_double(statement, index, value);
}

int surroundings_begin(sqlite3 *db, int64_t run_id, const struct surroundings *surroundings,
                       struct trail_error *error)
{
    const struct os_busy *busy = &surroundings->busy;
    sqlite3_stmt *update = sql_prepare(db,
                                       "UPDATE run SET cpus = ?2, load_start = ?3, "
                                       "pressure_start = ?4 WHERE id = ?1",
                                       error);

    if (update == NULL)
        return -1;
    sqlite3_bind_int64(update, 1, run_id);
    if (busy->cpus > 0)
        sqlite3_bind_int64(update, 2, busy->cpus);
    bind_known(update, 3, busy->has_load, busy->load);
    bind_known(update, 4, busy->has_pressure, busy->pressure);
    return sql_finish(db, update, error) != 0 ? -1
                                              : insert_environment(db, run_id, surroundings, error);
}

int surroundings_end(sqlite3 *db, int64_t run_id, const struct surroundings *surroundings,
                     struct trail_error *error)
{
    const struct os_busy *start = &surroundings->busy;
    sqlite3_stmt *update = sql_prepare(db,
                                       "UPDATE run SET load_end = ?2, pressure_end = ?3, "
                                       "idle_share = ?4, stolen_share = ?5 WHERE id = ?1",
                                       error);
    struct os_busy end;
    double total;

    if (update == NULL)
        return -1;
    os_busy(&end);
    total = (double)(end.total - start->total);
    sqlite3_bind_int64(update, 1, run_id);
    bind_known(update, 2, end.has_load, end.load);
    bind_known(update, 3, end.has_pressure, end.pressure);
    bind_known(update, 4, total > 0, (double)(end.idle - start->idle) / total);
    bind_known(update, 5, total > 0, (double)(end.stolen - start->stolen) / total);
    return sql_finish(db, update, error);
}
