/* A question to a server, whose answer is rows of text. Main thread. */
#ifndef TRAIL_TSV_ASK_H
#define TRAIL_TSV_ASK_H

#include "server.h"
#include "tsv.h"

/* Asks, and hands each row of the answer to `take`. Returns 0, or -1 and error. */
int tsv_ask(struct server *server, const struct buffer *sql, size_t columns, tsv_take take,
            void *context, struct trail_error *error);

#endif
