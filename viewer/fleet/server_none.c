/* See server.h: a build without libcurl. */
#include "server.h"

static int refuse(struct trail_error *error)
{
    return error_set(
        error, TRAIL_FAILED, 0,
        "this trailview was built without libcurl and OpenSSL, by which servers are asked");
}

struct server *server_open(const char *url, struct trail_error *error)
{
    (void)url;
    refuse(error);
    return NULL;
}

void server_close(struct server *server)
{
    (void)server;
}

const char *server_database(const struct server *server)
{
    (void)server;
    return "";
}

int server_ask(struct server *server, const char *sql, server_piece piece, void *context,
               struct trail_error *error)
{
    (void)server, (void)sql, (void)piece, (void)context;
    return refuse(error);
}

int server_run(struct server *server, const char *sql, struct trail_error *error)
{
    (void)server, (void)sql;
    return refuse(error);
}

int server_insert(struct server *server, const char *sql, server_body body, void *context,
                  struct trail_error *error)
{
    (void)server, (void)sql, (void)body, (void)context;
    return refuse(error);
}

bool server_waits(struct server *server, int *tries, const struct trail_error *error)
{
    (void)server, (void)tries, (void)error;
    return false;
}
