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

static int compare_moment(const void *item, const void *key)
{
    int64_t seq = ((const struct moment *)item)->seq, wanted = *(const int64_t *)key;

    return (seq > wanted) - (seq < wanted);
}

const struct moment *reading_moment(const struct reading *reading, int64_t seq)
{
    size_t at = array_lower_bound(reading->moments, reading->moment_count, sizeof *reading->moments,
                                  &seq, compare_moment);

    return at < reading->moment_count && reading->moments[at].seq == seq ? &reading->moments[at]
                                                                         : NULL;
}

int64_t reading_net_time(const struct reading *reading, int64_t seq)
{
    const struct moment *moment = seq == RECORDING_UNKNOWN ? NULL : reading_moment(reading, seq);

    return moment != NULL ? moment->net_ns : RECORDING_UNKNOWN;
}
