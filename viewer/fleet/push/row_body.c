/* See row_body.h. */
#include "row_body.h"

#include <string.h>

ptrdiff_t row_body_read(void *context, char *out, size_t room, struct trail_error *error)
{
    struct row_body *body = context;
    size_t length = body->rows.length - body->taken;
    int result = 1;

    if (length == 0) {
        buffer_clear(&body->rows);
        body->taken = 0;
        while (body->rows.length < room &&
               (result = body->add(body->context, &body->rows, error)) == 1)
            ;
        if (result < 0)
            return -1;
        length = body->rows.length;
    }
    length = length < room ? length : room;
    memcpy(out, buffer_text(&body->rows) + body->taken, length);
    body->taken += length;
    return (ptrdiff_t)length;
}
