/* See pull.h. */
#include "pull.h"

#include "db.h"
#include "progress.h"
#include "pull_tables.h"
#include "sql.h"
#include "fleet/tsv_ask.h"
#include "upkeep/merge.h"
#include "upkeep/prune.h"

#include <string.h>

/* What is brought at a time. One run may have more rows. */
enum { RUNS_AT_ONCE = 200, ROWS_AT_ONCE = 200000 };

struct pull {
    struct server *server;
    sqlite3 *to;
    sqlite3 *list; /* a database of its own on the medium: the runs that are asked for */
    pull_report report;
    void *context;
    struct progress progress;
    struct trail_error *error;
};

/* The runs that come together, as SQL over there. */
struct batch {
    struct buffer programs, builds, copies, condition;
    sqlite3_int64 first, last, least_start, most_start; /* in the list; of `start` */
};

static bool is_uuid(const struct tsv_value *value)
{
    return value->text != NULL && value->length == 36 &&
           strspn(value->text, "0123456789abcdef-") == 36;
}

/* Columns: copy, uuid, program, build, start, sent, rows. */
static int take_listed(void *context, const struct tsv_value *values, struct trail_error *error)
{
    sqlite3_stmt *add = context;
    int64_t numbers[3];
    int step;

    if (!is_uuid(&values[0]) || values[1].length == 0 || values[1].length > 100 ||
        values[2].text == NULL || values[3].text == NULL)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a run that cannot be one");
    for (int i = 0; i < 3; i++)
        if (tsv_integer(&values[4 + i], &numbers[i], error) != 0)
            return -1;
    for (int i = 0; i < 4; i++)
        sqlite3_bind_text64(add, i + 1, values[i].text, values[i].length, SQLITE_STATIC,
                            SQLITE_UTF8);
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(add, i + 5, numbers[i]);
    step = sqlite3_step(add);
    sqlite3_reset(add);
    return step == SQLITE_DONE ? 0
                               : error_set(error, TRAIL_DAMAGED, 0,
                                           "the server sent the run '%.40s' twice", values[1].text);
}

