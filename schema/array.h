/*
 * An array on the heap that grows by one item at a time, and the search in a sorted one. Pure
 * functions; the caller owns the array and frees it with free().
 */
#ifndef TRAIL_ARRAY_H
#define TRAIL_ARRAY_H

#include <stddef.h>

/*
 * Has room for one more item behind the `count` that the array holds. Its capacity is always the
 * next power of two, so none is kept: the array must have grown by this function alone, from NULL
 * and 0, one item at a time. Returns the array, which may have moved, or NULL when out of memory;
 * then `items` is as before and still the caller's.
 */
void *array_with_room(void *items, size_t count, size_t item_bytes);

/*
 * The index of the first item that does not come before the key, by compare (negative: the item
 * comes before the key); count if all do. The items must be sorted that way.
 */
size_t array_lower_bound(const void *items, size_t count, size_t item_bytes, const void *key,
                         int (*compare)(const void *item, const void *key));

#endif
