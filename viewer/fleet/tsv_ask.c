/* See tsv_ask.h. */
#include "tsv_ask.h"

int tsv_ask(struct server *server, const struct buffer *sql, size_t columns, tsv_take take,
            void *context, struct trail_error *error)
{
    struct tsv tsv = {0};
    int result;

    if (sql->failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    tsv_begin(&tsv, columns, take, context);
    result = server_ask(server, buffer_text(sql), tsv_feed, &tsv, error) == 0 ? tsv_end(&tsv, error)
                                                                              : -1;
    tsv_release(&tsv);
    return result;
}
