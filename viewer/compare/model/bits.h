/* Sets of small numbers as bits of 64-bit words. */
#ifndef TRAIL_BITS_H
#define TRAIL_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t bits_words(size_t count)
{
    return (count + 63) / 64;
}

static inline bool bits_has(const uint64_t *set, size_t at)
{
    return (set[at / 64] >> (at % 64) & 1) != 0;
}

static inline void bits_add(uint64_t *set, size_t at)
{
    set[at / 64] |= UINT64_C(1) << (at % 64);
}

static inline void bits_remove(uint64_t *set, size_t at)
{
    set[at / 64] &= ~(UINT64_C(1) << (at % 64));
}

static inline size_t bits_in_word(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (size_t)((word * UINT64_C(0x0101010101010101)) >> 56);
}

static inline size_t bits_count(const uint64_t *set, size_t words)
{
    size_t count = 0;

    for (size_t i = 0; i < words; i++)
        count += bits_in_word(set[i]);
    return count;
}

/* How many are in both. */
static inline size_t bits_common(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t count = 0;

    for (size_t i = 0; i < words; i++)
        count += bits_in_word(a[i] & b[i]);
    return count;
}

/* The first of the set at or after `from`, or SIZE_MAX. */
static inline size_t bits_next(const uint64_t *set, size_t words, size_t from)
{
    for (size_t i = from / 64; i < words; i++) {
        uint64_t word = set[i];
        if (i == from / 64)
            word &= ~UINT64_C(0) << (from % 64);
        if (word != 0)
            return i * 64 + bits_in_word((word & (~word + 1)) - 1);
    }
    return SIZE_MAX;
}

#endif
