/* See page.h. */
#include "summary/page.h"

#include "escape.h"

#include <string.h>

int page_column(const struct page *page, const char *name)
{
    int count = sqlite3_column_count(page->row);

    for (int i = 0; i < count; i++)
        if (strcmp(sqlite3_column_name(page->row, i), name) == 0)
            return i;
    return -1; /* SQLite takes it for NULL */
}

bool page_has(const struct page *page, const char *name)
{
    return sqlite3_column_type(page->row, page_column(page, name)) != SQLITE_NULL;
}

int64_t page_number(const struct page *page, const char *name)
{
    return sqlite3_column_int64(page->row, page_column(page, name));
}

void page_add_cell(struct page *page, sqlite3_stmt *statement, int index)
{
    const char *text = (const char *)sqlite3_column_text(statement, index);

    escape_for_terminal(&page->text, text != NULL ? text : "",
                        text != NULL ? (size_t)sqlite3_column_bytes(statement, index) : 0);
}

void page_add(struct page *page, const char *name)
{
    page_add_cell(page, page->row, page_column(page, name));
}

bool page_is_empty(const struct page *page, const char *name)
{
    return sqlite3_column_bytes(page->row, page_column(page, name)) == 0;
}

void page_add_bold(struct page *page, const char *text)
{
    buffer_add_text(&page->text, page->viewer->output.color ? "\x1B[1m" : "");
    buffer_add_text(&page->text, text);
    buffer_add_text(&page->text, page->viewer->output.color ? "\x1B[0m" : "");
}

void page_begin_line(struct page *page, const char *label)
{
    buffer_add_text(&page->text, "  ");
    page_add_bold(page, label);
    for (size_t i = strlen(label); i < PAGE_LABEL_WIDTH; i++)
        buffer_add_char(&page->text, ' ');
}

void page_end_line(struct page *page)
{
    buffer_add_char(&page->text, '\n');
}

void page_add_right(struct page *page, size_t width, void (*add_value)(struct buffer *, int64_t),
                    int64_t value)
{
    struct buffer text = {0};

    add_value(&text, value);
    for (size_t i = text.length; i < width; i++)
        buffer_add_char(&page->text, ' ');
    buffer_add(&page->text, buffer_text(&text), text.length);
    buffer_release(&text);
}

sqlite3_stmt *page_elements(struct page *page, const char *name, const char *sql)
{
    sqlite3_stmt *statement;
    const char *json = (const char *)sqlite3_column_text(page->row, page_column(page, name));

    if (json == NULL || sqlite3_prepare_v2(page->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_text(statement, 1, json, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}
