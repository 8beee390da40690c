/*
 * Texts kept once each, known by a number: two texts are equal where their numbers are. All runs of
 * a comparison share one pool. Main thread.
 */
#ifndef TRAIL_TEXT_POOL_H
#define TRAIL_TEXT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_pool;

enum { TEXT_NONE = 0 }; /* the number of the empty text */

/* NULL without memory. text_pool_free accepts NULL. */
struct text_pool *text_pool_new(void);
void text_pool_free(struct text_pool *pool);

/*
 * The number of a text. Memory that runs out is remembered (text_pool_has_failed) and gives
 * TEXT_NONE.
 */
uint32_t text_pool_add(struct text_pool *pool, const char *text, size_t length);
uint32_t text_pool_add_text(struct text_pool *pool, const char *text);
bool text_pool_has_failed(const struct text_pool *pool);

/* The text of a number; NUL-terminated, lives as long as the pool. */
const char *text_pool_text(const struct text_pool *pool, uint32_t number);

#endif
