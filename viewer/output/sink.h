/*
 * Where bytes go: a stream, as they are or, in the manner of gzip, compressed. A failure is
 * remembered, and what comes then is dropped. Main thread.
 */
#ifndef TRAIL_SINK_H
#define TRAIL_SINK_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sink;

/* The stream stays the caller's. NULL and error without memory. */
struct sink *sink_new(FILE *stream, bool is_compressed, struct trail_error *error);
void sink_write(struct sink *sink, const char *bytes, size_t length);

/* Whether all came through so far: 0, or -1 and error. */
int sink_check(const struct sink *sink, struct trail_error *error);

/* Writes what is kept back. As sink_check. */
int sink_finish(struct sink *sink, struct trail_error *error);

/* NULL is accepted. */
void sink_free(struct sink *sink);

#endif
