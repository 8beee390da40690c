/* See builds.h. */
#include "builds.h"

#include "sql.h"

#include <stdlib.h>
#include <string.h>

char *builds_label(const struct run_reference *run, const char *key, struct trail_error *error)
{
    sqlite3_stmt *query = sql_prepare(
        run->database->db, "SELECT value FROM main.label WHERE run_id = ?1 AND key = ?2", error);
    const char *value;
    char *copy = NULL;
    int step;

    if (query == NULL)
        return NULL;
    sqlite3_bind_int64(query, 1, run->run);
    sqlite3_bind_text(query, 2, key, -1, SQLITE_TRANSIENT);
    step = sqlite3_step(query);
    if (step == SQLITE_ROW && (value = (const char *)sqlite3_column_text(query, 0)) != NULL) {
        if ((copy = malloc(strlen(value) + 1)) != NULL)
            strcpy(copy, value);
        else
            error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else if (step != SQLITE_ROW && step != SQLITE_DONE) {
        sql_error(run->database->db, error);
    }
    sqlite3_finalize(query);
    return copy;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Numbers of any length: without leading zeros, the longer one is larger. */
static int compare_numbers(const char **a, const char **b)
{
    size_t length_a, length_b;
    int result;

    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    length_a = strspn(*a, "0123456789");
    length_b = strspn(*b, "0123456789");
    result = length_a != length_b ? (length_a > length_b) - (length_a < length_b)
                                  : memcmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return result;
}

int builds_compare_versions(const char *a, const char *b)
{
    const char *whole_a = a, *whole_b = b;

    while (*a != '\0' && *b != '\0') {
        int result = is_digit(*a) && is_digit(*b) ? compare_numbers(&a, &b)
                                                  : (unsigned char)*a++ - (unsigned char)*b++;
        if (result != 0)
            return result;
    }
    return *a != '\0' ? 1 : *b != '\0' ? -1 : strcmp(whole_a, whole_b);
}
