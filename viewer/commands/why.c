/*
 * trailview why: why a module was loaded. For each load of it the chain from the program down to
 * it, what was loaded for it, and where it was looked for.
 */
#include "command.h"
#include "load_links.h"
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

enum step_column { STEP_SEQ, STEP_T_NS, STEP_NAME, STEP_WHY, STEP_PHASE, STEP_PATH };

/* One load that is explained. */
struct why {
    struct viewer *viewer;
    sqlite3 *db;
    sqlite3_int64 run, seq;
    struct load_links links;
    sqlite3_stmt *parent, *step, *search; /* of any load */
    sqlite3_stmt *whole;                  /* the row of the run */
    size_t depth;                         /* of the load below the program */
    bool is_import, is_in_folder;         /* where it was found, and whether one knows that */
    struct buffer name;
    struct trail_error *error;
};

static void indent(struct why *why, size_t depth, const char *text)
{
    buffer_clear(&why->name);
    for (size_t i = 0; i < depth && i < 40; i++)
        buffer_add_text(&why->name, "  ");
    buffer_add_text(&why->name, text != NULL ? text : "?");
}

static int print_row(struct why *why, sqlite3_stmt *row, const char *part, size_t depth)
{
    struct cell cells[COLUMNS] = {
        cell_integer(why->run),       cell_integer(why->seq),  cell_text(part),
        cell_integer((int64_t)depth), cell_of(row, STEP_SEQ),  cell_of(row, STEP_T_NS),
        cell_of(row, STEP_NAME),      cell_text(NULL),         cell_of(row, STEP_WHY),
        cell_of(row, STEP_PHASE),     cell_of(row, STEP_PATH),
    };

    indent(why, depth, (const char *)sqlite3_column_text(row, STEP_NAME));
    cells[7] = cell_text(buffer_text(&why->name));
    return output_row(&why->viewer->output, cells, why->error);
}

/* Prints what an event of the run was in a chain. */
static int print_step(struct why *why, sqlite3_int64 seq, const char *part, size_t depth)
{
    int step, result = 0;

    sqlite3_bind_int64(why->step, sqlite3_bind_parameter_index(why->step, ":seq"), seq);
    while (result == 0 && (step = sqlite3_step(why->step)) != SQLITE_DONE)
        result = step == SQLITE_ROW ? print_row(why, why->step, part, depth)
                                    : sql_error(why->db, why->error);
    sqlite3_reset(why->step);
    return result;
}

static int print_needed(void *context, int64_t seq, size_t level)
{
    struct why *why = context;

    return print_step(why, seq, "needs", why->depth + level);
}

/* What led to a load: who imports it, else the program of its process; 0: nothing is known. */
static sqlite3_int64 parent_of(struct why *why, sqlite3_int64 seq)
{
    sqlite3_int64 parent = 0;

    sqlite3_bind_int64(why->parent, sqlite3_bind_parameter_index(why->parent, ":seq"), seq);
    if (sqlite3_step(why->parent) == SQLITE_ROW)
        parent = sqlite3_column_type(why->parent, 0) != SQLITE_NULL
                     ? sqlite3_column_int64(why->parent, 0)
                     : load_links_program(&why->links, sqlite3_column_int64(why->parent, 1), seq);
    sqlite3_reset(why->parent);
    return parent;
}

/* From the program down to the load, then what it needs. */
static int print_chain(struct why *why, sqlite3_int64 request)
{
    sqlite3_int64 chain[LOAD_LINKS_LEVELS + 1] = {why->seq};
    size_t count = 1;
    int result = 0;

    while (count <= LOAD_LINKS_LEVELS && (chain[count] = parent_of(why, chain[count - 1])) != 0)
        count++;
    for (size_t i = count; result == 0 && i-- > 0;)
        result = print_step(why, chain[i], "chain", count - 1 - i);
    why->depth = count - 1;
    return result != 0 ? result
                       : load_links_each_needed(&why->links, why->seq, request, print_needed, why);
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
    buffer_add_text(&why->name, !place->is_here  ? "not by "
                                : why->is_import ? "found by "
                                                 : "found by its path, or ");
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
    if (sqlite3_bind_parameter_index(statement, ":name") > 0)
        sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, ":name"),
                          why->viewer->arguments[0], -1, SQLITE_STATIC);
    return statement;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

static int note_folder(void *context, const struct search_place *place)
{
    struct why *why = context;

    why->is_in_folder |= place->is_here && place->folder[0] != '\0';
    return 0;
}

/*
 * Until the module was found: where else it might have been is of no interest. What nobody imports
 * was asked for by its path as well as by its name, and then by its path if no folder has it.
 */
