/* See array.h. */
#include "array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_with_room(void *items, size_t count, size_t item_bytes)
{
    size_t capacity = count > 0 ? 2 * count : 1;

    if (count > 0 && (count & (count - 1)) != 0)
        return items;
    return count > SIZE_MAX / 2 / item_bytes ? NULL : realloc(items, capacity * item_bytes);
}

size_t array_lower_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                         int (*compare)(const void *item, const void *key))
{
    size_t low = 0;

    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (compare((const char *)items + middle * item_bytes, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
