/* The cells of a row, and what makes them. Pure functions. */
#ifndef TRAIL_CELLS_H
#define TRAIL_CELLS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_type { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_BLOB };

struct cell {
    enum cell_type type;
    int64_t integer;
    double real;
    const char *text; /* of TEXT and BLOB; belongs to whoever made the cell */
    size_t length;
};

/* What there is nothing of - NULL and "", SIZE_MAX, what is not finite - is a NULL. */
struct cell cell_text(const char *text);
struct cell cell_integer(int64_t integer);
struct cell cell_if(bool is_known, int64_t integer);
struct cell cell_count(size_t count);
struct cell cell_real(double real);
struct cell cell_ns(double ns); /* rounded to an integer */

/* One cell of the statement's row; valid until the statement's next step. */
struct cell cell_of(sqlite3_stmt *statement, int column);

#endif