/* Neighbours over there come together. */
static int list_runs(struct pull *pull, const struct selection *selection)
{
    struct buffer sql = {0};
    sqlite3_stmt *add = NULL;
    int result = sql_run(pull->list,
                         "CREATE TABLE listed (place INTEGER PRIMARY KEY, copy TEXT UNIQUE, uuid "
                         "TEXT UNIQUE, program TEXT, build TEXT, start INTEGER, sent INTEGER, "
                         "rows INTEGER); BEGIN",
                         pull->error);

    if (result == 0 &&
        (add =
             sql_prepare(pull->list, "INSERT INTO listed VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         pull->error)) == NULL)
        result = -1;
    buffer_add_text(&sql, "SELECT copy, uuid, program, build, toUInt32(start), sent, rows FROM run "
                          "WHERE ");
    selection_add_where(selection, true, &sql);
    buffer_add_text(&sql, " ORDER BY program, build, start, copy LIMIT 1 BY copy "
                          "FORMAT TabSeparated");
    if (result == 0)
        result = tsv_ask(pull->server, &sql, 7, take_listed, add, pull->error);
    sqlite3_finalize(add);
    buffer_release(&sql);
    return result == 0 ? sql_run(pull->list, "COMMIT", pull->error) : -1;
}

/* The run's number in the file; 0 if it is not there, -1 and error. */
static sqlite3_int64 number_of(struct pull *pull, const char *uuid)
{
    sqlite3_stmt *row =
        sql_prepare(pull->to, "SELECT id FROM main.run WHERE uuid = ?1", pull->error);
    sqlite3_int64 number = 0;

    if (row == NULL)
        return -1;
    sqlite3_bind_text(row, 1, uuid, -1, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW)
        number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

static int report(struct pull *pull, sqlite3_stmt *listed, sqlite3_int64 run,
                  enum pull_result result)
{
    struct pulled_run pulled = {.uuid = (const char *)sqlite3_column_text(listed, 2),
                                .run = run,
                                .result = result,
                                .sent = (unsigned)sqlite3_column_int(listed, 6)};

    progress_hide(&pull->progress);
    return pull->report(pull->context, &pulled, pull->error);
}

static void add_text(struct buffer *list, sqlite3_stmt *row, int column)
{
    buffer_add_text(list, list->length > 0 ? ", " : "");
    selection_quote(list, (const char *)sqlite3_column_text(row, column),
                    (size_t)sqlite3_column_bytes(row, column));
}

static void add_to_batch(struct batch *batch, sqlite3_stmt *listed)
{
    sqlite3_int64 start = sqlite3_column_int64(listed, 5);
    bool is_first = batch->copies.length == 0;

    add_text(&batch->copies, listed, 1);
    add_text(&batch->programs, listed, 3);
    add_text(&batch->builds, listed, 4);
    batch->least_start = is_first || start < batch->least_start ? start : batch->least_start;
    batch->most_start = is_first || start > batch->most_start ? start : batch->most_start;
}

static void clear_batch(struct batch *batch)
{
    buffer_clear(&batch->programs);
    buffer_clear(&batch->builds);
    buffer_clear(&batch->copies);
    buffer_clear(&batch->condition);
}

static void release_batch(struct batch *batch)
{
    buffer_release(&batch->programs);
    buffer_release(&batch->builds);
    buffer_release(&batch->copies);
    buffer_release(&batch->condition);
}

/* The next runs of the list that the file does not have. Returns 1, 0 at the end, or -1 and error.
 */
static int next_batch(struct pull *pull, struct batch *batch)
{
    sqlite3_stmt *listed = sql_prepare(
        pull->list, "SELECT * FROM listed WHERE place > ?1 ORDER BY place", pull->error);
    sqlite3_int64 runs = 0, rows = 0, number = 0;
    int result = listed != NULL ? 0 : -1;

    clear_batch(batch);
    batch->first = batch->last;
    sqlite3_bind_int64(listed, 1, batch->last);
    while (result == 0 && runs < RUNS_AT_ONCE && rows < ROWS_AT_ONCE &&
           sqlite3_step(listed) == SQLITE_ROW) {
        batch->last = sqlite3_column_int64(listed, 0);
        number = number_of(pull, (const char *)sqlite3_column_text(listed, 2));
        if (number > 0) {
            result = report(pull, listed, number, PULL_WAS_THERE);
            continue;
        }
        result = number < 0 ? -1 : 0;
        add_to_batch(batch, listed);
        rows += sqlite3_column_int64(listed, 7);
        runs++;
    }
    sqlite3_finalize(listed);
    return result == 0 ? runs > 0 : -1;
}

static int add_condition(struct pull *pull, struct batch *batch)
{
    struct buffer *sql = &batch->condition;
    const struct {
        const char *words;
        const struct buffer *list;
    } parts[] = {{"program IN (", &batch->programs},
                 {") AND build IN (", &batch->builds},
                 {") AND copy IN (", &batch->copies}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buffer_add_text(sql, parts[i].words);
        buffer_add_text(sql, buffer_text(parts[i].list));
    }
    buffer_add_text(sql, ") AND start >= toDateTime(");
    buffer_add_number(sql, batch->least_start);
    buffer_add_text(sql, ") AND start <= toDateTime(");
    buffer_add_number(sql, batch->most_start);
    buffer_add_char(sql, ')');
    return sql->failed || batch->programs.failed || batch->builds.failed || batch->copies.failed
               ? error_set(pull->error, TRAIL_FAILED, 0, "out of memory")
               : 0;
}

/* How many rows came of the copy; its number in `from`. -1 if it did not come. */
static sqlite3_int64 rows_that_came(sqlite3 *from, sqlite3_stmt *listed, sqlite3_int64 *run)
{
    sqlite3_stmt *row =
        sql_prepare(from, "SELECT rows, id FROM temp.counted WHERE copy = ?1", NULL);
    sqlite3_int64 rows = -1;

    sqlite3_bind_value(row, 1, sqlite3_column_value(listed, 1));
    if (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        rows = sqlite3_column_int64(row, 0);
        *run = sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(row);
    return rows;
}

/* Takes those away again that are not whole over there: a server that lost power has lost rows. */
static int take_broken_away(struct pull *pull, sqlite3 *from, sqlite3_stmt *listed)
{
    int result = 0;

    while (result == 0 && sqlite3_step(listed) == SQLITE_ROW) {
        sqlite3_int64 run = 0, rows = rows_that_came(from, listed, &run);
        if (rows == sqlite3_column_int64(listed, 7) ||
            number_of(pull, (const char *)sqlite3_column_text(listed, 2)) != 0)
            continue;
        result = report(pull, listed, 0, PULL_NOT_WHOLE);
        if (result == 0 && rows >= 0)
            result = prune_run(from, run, pull->error) == 1 ? 0 : -1;
    }
    return result;
}

static int ignore_merged(void *context, sqlite3_int64 run, sqlite3_int64 there, int is_new,
                         struct trail_error *error)
{
    (void)context;
    (void)run;
    (void)there;
    (void)is_new;
    (void)error;
    return 0;
}

/* Reports those that are new. */
static int report_merged(struct pull *pull, sqlite3 *from, sqlite3_stmt *listed)
{
    int result = 0;

    while (result == 0 && sqlite3_step(listed) == SQLITE_ROW) {
        sqlite3_int64 run = 0, number;
        if (rows_that_came(from, listed, &run) != sqlite3_column_int64(listed, 7))
            continue;
        number = number_of(pull, (const char *)sqlite3_column_text(listed, 2));
        result = number > 0 ? report(pull, listed, number, PULL_NEW) : -1;
    }
    return result;
}

static sqlite3_stmt *of_batch(struct pull *pull, const struct batch *batch)
{
    sqlite3_stmt *listed = sql_prepare(
        pull->list, "SELECT * FROM listed WHERE place > ?1 AND place <= ?2 ORDER BY place",
        pull->error);

    sqlite3_bind_int64(listed, 1, batch->first);
    sqlite3_bind_int64(listed, 2, batch->last);
    return listed;
}

static int pull_batch(struct pull *pull, struct batch *batch)
{
    sqlite3 *from = NULL;
    sqlite3_stmt *listed = of_batch(pull, batch);
    int result =
        listed != NULL && add_condition(pull, batch) == 0 &&
                db_open_scratch(&from, pull->error) == 0 &&
                pull_tables(pull->server, buffer_text(&batch->condition), from, pull->error) == 0
            ? take_broken_away(pull, from, listed)
            : -1;

    if (result == 0)
        result = merge_runs(from, pull->to, ignore_merged, NULL, pull->error);
    sqlite3_reset(listed);
    if (result == 0)
        result = report_merged(pull, from, listed);
    sqlite3_finalize(listed);
    db_close(from);
    return result;
}

static int pull_all(struct pull *pull)
{
    struct batch batch = {.last = 0};
    sqlite3_int64 count = 0;
    int result = sql_integer(pull->list, "SELECT count(*) FROM listed", &count, pull->error);

    progress_begin(&pull->progress, "pull", "runs", count);
    while (result == 0 && (result = next_batch(pull, &batch)) == 1) {
        progress_to(&pull->progress, batch.first);
        result = pull_batch(pull, &batch);
    }
    progress_hide(&pull->progress);
    release_batch(&batch);
    return result;
}

int pull_runs(struct server *server, const struct selection *selection, sqlite3 *to,
              pull_report report_run, void *context, struct trail_error *error)
{
    struct pull pull = {
        .server = server, .to = to, .report = report_run, .context = context, .error = error};
    int result = db_open_scratch(&pull.list, error) == 0 && list_runs(&pull, selection) == 0
                     ? pull_all(&pull)
                     : -1;

    db_close(pull.list);
    return result;
}
