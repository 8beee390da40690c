/*
 * What a ClickHouse server says when it refuses, in one sentence. Its text is a stranger's. Pure
 * functions.
 */
#ifndef TRAIL_COMPLAINT_H
#define TRAIL_COMPLAINT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* The number in "Code: 62, ..." or "Code: 62. ...", 0 if the text is no complaint of ClickHouse. */
int complaint_code(const char *text, size_t length);

/* Whether what the number means passes by itself: too much at once, a network, a replica. */
bool complaint_passes(int code);

/*
 * The sentence for an answer with that HTTP status, from a server of that name. Always returns -1.
 */
int complaint_say(const char *server, long status, const char *text, size_t length,
                  struct trail_error *error);

#endif
