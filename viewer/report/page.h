/*
 * The page of a report while it is written: one HTML document that needs nothing else. Its style
 * and script are let in by their hashes, everything from a recording is escaped (markup.h). What is
 * put together piece by piece is remembered to have failed, and told by page_end. Main thread.
 */
#ifndef TRAIL_REPORT_PAGE_H
#define TRAIL_REPORT_PAGE_H

#include "progress.h"
#include "viewer.h"

/*
 * Rows of a table: those that a page shows at once, and those that it has at all. How much of a
 * text is shown.
 */
enum { PAGE_ROWS = 100, PAGE_ROWS_AT_MOST = 20000, PAGE_TEXT_BYTES = 4000 };

struct page {
    struct viewer *viewer;
    FILE *stream;
    struct buffer line;   /* what is being put together, not written yet */
    struct output output; /* where rows become a table, with these words (table.h) */
    const struct table_words *words;
    bool is_uncounted;        /* how many rows it has says nothing */
    const char *prefix;       /* of the ids of sections: "", or of one of two runs "a-", "b-" */
    int level;                /* of a section's heading: 2, or 3 below a run */
    struct progress progress; /* in sections */
    int64_t sections;
};

/* An entry of the page's navigation: a heading, and the id of its section behind the prefix. */
struct page_entry {
    const char *id, *heading;
};

/* Everything up to the first section; `title` and `about` are any text. */
void page_begin(struct page *page, const char *title, const char *about);
/* Returns 0, or -1 and error if something could not be put together or written. */
int page_end(struct page *page, struct trail_error *error);

/* The navigation, in groups: a group's name may be NULL. page_end_navigation begins the rest. */
void page_begin_navigation(struct page *page);
void page_add_entries(struct page *page, const char *group, const struct page_entry *entries,
                      size_t count);
void page_end_navigation(struct page *page);

/* Markup of ours; then texts, which are escaped. */
void page_markup(struct page *page, const char *markup);
void page_text(struct page *page, const char *text);
void page_duration(struct page *page, int64_t ns);

/* A section, and its heading with a number behind it (SIZE_MAX: none). */
void page_begin_section(struct page *page, const char *id);
void page_heading(struct page *page, const char *heading, size_t count);
void page_end_section(struct page *page);

/* Lines of text, each a paragraph of the class. */
void page_paragraphs(struct page *page, const char *lines, const char *class);

/* What is put together is written. */
void page_flush(struct page *page);

#endif
