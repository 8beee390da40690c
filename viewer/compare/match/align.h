/*
 * The longest common subsequence of two sequences: what both have in the same order. Myers, "An
 * O(ND) Difference Algorithm and Its Variations" (1986), with linear space: time (n + m) * d for d
 * differences, memory n + m. What stands once in each, as most modules do, takes time (n + m) *
 * log(n + m) however much differs. Pure.
 */
#ifndef TRAIL_ALIGN_H
#define TRAIL_ALIGN_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define ALIGN_NONE ((size_t)-1)

/*
 * Fills of_a[0..n) with the position in b of what each element of a is matched with, or ALIGN_NONE,
 * and of_b the other way round. Matches never cross, and there are as many as can be. Returns 0, or
 * -1 and error without memory.
 */
int align_sequences(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t *of_a,
                    size_t *of_b, struct trail_error *error);

#endif
