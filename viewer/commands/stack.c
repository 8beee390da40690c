/* trailview stack: who called whom at an event. */
#include "command.h"
#include "query.h"
#include "selector.h"
#include "sql.h"

#include <stdlib.h>

/* Of a load whose stop told another one first, the stack is that one's. */
static const char sql[] =
    "SELECT run, seq, depth, place, module, offset, symbol, symbol_offset, guessed, is_cause, path "
    "FROM stacks WHERE run = ?1 AND seq = coalesce((SELECT s.seq FROM main.kept_stack s WHERE "
    "s.run_id = ?1 AND s.seq = ?2), (SELECT l.request_seq FROM main.event_load_dll l WHERE "
    "l.run_id = ?1 AND l.seq = ?2)) ORDER BY depth";

static const struct column columns[] = {
    {.name = "run", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "seq", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "depth", .style = STYLE_COUNT, .title = "#"},
    {.name = "place", .style = STYLE_TITLE},
    {.name = "module", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "offset", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "symbol", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "symbol_offset", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "guessed", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "is_cause", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "note", .flags = COLUMN_FOR_PEOPLE | COLUMN_HIDE_EMPTY},
    {.name = "path", .style = STYLE_PATH},
};
enum { COLUMNS = sizeof columns / sizeof *columns, NOTE = 10, PATH_OF_ROW = 10 };

static const char *note_of(sqlite3_stmt *row)
{
    bool guessed = sqlite3_column_int(row, 8) != 0, is_cause = sqlite3_column_int(row, 9) != 0;

    return guessed ? (is_cause ? "asked, guessed" : "guessed") : is_cause ? "asked" : NULL;
}

static int print_frame(struct viewer *viewer, sqlite3_stmt *row, struct trail_error *error)
{
    struct cell cells[COLUMNS];

    for (int i = 0; i < NOTE; i++)
        cells[i] = cell_of(row, i);
    cells[NOTE] = cell_text(note_of(row));
    cells[NOTE + 1] = cell_of(row, PATH_OF_ROW);
    return output_row(&viewer->output, cells, error);
}

static int print_frames(struct viewer *viewer, sqlite3_int64 seq, struct trail_error *error)
{
    const struct run_reference *run = &viewer->runs[0];
    sqlite3_stmt *frames = sql_prepare(run->database->db, sql, error);
    int step = SQLITE_ERROR, result = frames == NULL ? -1 : 0, count = 0;

    if (result == 0) {
        sqlite3_bind_int64(frames, 1, run->run);
        sqlite3_bind_int64(frames, 2, seq);
        result = output_begin(&viewer->output, columns, COLUMNS, error);
    }
    while (result == 0 && (step = sqlite3_step(frames)) == SQLITE_ROW) {
        result = print_frame(viewer, frames, error);
        count++;
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(run->database->db, error);
    sqlite3_finalize(frames);
    if (result == 0 && count == 0)
        return error_set(error, TRAIL_NOT_FOUND, 0,
                         "no stack was kept of event %lld of run %lld; see trailrec's -k",
                         (long long)seq, (long long)run->run);
    return result == 0 ? output_end(&viewer->output, error) : -1;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    char *end = NULL;
    long long seq;

    if (viewer->argument_count < 1 || viewer->argument_count > 2)
        return error_set(error, TRAIL_FAILED, 0,
                         "stack takes SEQ, the number of an event, and "
                         "perhaps a RUN; see 'trailview help stack'");
    seq = strtoll(viewer->arguments[0], &end, 10);
    if (*end != '\0' || seq <= 0)
        return error_set(error, TRAIL_FAILED, 0, "'%s' is not the number of an event",
                         viewer->arguments[0]);
    if (selector_add_runs(viewer, viewer->argument_count > 1 ? viewer->arguments[1] : "last",
                          error) != 0)
        return -1;
    return print_frames(viewer, seq, error);
}

const struct command command_stack = {
    .name = "stack",
    .summary = "who called whom at an event",
    .arguments = "SEQ [RUN]",
    .details = "SEQ is an event's number, as loads, exceptions and events show it. The innermost "
               "call is first. 'asked' is who made the\n"
               "loader load a module: the first call outside of the loader. What is 'guessed' was "
               "found without unwind tables. Which events keep\n"
               "a stack is chosen by trailrec's -k.\n",
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
