/* See cells.h. */
#include "cells.h"

#include <math.h>
#include <string.h>

struct cell cell_text(const char *text)
{
    return text == NULL || *text == '\0'
               ? (struct cell){.type = CELL_NULL}
               : (struct cell){.type = CELL_TEXT, .text = text, .length = strlen(text)};
}

struct cell cell_integer(int64_t integer)
{
    return (struct cell){.type = CELL_INTEGER, .integer = integer};
}

struct cell cell_if(bool is_known, int64_t integer)
{
    return is_known ? cell_integer(integer) : (struct cell){.type = CELL_NULL};
}

struct cell cell_count(size_t count)
{
    return cell_if(count != SIZE_MAX, (int64_t)count);
}

struct cell cell_real(double real)
{
    return isfinite(real) ? (struct cell){.type = CELL_REAL, .real = real}
                          : (struct cell){.type = CELL_NULL};
}

struct cell cell_ns(double ns)
{
    return cell_if(isfinite(ns), isfinite(ns) ? (int64_t)llround(ns) : 0);
}

struct cell cell_of(sqlite3_stmt *statement, int column)
{
    struct cell cell = {.type = CELL_NULL};

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        cell.type = CELL_INTEGER;
        cell.integer = sqlite3_column_int64(statement, column);
        break;
    case SQLITE_FLOAT:
        cell.type = CELL_REAL;
        cell.real = sqlite3_column_double(statement, column);
        break;
    case SQLITE_TEXT:
        cell.text = (const char *)sqlite3_column_text(statement, column);
        cell.type = cell.text != NULL ? CELL_TEXT : CELL_NULL;
        break;
    case SQLITE_BLOB:
        cell.text = sqlite3_column_blob(statement, column);
        cell.type = CELL_BLOB;
        break;
    default:
        break;
    }
    if (cell.text != NULL)
        cell.length = (size_t)sqlite3_column_bytes(statement, column);
    return cell;
}
