/* See stacks.h. */
#include "stacks.h"

#include "human.h"
#include "row.h"
#include "sql.h"

/* A row for each frame, with what happened at the innermost. */
static const char sql[] = "WITH shown AS (" STACKS_SHOWN(
    "seq") ") "
           "SELECT s.seq, s.depth, s.place, s.is_cause, s.guessed, s.path, k.name AS kind, e.t_ns, "
           "p.pid, "
           "t.tid, coalesce(m.name, f.name, (SELECT c.word FROM main.code c WHERE c.domain = "
           "iif(x.si_code IS NULL, 'exception', 'signal') AND c.value = x.code), '') AS name "
           "FROM shown h CROSS JOIN main.event e ON e.run_id = :run AND e.seq = h.seq "
           "CROSS JOIN stacks s ON s.run = :run AND s.seq = h.seq "
           "LEFT JOIN main.kind k ON k.id = e.kind "
           "LEFT JOIN main.process p ON p.run_id = :run AND p.id = e.process_id "
           "LEFT JOIN main.thread t ON t.run_id = :run AND t.id = e.thread_id "
           "LEFT JOIN main.event_load_dll l ON l.run_id = :run AND l.seq = h.seq "
           "LEFT JOIN main.module m ON m.id = l.module_id "
           "LEFT JOIN main.event_load_failed f ON f.run_id = :run AND f.seq = h.seq "
           "LEFT JOIN main.event_exception x ON x.run_id = :run AND x.seq = h.seq "
           "ORDER BY s.seq, s.depth";

static void begin_stack(struct page *page, sqlite3_stmt *frame)
{
    buffer_format(&page->line, "<details class=\"stack\" id=\"%sstack-%lld\">\n<summary>",
                  page->prefix, (long long)row_number(frame, "seq"));
    page_text(page, row_text(frame, "kind"));
    page_markup(page, " <b>");
    page_text(page, row_text(frame, "name"));
    page_markup(page, "</b> at ");
    human_ms(&page->line, row_number(frame, "t_ns"));
    buffer_format(&page->line, " ms, process %lld, thread %lld</summary>\n<ol>\n",
                  (long long)row_number(frame, "pid"), (long long)row_number(frame, "tid"));
}

static void add_frame(struct page *page, sqlite3_stmt *frame)
{
    page_markup(page, row_number(frame, "is_cause") ? "<li class=\"cause\">" : "<li>");
    page_text(page, row_text(frame, "place"));
    if (row_number(frame, "is_cause"))
        page_markup(page, " <em>asked</em>");
    if (row_number(frame, "guessed"))
        page_markup(page, " <em>guessed</em>");
    page_markup(page, " <small>");
    page_text(page, row_text(frame, "path"));
    page_markup(page, "</small></li>\n");
}

/* Returns the last step. */
static int write_frames(struct page *page, sqlite3_stmt *frames, int step)
{
    int64_t last = 0;

    for (; step == SQLITE_ROW; step = sqlite3_step(frames)) {
        if (row_number(frames, "seq") != last) {
            page_markup(page, last != 0 ? "</ol>\n</details>\n" : "");
            page_flush(page);
            begin_stack(page, frames);
        }
        last = row_number(frames, "seq");
        add_frame(page, frames);
    }
    page_markup(page, last != 0 ? "</ol>\n</details>\n" : "");
    return step;
}

int stacks_write(struct page *page, const struct run_reference *run, struct trail_error *error)
{
    sqlite3 *db = run->database->db;
    sqlite3_stmt *frames = sql_prepare(db, sql, error);
    int step, result;

    if (frames == NULL)
        return -1;
    sqlite3_bind_int64(frames, sqlite3_bind_parameter_index(frames, ":run"), run->run);
    page_begin_section(page, "stacks");
    page_heading(page, "Stacks", SIZE_MAX);
    step = sqlite3_step(frames);
    page_paragraphs(page,
                    step == SQLITE_ROW
                        ? "Who called whom, the innermost call first; 'asked' is who made the "
                          "loader load a module."
                        : "No event kept a stack.",
                    "note");
    step = write_frames(page, frames, step);
    page_end_section(page);
    result = step == SQLITE_DONE ? 0 : sql_error(db, error);
    sqlite3_finalize(frames);
    return result;
}
