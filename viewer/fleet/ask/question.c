/* See question.h. */
#include "question.h"

#include "viewer_sql.h"

#include <string.h>

/* Of which spans, gaps, modules: their values by copy, or NULL. */
static void add_values(const struct asking *asking, struct buffer *sql)
{
    static const char whole[] = "start..end";
    const char *of = asking->viewer->options.argument[OPTION_OF] != NULL
                         ? asking->viewer->options.argument[OPTION_OF]
                         : whole,
               *dots = strstr(of, "..");

    buffer_add_text(sql, "SELECT copy, argMin(ns, process) AS value FROM measure WHERE ");
    if (asking->module != NULL) {
        buffer_add_text(sql,
                        "what = 'load' AND ns >= 0 AND has([lowerUTF8(name), key], lowerUTF8(");
        selection_quote(sql, asking->module, strlen(asking->module));
        buffer_add_text(sql, "))");
    } else if (strcmp(of, "loads") == 0) {
        buffer_add_text(sql, "what = 'count' AND name = 'loads'");
    } else if (dots != NULL) {
        buffer_add_text(sql, "what = 'span' AND replaceAll(name, 'mark:', '') = replaceAll(");
        selection_quote(sql, of, strlen(of));
        buffer_add_text(sql, ", 'mark:', '')");
    } else {
        buffer_add_text(sql, "what = 'gap' AND name = ");
        selection_quote(sql, of, strlen(of));
    }
    buffer_add_text(sql, " AND ");
    buffer_add_text(sql, buffer_text(&asking->selection.rows));
    buffer_add_text(sql, " GROUP BY copy");
}

/*
 * How the rows of a table come to the label of their run: as a column or a condition of their own
 * SELECT, or joined behind it. Only build stands in each row.
 */
enum label_part { LABEL_COLUMN, LABEL_CONDITION, LABEL_JOIN };

static void add_label(const struct asking *asking, enum label_part part, bool since,
                      struct buffer *sql)
{
    bool is_there = strcmp(asking->selection.by, "build") == 0;

    if (part == LABEL_COLUMN) {
        buffer_add_text(sql, is_there ? "build AS label, " : "");
    } else if (is_there == (part == LABEL_CONDITION)) {
        buffer_add_text(sql, is_there ? " AND copy GLOBAL IN (SELECT copy FROM ("
                                      : " ALL INNER JOIN (SELECT copy, label FROM (");
        selection_add_runs(&asking->selection, since, sql);
        buffer_add_text(sql, is_there ? "))" : ")) USING copy");
    }
}

/* What stands for {NAME}. */
static void put_in(const struct asking *asking, const char *name, size_t length, struct buffer *sql)
{
#define IS(text) (length == sizeof text - 1 && memcmp(name, text, sizeof text - 1) == 0)
    if (IS("quartiles"))
        buffer_add_text(sql, sql_fleet_quartiles);
    else if (IS("runs") || IS("all_runs"))
        selection_add_runs(&asking->selection, IS("runs"), sql);
    else if (IS("rows"))
        buffer_add_text(sql, buffer_text(&asking->selection.rows));
    else if (IS("since"))
        buffer_add_number(sql, asking->selection.since_ns);
    else if (IS("values"))
        add_values(asking, sql);
    else if (IS("label"))
        add_label(asking, LABEL_COLUMN, true, sql);
    else if (IS("in_runs") || IS("in_all_runs"))
        add_label(asking, LABEL_CONDITION, IS("in_runs"), sql);
    else if (IS("join_label") || IS("join_all_labels"))
        add_label(asking, LABEL_JOIN, IS("join_label"), sql);
#undef IS
}

void question_add_sql(const struct question *question, const struct asking *asking,
                      struct buffer *sql)
{
    const char *at = question->sql, *open, *close;

    while ((open = strchr(at, '{')) != NULL && (close = strchr(open, '}')) != NULL) {
        buffer_add(sql, at, (size_t)(open - at));
        put_in(asking, open + 1, (size_t)(close - open) - 1, sql);
        at = close + 1;
    }
    buffer_add_text(sql, at);
}

void question_add_view(const struct question *question, struct buffer *sql)
{
    struct viewer viewer = {0};
    struct asking asking = {.viewer = &viewer};

    if (selection_read(&asking.selection, &viewer, 0, NULL) != 0)
        sql->failed = true;
    buffer_add_text(sql, "CREATE VIEW IF NOT EXISTS ");
    buffer_add_text(sql, question->name);
    buffer_add_text(sql, " AS ");
    question_add_sql(question, &asking, sql);
    selection_release(&asking.selection);
}
