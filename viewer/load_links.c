/* See load_links.h. */
#include "load_links.h"

#include "array.h"
#include "sql.h"
#include "viewer_sql.h"

#include <stdlib.h>
#include <string.h>

static int compare_links(const void *left, const void *right)
{
    const struct load_link *a = left, *b = right;

    return a->of != b->of ? (a->of > b->of) - (a->of < b->of)
                          : (a->seq > b->seq) - (a->seq < b->seq);
}

static int add(struct load_link **links, size_t *count, sqlite3_stmt *row)
{
    struct load_link *items = array_with_room(*links, *count, sizeof *items);

    if (items == NULL)
        return -1;
    *links = items;
    items[(*count)++] = (struct load_link){
        sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3)};
    return 0;
}

int load_links_read(struct load_links *links, sqlite3 *db, int64_t run, struct trail_error *error)
{
    sqlite3_stmt *rows = sql_prepare(db, sql_why_links, error);
    int step = SQLITE_DONE, result = 0;

    memset(links, 0, sizeof *links);
    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, run);
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = sqlite3_column_int(rows, 0) == 0
                     ? add(&links->needed, &links->needed_count, rows)
                     : add(&links->programs, &links->program_count, rows);
    if (result != 0)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (step != SQLITE_DONE)
        result = sql_error(db, error);
    sqlite3_finalize(rows);
    if (links->needed_count > 0)
        qsort(links->needed, links->needed_count, sizeof *links->needed, compare_links);
    if (links->program_count > 0)
        qsort(links->programs, links->program_count, sizeof *links->programs, compare_links);
    return result;
}

void load_links_release(struct load_links *links)
{
    free(links->needed);
    free(links->programs);
    memset(links, 0, sizeof *links);
}

/* The first link that is not before (of, seq). */
static size_t first_link(const struct load_link *links, size_t count, int64_t of, int64_t seq)
{
    const struct load_link key = {of, seq, 0};

    return array_lower_bound(links, count, sizeof *links, &key, compare_links);
}

int64_t load_links_program(const struct load_links *links, int64_t process, int64_t seq)
{
    size_t at = first_link(links->programs, links->program_count, process, seq + 1);

    return at > 0 && links->programs[at - 1].of == process ? links->programs[at - 1].seq : 0;
}

int load_links_each_needed(const struct load_links *links, int64_t seq, int64_t request,
                           int (*take)(void *context, int64_t seq, size_t level), void *context)
{
    size_t next[LOAD_LINKS_LEVELS], level = 0;
    int64_t of[LOAD_LINKS_LEVELS] = {seq};
    int result = 0;

    next[0] = first_link(links->needed, links->needed_count, seq, seq + 1);
    while (result == 0) {
        size_t at = next[level]++;
        if (at >= links->needed_count || links->needed[at].of != of[level]) {
            if (level-- == 0)
                break;
            continue;
        }
        if (links->needed[at].request != request)
            continue;
        result = take(context, links->needed[at].seq, level + 1);
        if (level + 1 == LOAD_LINKS_LEVELS)
            continue;
        of[++level] = links->needed[at].seq;
        next[level] = first_link(links->needed, links->needed_count, of[level], of[level] + 1);
    }
    return result;
}
