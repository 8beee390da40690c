/* Rows as the body of an insert, made while they are read. Main thread. */
#ifndef TRAIL_ROW_BODY_H
#define TRAIL_ROW_BODY_H

#include "buffer.h"
#include "error.h"

#include <stddef.h>

struct row_body {
    /* Adds what comes next to `rows`. Returns 1, 0 if that were all, or -1 and error. */
    int (*add)(void *context, struct buffer *rows, struct trail_error *error);
    void *context;
    struct buffer rows; /* buffer_release */
    size_t taken;       /* of them */
};

/* A server_body (../server.h) of a struct row_body. */
ptrdiff_t row_body_read(void *body, char *out, size_t room, struct trail_error *error);

#endif
