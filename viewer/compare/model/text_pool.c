/* See text_pool.h. Open addressing over an array of texts. */
#include "text_pool.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *text;
    size_t length;
    uint64_t hash;
};

struct text_pool {
    struct entry *entries;
    size_t count, capacity;
    uint32_t *slots; /* a number, or TEXT_NONE where free; twice the capacity */
    bool failed;
};

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return hash;
}

static size_t find_slot(const struct text_pool *pool, const char *text, size_t length,
                        uint64_t hash)
{
    size_t mask = 2 * pool->capacity - 1, at = (size_t)hash & mask;

    while (pool->slots[at] != TEXT_NONE) {
        const struct entry *entry = &pool->entries[pool->slots[at]];
        if (entry->hash == hash && entry->length == length &&
            memcmp(entry->text, text, length) == 0)
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static bool grow(struct text_pool *pool)
{
    size_t capacity = pool->capacity > 0 ? 2 * pool->capacity : 256;
    struct entry *entries = realloc(pool->entries, capacity * sizeof *entries);
    uint32_t *slots = calloc(2 * capacity, sizeof *slots);

    if (entries != NULL)
        pool->entries = entries;
    if (entries == NULL || slots == NULL || capacity > UINT32_MAX / 2) {
        free(slots);
        return false;
    }
    free(pool->slots);
    pool->slots = slots;
    pool->capacity = capacity;
    for (size_t i = 1; i < pool->count; i++) /* 0 is the empty text, which no slot holds */
        slots[find_slot(pool, entries[i].text, entries[i].length, entries[i].hash)] = (uint32_t)i;
    return true;
}

struct text_pool *text_pool_new(void)
{
    struct text_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL || !grow(pool)) {
        text_pool_free(pool);
        return NULL;
    }
    pool->entries[0] = (struct entry){NULL, 0, 0};
    pool->count = 1;
    return pool;
}

void text_pool_free(struct text_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 1; i < pool->count; i++)
        free(pool->entries[i].text);
    free(pool->entries);
    free(pool->slots);
    free(pool);
}

uint32_t text_pool_add(struct text_pool *pool, const char *text, size_t length)
{
    uint64_t hash = hash_of(text, length);
    size_t slot;
    char *copy;

    if (length == 0)
        return TEXT_NONE;
    slot = find_slot(pool, text, length, hash);
    if (pool->slots[slot] != TEXT_NONE)
        return pool->slots[slot];
    if (pool->count == pool->capacity) {
        if (!grow(pool)) {
            pool->failed = true;
            return TEXT_NONE;
        }
        slot = find_slot(pool, text, length, hash);
    }
    if ((copy = malloc(length + 1)) == NULL) {
        pool->failed = true;
        return TEXT_NONE;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    pool->entries[pool->count] = (struct entry){copy, length, hash};
    pool->slots[slot] = (uint32_t)pool->count;
    return (uint32_t)pool->count++;
}

uint32_t text_pool_add_text(struct text_pool *pool, const char *text)
{
    return text_pool_add(pool, text, strlen(text));
}

bool text_pool_has_failed(const struct text_pool *pool)
{
    return pool->failed;
}

const char *text_pool_text(const struct text_pool *pool, uint32_t number)
{
    return number != TEXT_NONE && number < pool->count ? pool->entries[number].text : "";
}
