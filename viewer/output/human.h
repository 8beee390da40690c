/* Quantities for people, and what people type for them. Pure functions. */
#ifndef TRAIL_HUMAN_H
#define TRAIL_HUMAN_H

#include "buffer.h"

#include <stdint.h>

/* "850 ns", "12.3 us", "1.23 ms", "4.56 s": three digits that matter. */
void human_duration(struct buffer *out, int64_t ns);

/* Milliseconds with three decimals, no unit: "12.345". */
void human_ms(struct buffer *out, int64_t ns);

/* "512 B", "12.3 KiB", "4.56 MiB". */
void human_bytes(struct buffer *out, int64_t bytes);

/* A count, as it can be typed: "1234567". */
void human_count(struct buffer *out, int64_t count);

/*
 * A span of time: a number, with or without decimals, and s, ms, us or ns; a plain number is
 * seconds. Returns 0, or -1 if it is none.
 */
int human_parse_time(const char *text, int64_t *ns);

/* An age in whole weeks, days, hours or minutes: 6w, 30d, 12h, 90min. Returns 0 or -1. */
int human_parse_age(const char *text, int64_t *ns);

/* A decimal number from 0 to 2^63-1 and nothing else. Returns 0 or -1. */
int human_parse_number(const char *text, int64_t *number);

#endif
