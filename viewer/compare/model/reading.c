/* See reading.h. */
#include "reading.h"

#include "array.h"

#include <string.h>

int reading_make_room(struct reading *reading, void *items, size_t count, size_t item_bytes)
{
    void *array, *larger;

    memcpy(&array, items, sizeof array);
    if ((larger = array_with_room(array, count, item_bytes)) == NULL)
        return reading_out_of_memory(reading);
    memcpy(items, &larger, sizeof larger);
    return 0;
}

int reading_out_of_memory(struct reading *reading)
{
    return error_set(reading->error, TRAIL_FAILED, 0, "out of memory");
}

uint32_t reading_text(struct reading *reading, sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);

    return value == NULL ? TEXT_NONE : text_pool_add(reading->all->texts, value, strlen(value));
}

int64_t reading_number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? RECORDING_UNKNOWN
                                                           : sqlite3_column_int64(row, column);
}
