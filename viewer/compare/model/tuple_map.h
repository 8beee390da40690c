/* A map from three numbers to one. Memory that runs out is remembered in `failed`. Main thread. */
#ifndef TRAIL_TUPLE_MAP_H
#define TRAIL_TUPLE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tuple_slot {
    uint32_t key[3];
    uint32_t value;
    bool used;
};

/* All zero is an empty map. */
struct tuple_map {
    struct tuple_slot *slots;
    size_t capacity, count;
    bool failed;
};

/*
 * The place of the value of (a, b, c), 0 at first; valid until the next call. Where memory ran out,
 * a place that nobody reads.
 */
uint32_t *tuple_map_at(struct tuple_map *map, uint32_t a, uint32_t b, uint32_t c);
/* The value of (a, b, c), 0 if it is not in the map. */
uint32_t tuple_map_find(const struct tuple_map *map, uint32_t a, uint32_t b, uint32_t c);

void tuple_map_clear(struct tuple_map *map); /* empties it and keeps its memory */
void tuple_map_release(struct tuple_map *map);

#endif
