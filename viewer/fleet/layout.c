/* See layout.h. */
#include "layout.h"

#include "fleet/ask/questions.h"
#include "tables.h"
#include "viewer_sql.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 256 };

static int take_answer(void *context, const char *bytes, size_t length, struct trail_error *error)
{
    struct buffer *answer = context;

    buffer_add(answer, bytes, length < ANSWER_MAX ? length : ANSWER_MAX);
    return answer->length < ANSWER_MAX && !answer->failed
               ? 0
               : error_set(error, TRAIL_FAILED, 0, "the server's answer is no row of numbers");
}

/* The greatest numbers that stand there; 0 if none does. */
static int read_numbers(struct server *server, unsigned *number, unsigned *trail,
                        struct trail_error *error)
{
    struct buffer answer = {0};
    int result =
        server_ask(server, "SELECT max(number), max(trail) FROM trail_format FORMAT TabSeparated",
                   take_answer, &answer, error);

    if (result == 0 && sscanf(buffer_text(&answer), "%u\t%u\n", number, trail) != 2)
        result = error_set(error, TRAIL_FAILED, 0, "the server's answer is no row of numbers");
    buffer_release(&answer);
    return result;
}

int layout_check(struct server *server, struct trail_error *error)
{
    unsigned number, trail;

    if (read_numbers(server, &number, &trail, error) != 0)
        return -1;
    if (number == LAYOUT_NUMBER && trail == TABLES_VERSION)
        return 0;
    if (number == 0)
        return error_set(error, TRAIL_OTHER_VERSION, 0,
                         "the tables in '%.100s' are not all there; 'trailview push URL --init' "
                         "makes them",
                         server_database(server));
    return error_set(error, TRAIL_OTHER_VERSION, 0,
                     "the tables in '%.100s' have the number %u and follow format %u of trail "
                     "files, this trailview knows %d and %d: use %s",
                     server_database(server), number, trail, LAYOUT_NUMBER, (int)TABLES_VERSION,
                     number > LAYOUT_NUMBER || trail > TABLES_VERSION
                         ? "a newer trailview"
                         : "an older trailview, or another database");
}

/* Runs the statements of a text, of which each ends with a semicolon at the end of a line. */
static int run_all(struct server *server, const char *sql, struct trail_error *error)
{
    struct buffer statement = {0};
    const char *end;
    int result = 0;

    for (; result == 0 && (end = strstr(sql, ";\n")) != NULL; sql = end + 2) {
        buffer_clear(&statement);
        buffer_add(&statement, sql, (size_t)(end - sql));
        result = statement.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                                  : server_run(server, buffer_text(&statement), error);
    }
    buffer_release(&statement);
    return result;
}

/* What can be asked, for other clients. */
static int make_views(struct server *server, struct trail_error *error)
{
    struct buffer sql = {0};
    int result = 0;

    for (const struct question *question = questions; result == 0 && question->name != NULL;
         question++) {
        buffer_clear(&sql);
        question_add_view(question, &sql);
        result = sql.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                            : server_run(server, buffer_text(&sql), error);
    }
    buffer_release(&sql);
    return result;
}

int layout_make(struct server *server, struct trail_error *error)
{
    unsigned number, trail;
    char sql[640];

    snprintf(sql, sizeof sql, "CREATE DATABASE IF NOT EXISTS %s", server_database(server));
    if (server_run(server, sql, error) != 0 || run_all(server, sql_fleet_tables, error) != 0 ||
        make_views(server, error) != 0 || read_numbers(server, &number, &trail, error) != 0)
        return -1;
    if (number != 0) /* who made them earlier said what they are */
        return layout_check(server, error);
    /* it is there twice if two make them at once, which does not matter */
    snprintf(sql, sizeof sql, "INSERT INTO trail_format SELECT %d, %d, now()", LAYOUT_NUMBER,
             (int)TABLES_VERSION);
    return server_run(server, sql, error);
}