static int print_places(void *context, const struct search_place *place)
{
    struct why *why = context;
    int result =
        why->is_import || why->is_in_folder || place->is_here ? print_place(why, place) : 0;

    return result != 0 ? result : place->is_here;
}

enum search_column {
    SEARCH_IMPORTER = 1,
    SEARCH_IMPORTER_PATH,
    SEARCH_IMPORTED_AS,
    SEARCH_RPATH,
    SEARCH_RUNPATH,
    SEARCH_PROGRAM,
    SEARCH_PROGRAM_PATH,
    SEARCH_PROGRAM_RPATH
};

/* Of a row that has `path` at `first`, and these columns behind it. */
static int print_folders(struct why *why, sqlite3_stmt *row, int first)
{
    struct search_facts facts = {
        .is_windows = sqlite3_column_int(why->whole, 0) != 0,
        .path = text_at(row, first),
        .importer = text_at(row, first + SEARCH_IMPORTER),
        .importer_path = text_at(row, first + SEARCH_IMPORTER_PATH),
        .imported_as = text_at(row, first + SEARCH_IMPORTED_AS),
        .rpath = text_at(row, first + SEARCH_RPATH),
        .runpath = text_at(row, first + SEARCH_RUNPATH),
        .program = text_at(row, first + SEARCH_PROGRAM),
        .program_path = text_at(row, first + SEARCH_PROGRAM_PATH),
        .program_rpath = text_at(row, first + SEARCH_PROGRAM_RPATH),
        .directory = text_at(why->whole, 1),
        .library_path = text_at(why->whole, 2),
        .path_variable = text_at(why->whole, 3),
        .system_root = text_at(why->whole, 4),
    };

    why->is_import = facts.imported_as != NULL || facts.path == NULL;
    why->is_in_folder = false;
    search_folders(&facts, note_folder, why);
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
    int step, result;

    why->seq = sqlite3_column_int64(row, 0);
    result = print_chain(why, sqlite3_column_int64(row, 1));
    sqlite3_bind_int64(why->search, sqlite3_bind_parameter_index(why->search, ":seq"), why->seq);
    sqlite3_bind_text(why->search, sqlite3_bind_parameter_index(why->search, ":rpath"),
                      text_at(why->whole, 5), -1, SQLITE_STATIC);
    while (result == 0 && (step = sqlite3_step(why->search)) != SQLITE_DONE)
        result = step == SQLITE_ROW ? print_folders(why, why->search, 0)
                                    : sql_error(why->db, why->error);
    sqlite3_reset(why->search);
    return result;
}

static int print_missing(struct why *why, sqlite3_stmt *row)
{
    struct cell cells[COLUMNS] = {
        cell_integer(why->run), cell_text(NULL), cell_text("missing"), cell_text(NULL),
        cell_of(row, 3),        cell_of(row, 2), cell_of(row, 0),      cell_of(row, 0),
        cell_of(row, 1),        cell_text(NULL), cell_text(NULL),
    };

    why->seq = sqlite3_column_int64(row, 3);
    if (output_row(&why->viewer->output, cells, why->error) != 0)
        return -1;
    return sqlite3_column_int(row, 4) != 0 ? print_folders(why, row, 5) : 0;
}

static int print_loads(struct why *why)
{
    static const char parent_sql[] =
        "SELECT l.by_seq, e.process_id FROM main.event_load_dll l JOIN main.event e "
        "ON e.run_id = l.run_id AND e.seq = l.seq WHERE l.run_id = :run AND l.seq = :seq";
    int result = load_links_read(&why->links, why->db, why->run, why->error);

    if (result == 0 && ((why->parent = prepare(why, parent_sql)) == NULL ||
                        (why->step = prepare(why, sql_why_step)) == NULL ||
                        (why->search = prepare(why, sql_why_search)) == NULL))
        result = -1;
    if (result == 0)
        result = each_row(why, sql_why_loads, print_load);
    sqlite3_finalize(why->parent);
    sqlite3_finalize(why->step);
    sqlite3_finalize(why->search);
    load_links_release(&why->links);
    return result;
}

static int explain(struct viewer *viewer, const struct run_reference *run,
                   struct trail_error *error)
{
    struct output *output = &viewer->output;
    struct why why = {.viewer = viewer, .db = run->database->db, .run = run->run, .error = error};
    int result = output_begin(output, columns, COLUMNS, error);
    size_t rows;

    if (result == 0 &&
        ((why.whole = prepare(&why, sql_why_run)) == NULL || sqlite3_step(why.whole) != SQLITE_ROW))
        result = why.whole == NULL ? -1 : sql_error(why.db, error);
    if (result == 0)
        result = print_loads(&why);
    if (result == 0)
        result = each_row(&why, sql_why_missing, print_missing);
    sqlite3_finalize(why.whole);
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
