/* See tuple_map.h. Open addressing, at most half full. */
#include "tuple_map.h"

#include <stdlib.h>
#include <string.h>

static struct tuple_slot *find(const struct tuple_map *map, const uint32_t *key)
{
    uint64_t hash = key[0];
    size_t at;

    hash = (hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9) + key[1];
    hash = (hash ^ hash >> 32) * UINT64_C(0x94D049BB133111EB) + key[2];
    hash = (hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    at = (size_t)(hash ^ hash >> 32) & (map->capacity - 1);
    while (map->slots[at].used && memcmp(map->slots[at].key, key, sizeof map->slots[at].key) != 0)
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

static bool grow(struct tuple_map *map)
{
    struct tuple_map larger = {.capacity = map->capacity > 0 ? 2 * map->capacity : 64,
                               .count = map->count};

    if ((larger.slots = calloc(larger.capacity, sizeof *larger.slots)) == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].used)
            *find(&larger, map->slots[i].key) = map->slots[i];
    free(map->slots);
    *map = larger;
    return true;
}

uint32_t *tuple_map_at(struct tuple_map *map, uint32_t a, uint32_t b, uint32_t c)
{
    static uint32_t nowhere;
    uint32_t key[3] = {a, b, c};
    struct tuple_slot *slot;

    if (2 * map->count >= map->capacity && !grow(map)) {
        map->failed = true;
        return &nowhere;
    }
    slot = find(map, key);
    if (!slot->used) {
        slot->used = true;
        memcpy(slot->key, key, sizeof slot->key);
        map->count++;
    }
    return &slot->value;
}

uint32_t tuple_map_find(const struct tuple_map *map, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t key[3] = {a, b, c};

    return map->count > 0 ? find(map, key)->value : 0;
}

void tuple_map_clear(struct tuple_map *map)
{
    if (map->count > 0)
        memset(map->slots, 0, map->capacity * sizeof *map->slots);
    map->count = 0;
}

void tuple_map_release(struct tuple_map *map)
{
    free(map->slots);
    memset(map, 0, sizeof *map);
}
