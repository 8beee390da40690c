/*
 * Values in ClickHouse's format RowBinary, at the end of a buffer: numbers with the low byte first,
 * texts with their length before them, bytes as they are. Pure functions.
 */
#ifndef TRAIL_ROW_BINARY_H
#define TRAIL_ROW_BINARY_H

#include "buffer.h"

#include <sqlite3.h>

enum { ROW_UUID_BYTES = 16, ROW_UUID_CAPACITY = 37 };

/* As RowBinary has it: two numbers, each with the low byte first. All zero: none. */
struct row_uuid {
    unsigned char bytes[ROW_UUID_BYTES];
};

void row_add_byte(struct buffer *row, unsigned char byte);
void row_add_unsigned(struct buffer *row, uint64_t number, int bytes);
void row_add_integer(struct buffer *row, int64_t number);
void row_add_uuid(struct buffer *row, const struct row_uuid *uuid);
void row_add_length(struct buffer *row, uint64_t length); /* of an array or a text */
void row_add_text(struct buffer *row, const char *text, size_t length);
/* A Nullable that is NULL, or the byte before one that is not. */
void row_add_null(struct buffer *row, bool is_null);

/* What SQLite has in a column: as Int64, Float64, String, and the bytes of a BLOB as String. */
enum row_type { ROW_INTEGER, ROW_REAL, ROW_TEXT, ROW_BYTES };
void row_add_column(struct buffer *row, sqlite3_stmt *from, int column, enum row_type type,
                    bool is_nullable);

/* As ClickHouse prints it. Returns `out`. */
const char *row_uuid_text(const struct row_uuid *uuid, char out[ROW_UUID_CAPACITY]);

#endif
