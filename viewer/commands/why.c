/*
 * trailview why: why a module was loaded. For each load of it the chain from the program down to
 * it, what was loaded for it, and where it was looked for.
 */
#include "command.h"
#include "query.h"
#include "search_folders.h"
#include "selector.h"
#include "sql.h"
#include "viewer_sql.h"

static const struct column columns[] = {
    {.name = "run", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "load", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "part", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "depth", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "seq", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "t_ns", .style = STYLE_MS, .title = "ms"},
    {.name = "name", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "module", .style = STYLE_TITLE, .flags = COLUMN_FOR_PEOPLE},
    {.name = "why", .style = STYLE_WORDS},
    {.name = "load_phase", .title = "phase", .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "path", .style = STYLE_PATH},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

enum chain_column {
    CHAIN_PART,
    CHAIN_DEPTH,
    CHAIN_SEQ,
    CHAIN_T_NS,
    CHAIN_NAME,
    CHAIN_WHY,
    CHAIN_PHASE,
    CHAIN_PATH
};

/* One load that is explained. */
struct why {
    struct viewer *viewer;
    sqlite3 *db;
    sqlite3_int64 run, seq;
    bool is_import;
    struct buffer name;
    struct trail_error *error;
};

static void indent(struct why *why, sqlite3_int64 depth, const char *text)
{
    buffer_clear(&why->name);
    for (sqlite3_int64 i = 0; i < depth && i < 40; i++)
        buffer_add_text(&why->name, "  ");
    buffer_add_text(&why->name, text != NULL ? text : "?");
}

static int print_step(struct why *why, sqlite3_stmt *row)
{
    struct cell cells[COLUMNS] = {
        cell_integer(why->run),    cell_integer(why->seq),   cell_of(row, CHAIN_PART),
        cell_of(row, CHAIN_DEPTH), cell_of(row, CHAIN_SEQ),  cell_of(row, CHAIN_T_NS),
        cell_of(row, CHAIN_NAME),  cell_text(NULL),          cell_of(row, CHAIN_WHY),
        cell_of(row, CHAIN_PHASE), cell_of(row, CHAIN_PATH),
    };

    indent(why, sqlite3_column_int64(row, CHAIN_DEPTH),
           (const char *)sqlite3_column_text(row, CHAIN_NAME));
    cells[7] = cell_text(buffer_text(&why->name));
    return output_row(&why->viewer->output, cells, why->error);
}

static int print_place(void *context, const struct search_place *place)
{
    struct why *why = context;
    struct cell cells[COLUMNS] = {
        cell_integer(why->run), cell_integer(why->seq), cell_text("folder"),      cell_text(NULL),
        cell_text(NULL),        cell_text(NULL),        cell_text(NULL),          cell_text(NULL),
        cell_text(NULL),        cell_text(NULL),        cell_text(place->folder),
    };

    buffer_clear(&why->name);
    buffer_add_text(&why->name, place->is_here ? "found by " : "not by ");
    buffer_add_text(&why->name, place->source);
    cells[8] = cell_text(buffer_text(&why->name));
    return output_row(&why->viewer->output, cells, why->error);
}

static sqlite3_stmt *prepare(struct why *why, const char *sql)
{
    sqlite3_stmt *statement = sql_prepare(why->db, sql, why->error);

    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":run"), why->run);
    if (sqlite3_bind_parameter_index(statement, ":seq") > 0)
        sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":seq"), why->seq);
    if (sqlite3_bind_parameter_index(statement, ":name") > 0)
        sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, ":name"),
                          why->viewer->arguments[0], -1, SQLITE_STATIC);
    return statement;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

/*
 * Until the module was found: where else it might have been is of no interest. Of one that nobody
 * imports it is not known where it was looked for, nor whether it was asked for by its path.
 */
