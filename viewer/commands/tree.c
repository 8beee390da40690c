/*
 * trailview tree: the processes of a run, children below their parents. A child has a higher number
 * than its parent, because a parent is recorded first; a file that says otherwise gets a root
 * instead of a circle.
 */
#include "array.h"
#include "command.h"
#include "query.h"
#include "viewer_sql.h"
#include "sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct process {
    int64_t id, parent;
    size_t first_child, next_sibling; /* positions in the array; NONE */
    size_t last_child, depth;
};

struct process_list {
    struct process *processes; /* in the order of their ids */
    size_t count;
};

static const size_t NONE = (size_t)-1;
enum { DEEPEST_LINES = 40 }; /* deeper processes are not moved further to the right */

static int add_process(struct process_list *list, int64_t id, int64_t parent,
                       struct trail_error *error)
{
    struct process *processes =
        array_with_room(list->processes, list->count, sizeof *list->processes);

    if (processes == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    list->processes = processes;
    list->processes[list->count++] = (struct process){id, parent, NONE, NONE, NONE, 0};
    return 0;
}

static int read_processes(const struct run_reference *run, struct process_list *list,
                          struct trail_error *error)
{
    static const char sql[] =
        "SELECT id, parent_process_id FROM main.process WHERE run_id = ?1 ORDER BY id";
    sqlite3_stmt *select = sql_prepare(run->database->db, sql, error);
    int step = SQLITE_DONE, result = 0;

    if (select == NULL)
        return -1;
    sqlite3_bind_int64(select, 1, run->run);
    while (result == 0 && (step = sqlite3_step(select)) == SQLITE_ROW)
        result = add_process(list, sqlite3_column_int64(select, 0), sqlite3_column_int64(select, 1),
                             error);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(run->database->db, error);
    sqlite3_finalize(select);
    return result;
}

static size_t find(const struct process_list *list, int64_t id)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->processes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->processes[low].id == id ? low : NONE;
}

/* Hangs the processes below their parents. `root` stands for the parent of those that have none. */
static void link_processes(struct process_list *list, struct process *root)
{
    for (size_t i = 0; i < list->count; i++) {
        struct process *process = &list->processes[i];
        size_t at = process->parent < process->id ? find(list, process->parent) : NONE;
        struct process *parent = at != NONE && at < i ? &list->processes[at] : root;
        if (parent->last_child == NONE)
            parent->first_child = i;
        else
            list->processes[parent->last_child].next_sibling = i;
        parent->last_child = i;
        process->depth = parent == root ? 0 : parent->depth + 1;
    }
}

/*
 * ["├─ " or "└─ "] after what the ancestors' lines need; more[d] says whether a process of depth d
 * has a further sibling.
 */
static void add_lines(struct buffer *out, const struct process *process, const bool *more)
{
    size_t depth = process->depth < DEEPEST_LINES ? process->depth : DEEPEST_LINES;

    for (size_t d = 1; d < depth; d++)
        buffer_add_text(out, more[d] ? "\xE2\x94\x82  " : "   ");
    if (depth > 0)
        buffer_add_text(out, process->next_sibling != NONE ? "\xE2\x94\x9C\xE2\x94\x80 "
                                                           : "\xE2\x94\x94\xE2\x94\x80 ");
}

/*
 * Writes the JSON array that tree.sql wants. Goes down without recursion: `path` holds the
 * positions from the root to here.
 */
static int walk(const struct process_list *list, size_t first, struct buffer *out)
{
    size_t *path = calloc(list->count + 1, sizeof *path), depth = 0, at = first;
    bool more[DEEPEST_LINES + 1] = {false};

    if (path == NULL)
        return -1;
    buffer_add_char(out, '[');
    while (at != NONE) {
        const struct process *process = &list->processes[at];
        if (process->depth <= DEEPEST_LINES)
            more[process->depth] = process->next_sibling != NONE;
        buffer_format(out, "%s[%" PRId64 ",%" PRIu64 ",\"", out->length > 1 ? "," : "", process->id,
                      (uint64_t)process->depth);
        add_lines(out, process, more);
        buffer_add_text(out, "\"]");
        path[depth = process->depth] = at;
        at = process->first_child;
        while (at == NONE) {
            at = list->processes[path[depth]].next_sibling;
            if (depth-- == 0)
                break;
        }
    }
    buffer_add_char(out, ']');
    free(path);
    return out->failed ? -1 : 0;
}

static int bind_tree(const struct run_reference *run, sqlite3_stmt *statement,
                     struct trail_error *error)
{
    struct process_list list = {NULL, 0};
    struct process root = {0, 0, NONE, NONE, NONE, 0};
    struct buffer tree = {0};
    int result = read_processes(run, &list, error);

    if (result == 0) {
        link_processes(&list, &root);
        if (walk(&list, root.first_child, &tree) != 0)
            result = error_set(error, TRAIL_FAILED, 0, "out of memory");
        else
            sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, ":tree"),
                              tree.data, (int)tree.length, SQLITE_TRANSIENT);
    }
    buffer_release(&tree);
    free(list.processes);
    return result;
}

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"via", "via", STYLE_PLAIN, 0},
    {"start ms", "start_t_ns", STYLE_MS, 0},
    {"end ms", "end_t_ns", STYLE_MS, 0},
    {"lived", "end_t_ns - start_t_ns", STYLE_DURATION, 0},
    {"exit", QUERY_EXIT, STYLE_COUNT, 0},
    {"process", "lines || coalesce(name, '?')", STYLE_PLAIN, 0},
    {"loads", "iif(load_detection = 'not observed', load_detection, NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {"command line", "command_line", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct query query = {
    .sql = sql_tree,
    .data_columns = "run, depth, process, pid, parent_process, parent_pid, via, name, path, "
                    "command_line, start_t_ns, end_t_ns, "
                    "exit_code, exit_signal, load_detection, first_seq, last_seq",
    .table = table,
    .order = "position",
    .bind = bind_tree,
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_tree = {
    .name = "tree",
    .summary = "the processes of a run, children below their parents",
    .arguments = "[RUN...]",
    .details = "The other formats have a row a process, in the same order, with its depth.\n",
    .options = 0,
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
