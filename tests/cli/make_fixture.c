/*
 * Makes a trail file for tests: creates it as the recorder would, then runs .sql files in it.
 *
 *   make_fixture [--damage OFFSET|TABLE] OUTPUT.db INPUT.sql...
 *
 * --damage writes over 200 bytes at OFFSET, or where TABLE begins, when all is done.
 */
#include "db.h"
#include "program.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_AT_MOST = 1 << 20, DAMAGED_BYTES = 200 };

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "make_fixture: %s: %s\n", what, why);
    return 1;
}

static int run_file(sqlite3 *db, const char *path)
{
    char *sql = malloc(INPUT_BYTES_AT_MOST);
    FILE *file = fopen(path, "rb");
    struct trail_error error;
    size_t length;
    int result;

    if (sql == NULL || file == NULL)
        return fail(path, "cannot be read");
    length = fread(sql, 1, INPUT_BYTES_AT_MOST - 1, file);
    fclose(file);
    sql[length] = '\0';
    result = sql_run(db, sql, &error);
    free(sql);
    return result == 0 ? 0 : fail(path, error.sentence);
}

static int damage(const char *path, long offset)
{
    FILE *file = fopen(path, "r+b");
    char bytes[DAMAGED_BYTES];

    memset(bytes, 0xA5, sizeof bytes);
    if (file == NULL || fseek(file, offset, SEEK_SET) != 0 ||
        fwrite(bytes, 1, sizeof bytes, file) != sizeof bytes)
        return fail(path, "cannot be damaged");
    return fclose(file) == 0 ? 0 : fail(path, "cannot be damaged");
}

/* Where the table of that name begins in the file; a number is an offset by itself. */
static long offset_of(sqlite3 *db, const char *name)
{
    char *sql = sqlite3_mprintf("SELECT iif(%Q GLOB '[0-9]*', %Q, (SELECT (rootpage - 1) * "
                                "(SELECT page_size FROM pragma_page_size) FROM sqlite_master "
                                "WHERE name = %Q))",
                                name, name, name);
    sqlite3_int64 offset = -1;

    sql_integer(db, sql, &offset, NULL);
    sqlite3_free(sql);
    return (long)offset;
}

int program_main(int argument_count, char **arguments)
{
    struct trail_error error;
    const char *damaged = NULL;
    long offset = -1;
    sqlite3 *db;
    int result = 0;

    if (argument_count > 3 && strcmp(arguments[1], "--damage") == 0) {
        damaged = arguments[2];
        arguments += 2;
        argument_count -= 2;
    }
    if (argument_count < 2)
        return fail("usage", "make_fixture [--damage OFFSET|TABLE] OUTPUT.db INPUT.sql...");
    remove(arguments[1]);
    if (db_open_for_recording(arguments[1], &db, &error) != 0)
        return fail(arguments[1], error.sentence);
    for (int i = 2; i < argument_count && result == 0; i++)
        result = run_file(db, arguments[i]);
    if (damaged != NULL)
        offset = offset_of(db, damaged);
    db_close(db);
    return result == 0 && offset >= 0 ? damage(arguments[1], offset) : result;
}
