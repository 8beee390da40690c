/*
 * A ClickHouse server, asked over HTTP by libcurl. User and password are $CLICKHOUSE_USER and
 * $CLICKHOUSE_PASSWORD, else those of ~/.netrc; proxies and TLS are as libcurl has them. Where
 * Trail was built without libcurl, server_open says so. Main thread.
 *
 * What fails because of the network, or is worth another try by the server's own words, is tried
 * again a few times, with longer and longer pauses, and a remark on stderr.
 */
#ifndef TRAIL_SERVER_H
#define TRAIL_SERVER_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

struct server;

/*
 * Finds out that a ClickHouse server is there. `url` as address.h has it. Whoever gets it closes
 * it. NULL and error.
 */
struct server *server_open(const char *url, struct trail_error *error);
void server_close(struct server *server); /* NULL is accepted */

const char *server_database(const struct server *server);

/* A piece of an answer. Returns 0, or -1 and error: then the rest is not asked for. */
typedef int (*server_piece)(void *context, const char *bytes, size_t length,
                            struct trail_error *error);

/*
 * Asks; the answer comes in pieces, of any length, once the server has it whole. The statement says
 * its FORMAT. Tried again as long as no piece has come. Returns 0, or -1 and error.
 */
int server_ask(struct server *server, const char *sql, server_piece piece, void *context,
               struct trail_error *error);

/* Runs a statement that has no answer, and that may be run twice. Returns 0, or -1 and error. */
int server_run(struct server *server, const char *sql, struct trail_error *error);

/*
 * The next bytes of a body, into `out`, which has room for `room`. Returns how many, 0 at the end,
 * -1 and error.
 */
typedef ptrdiff_t (*server_body)(void *context, char *out, size_t room, struct trail_error *error);

/*
 * INSERT INTO ... FORMAT ..., with a body that is compressed on the way. Tried only once: what has
 * become of an insert that failed is not known. Returns 0 once the server has confirmed it, or -1
 * and error.
 */
int server_insert(struct server *server, const char *sql, server_body body, void *context,
                  struct trail_error *error);

/*
 * After a failure: whether it is worth another try, after a pause, with a remark. `*tries` counts
 * them, from 0.
 */
bool server_waits(struct server *server, int *tries, const struct trail_error *error);

#endif