static int print_places(void *context, const struct search_place *place)
{
    struct why *why = context;
    int result = why->is_import || (place->is_here && place->folder[0] != '\0')
                     ? print_place(context, place)
                     : 0;

    return result != 0 ? result : place->is_here;
}

static int print_folders(struct why *why, sqlite3_stmt *row)
{
    struct search_facts facts = {
        .is_windows = sqlite3_column_int(row, 0) != 0,
        .path = text_at(row, 1),
        .importer = text_at(row, 2),
        .importer_path = text_at(row, 3),
        .imported_as = text_at(row, 4),
        .rpath = text_at(row, 5),
        .runpath = text_at(row, 6),
        .program_path = text_at(row, 7),
        .directory = text_at(row, 8),
        .library_path = text_at(row, 9),
        .path_variable = text_at(row, 10),
        .system_root = text_at(row, 11),
    };

    why->is_import = facts.importer != NULL;
    return search_folders(&facts, print_places, why) < 0 ? -1 : 0;
}

static int each_row(struct why *why, const char *sql, int (*print)(struct why *, sqlite3_stmt *))
{
    sqlite3_stmt *rows = prepare(why, sql);
    int step = SQLITE_DONE, result = 0;

    if (rows == NULL)
        return -1;
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = print(why, rows);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(why->db, why->error);
    sqlite3_finalize(rows);
    return result;
}

static int print_load(struct why *why, sqlite3_stmt *row)
{
    why->seq = sqlite3_column_int64(row, 0);
    return each_row(why, sql_why_chain, print_step) != 0 ||
                   each_row(why, sql_why_search, print_folders) != 0
               ? -1
               : 0;
}

static int print_missing(struct why *why, sqlite3_stmt *row)
{
    struct cell cells[COLUMNS] = {
        cell_integer(why->run), cell_text(NULL), cell_text("missing"), cell_text(NULL),
        cell_of(row, 3),        cell_of(row, 2), cell_of(row, 0),      cell_of(row, 0),
        cell_of(row, 1),        cell_text(NULL), cell_text(NULL),
    };

    return output_row(&why->viewer->output, cells, why->error);
}

static int explain(struct viewer *viewer, const struct run_reference *run,
                   struct trail_error *error)
{
    struct output *output = &viewer->output;
    struct why why = {.viewer = viewer, .db = run->database->db, .run = run->run, .error = error};
    int result = output_begin(output, columns, COLUMNS, error);
    size_t rows;

    if (result == 0)
        result = each_row(&why, sql_why_loads, print_load);
    if (result == 0)
        result = each_row(&why, sql_why_missing, print_missing);
    rows = output->row_count;
    if (output_end(output, result == 0 ? error : NULL) != 0)
        result = -1;
    buffer_release(&why.name);
    if (result != 0 || rows > 0)
        return result;
    viewer_say("no module of that name was loaded, and none that was loaded imports it");
    return 1;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    int result;

    if (viewer->argument_count < 1 || viewer->argument_count > 2)
        return error_set(error, TRAIL_FAILED, 0,
                         "'why' takes the name of a module (a pattern), and a RUN: 'why libssl*'");
    result = selector_add_runs(viewer, viewer->argument_count == 2 ? viewer->arguments[1] : "last",
                               error);
    for (size_t i = 0; result == 0 && i < viewer->run_count; i++)
        result = explain(viewer, &viewer->runs[i], error);
    return result;
}

const struct command command_why = {
    .name = "why",
    .summary = "why a module was loaded, and why from there",
    .arguments = "NAME [RUN]",
    .details =
        "NAME is a module's name, or a pattern of names (or of paths, if it has a / or \\). For "
        "each module of that name there is the chain from the\n"
        "program down to it, below it what was loaded because it needs it, and in which places it "
        "was looked for, up to the one where it was.\n"
        "What the loader's cache holds is not recorded. Of a module that never came there is what "
        "the "
        "loader said, or who imports it.\n"
        "Exit status: 1 if nothing is known of such a module.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
