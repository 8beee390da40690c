/*
 * The page of `trailview summary`: the one row of summary.sql, and the text that is put together
 * from it. Main thread.
 */
#ifndef TRAIL_PAGE_H
#define TRAIL_PAGE_H

#include "viewer.h"

enum { PAGE_LABEL_WIDTH = 12 };

struct page {
    struct viewer *viewer;
    sqlite3 *db;
    sqlite3_stmt *row;
    struct buffer text;
};

/* A column of the row by its name; where there is none it is NULL. */
int page_column(const struct page *page, const char *name);
bool page_has(const struct page *page, const char *name);
int64_t page_number(const struct page *page, const char *name);
bool page_is_empty(const struct page *page, const char *name);

/*
 * The elements of a JSON column as rows, the first of them stepped to; NULL if there are none.
 * `sql` reads json_each(?1). The caller finalizes it.
 */
sqlite3_stmt *page_elements(struct page *page, const char *name, const char *sql);

/* Text, made harmless: of any statement, of a column of the row. */
void page_add_cell(struct page *page, sqlite3_stmt *statement, int index);
void page_add(struct page *page, const char *name);
void page_add_bold(struct page *page, const char *text);
void page_begin_line(struct page *page, const char *label);
void page_end_line(struct page *page);

/* Puts what `add` writes to the right of `width` cells. */
void page_add_right(struct page *page, size_t width, void (*add)(struct buffer *, int64_t),
                    int64_t value);

#endif
