/* See row_binary.h. */
#include "row_binary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void row_add_byte(struct buffer *row, unsigned char byte)
{
    buffer_add(row, (const char *)&byte, 1);
}

void row_add_unsigned(struct buffer *row, uint64_t number, int bytes)
{
    unsigned char low_first[8];

    for (int i = 0; i < bytes; i++)
        low_first[i] = (unsigned char)(number >> 8 * i);
    buffer_add(row, (const char *)low_first, (size_t)bytes);
}

void row_add_integer(struct buffer *row, int64_t number)
{
    row_add_unsigned(row, (uint64_t)number, 8);
}

void row_add_uuid(struct buffer *row, const struct row_uuid *uuid)
{
    buffer_add(row, (const char *)uuid->bytes, sizeof uuid->bytes);
}

void row_add_length(struct buffer *row, uint64_t length)
{
    for (; length >= 0x80; length >>= 7)
        row_add_byte(row, (unsigned char)(length | 0x80));
    row_add_byte(row, (unsigned char)length);
}

void row_add_text(struct buffer *row, const char *text, size_t length)
{
    row_add_length(row, length);
    buffer_add(row, text, length);
}

void row_add_null(struct buffer *row, bool is_null)
{
    row_add_byte(row, is_null);
}

static void add_real(struct buffer *row, double number)
{
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    row_add_unsigned(row, bits, 8);
}

void row_add_column(struct buffer *row, sqlite3_stmt *from, int column, enum row_type type,
                    bool is_nullable)
{
    bool is_null = is_nullable && sqlite3_column_type(from, column) == SQLITE_NULL;
    const char *bytes;

    if (is_nullable)
        row_add_null(row, is_null);
    if (is_null)
        return;
    if (type == ROW_INTEGER) {
        row_add_integer(row, sqlite3_column_int64(from, column));
    } else if (type == ROW_REAL) {
        add_real(row, sqlite3_column_double(from, column));
    } else { /* the length is that of the form which was asked for last */
        bytes = type == ROW_TEXT ? (const char *)sqlite3_column_text(from, column)
                                 : sqlite3_column_blob(from, column);
        row_add_text(row, bytes, bytes != NULL ? (size_t)sqlite3_column_bytes(from, column) : 0);
    }
}

static uint64_t number_at(const unsigned char *bytes)
{
    uint64_t number = 0;

    for (int i = 8; i-- > 0;)
        number = number << 8 | bytes[i];
    return number;
}

const char *row_uuid_text(const struct row_uuid *uuid, char out[ROW_UUID_CAPACITY])
{
    uint64_t high = number_at(uuid->bytes), low = number_at(uuid->bytes + 8);

    snprintf(out, ROW_UUID_CAPACITY,
             "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64, high >> 32,
             high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
    return out;
}
