/*
 * Rows of text as a server sends them: values apart by tabs, a row a line, \N for none, and what
 * would be misread after a backslash (ClickHouse's TabSeparated). What comes is believed in
 * nothing: other columns than were asked for, a row or an answer that does not end, an escape that
 * there is not, and more bytes than a row may have are errors. Main thread.
 */
#ifndef TRAIL_TSV_H
#define TRAIL_TSV_H

#include "buffer.h"
#include "error.h"

enum { TSV_COLUMNS_MAX = 64, TSV_ROW_BYTES_MAX = 64 << 20 };

struct tsv_value {
    const char *text; /* NUL-terminated; NULL for none */
    size_t length;
};

typedef int (*tsv_take)(void *context, const struct tsv_value *values, struct trail_error *error);

struct tsv {
    size_t columns;
    tsv_take take;
    void *context;
    struct buffer row; /* private, as all below: values of the row so far, each with its NUL */
    size_t starts[TSV_COLUMNS_MAX + 1];
    bool is_none[TSV_COLUMNS_MAX];
    size_t at;       /* the column */
    bool is_escaped; /* a backslash came last */
};

/* Starts an answer of 1 to TSV_COLUMNS_MAX columns, each row of which goes to `take`. */
void tsv_begin(struct tsv *tsv, size_t columns, tsv_take take, void *context);

/* More of the answer, cut anywhere. Returns 0, or -1 and error; also when `take` returns -1. */
int tsv_feed(void *tsv, const char *bytes, size_t length, struct trail_error *error);

/* The answer is over: whether it ended with a row. Returns 0, or -1 and error. */
int tsv_end(const struct tsv *tsv, struct trail_error *error);
void tsv_release(struct tsv *tsv);

/* A whole number, with nothing around it. Returns 0, or -1 and error. */
int tsv_integer(const struct tsv_value *value, int64_t *number, struct trail_error *error);

#endif
