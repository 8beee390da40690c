/* See server.h. */
#include "server.h"

#include "address.h"
#include "buffer.h"
#include "complaint.h"
#include "program.h"
#include "viewer.h"

#include <curl/curl.h>
#ifndef _WIN32
#include <dlfcn.h>
#endif
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* libcurl is loaded when a server is asked: to load it and what it needs takes several times as
   long as all that most commands do. On Windows it is linked. */
#define CURL_FUNCTIONS(X) \
    X(easy_cleanup)       \
    X(easy_escape)        \
    X(easy_getinfo)       \
    X(easy_init)          \
    X(easy_perform)       \
    X(easy_reset)         \
    X(easy_setopt)        \
    X(easy_strerror)      \
    X(free)               \
    X(slist_append)       \
    X(slist_free_all)

static struct {
#define DECLARE(name) __typeof__(curl_##name) *name;
    CURL_FUNCTIONS(DECLARE)
#undef DECLARE
} libcurl;

static bool load_libcurl(void)
{
#ifdef _WIN32
#define LOOK_UP(name) libcurl.name = curl_##name;
    bool is_whole = true;
#else
#define LOOK_UP(name) \
    is_whole = is_whole && (*(void **)&libcurl.name = dlsym(library, "curl_" #name)) != NULL;
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    bool is_whole = library != NULL;
#endif
    CURL_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    return is_whole;
}

enum {
    TRIES_MAX = 5, /* after the first, with pauses of 0.25, 0.5, 1, 2 and 4 seconds */
    FIRST_PAUSE_MS = 250,
    CONNECT_SECONDS = 10,
    GREETING_SECONDS = 10, /* for all of the first answer: who is that? */
    SILENCE_SECONDS = 600, /* a long question is thought about */
    COMPLAINT_MAX = 16384,
    GREETING_MAX = 256,
    DEFLATE_LEVEL = 1, /* rows are alike: more costs time, and gains little */
    UPLOAD_BYTES = 262144,
    PLAIN_BYTES = 65536
};

struct server {
    CURL *curl;
    struct curl_slist *headers, *gzip_headers;
    struct address address;
    bool passes; /* the last failure was of a kind that passes by itself */
    bool is_greeted;
};

/* One request: its body, as it is compressed, and what comes back. */
struct exchange {
    struct server *server;
    server_body body;
    server_piece piece;
    void *context;
    struct trail_error *error;
    z_stream deflate;
    bool body_ended, stream_ended, has_failed; /* a callback of ours has failed, and filled error */
    bool has_pieces;
    struct buffer complaint; /* what came with another status than 200 */
    char plain[PLAIN_BYTES];
};

/* Fills zlib's input, if it is empty. */
static int next_plain(struct exchange *exchange)
{
    ptrdiff_t length;

    if (exchange->deflate.avail_in > 0 || exchange->body_ended)
        return 0;
    length =
        exchange->body(exchange->context, exchange->plain, sizeof exchange->plain, exchange->error);
    if (length < 0) {
        exchange->has_failed = true;
        return -1;
    }
    exchange->body_ended = length == 0;
    exchange->deflate.next_in = (unsigned char *)exchange->plain;
    exchange->deflate.avail_in = (unsigned)length;
    return 0;
}

static size_t read_body(char *out, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t room = size * count;

    exchange->deflate.next_out = (unsigned char *)out;
    exchange->deflate.avail_out = (unsigned)room;
    while (exchange->deflate.avail_out > 0 && !exchange->stream_ended) {
        if (next_plain(exchange) != 0)
            return CURL_READFUNC_ABORT;
        exchange->stream_ended =
            deflate(&exchange->deflate, exchange->body_ended ? Z_FINISH : Z_NO_FLUSH) ==
            Z_STREAM_END;
    }
    return room - exchange->deflate.avail_out;
}

static size_t write_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t length = size * count;
    long status = 0;

    libcurl.easy_getinfo(exchange->server->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || exchange->piece == NULL) {
        if (exchange->complaint.length < COMPLAINT_MAX)
            buffer_add(&exchange->complaint, bytes, length);
        return exchange->complaint.length < COMPLAINT_MAX ? length : 0;
    }
    exchange->has_pieces = true;
    if (exchange->piece(exchange->context, bytes, length, exchange->error) == 0)
        return length;
    exchange->has_failed = true;
    return 0;
}

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* The URL with what the server is told besides the body; free. */
static char *make_url(struct server *server, const char *query, bool is_in_database)
{
    struct buffer url = {0};
    char *escaped = query != NULL ? libcurl.easy_escape(server->curl, query, 0) : NULL;

    buffer_add_text(&url, server->address.server);
    buffer_add_text(&url, "/?wait_end_of_query=1");
    if (is_in_database) {
        buffer_add_text(&url, "&database=");
        buffer_add_text(&url, server->address.database);
    }
    if (query != NULL) {
        buffer_add_text(&url, "&insert_distributed_sync=1&query=");
        buffer_add_text(&url, escaped != NULL ? escaped : "");
    }
    url.failed |= query != NULL && escaped == NULL;
    libcurl.free(escaped);
    if (url.failed) {
        buffer_release(&url);
        return NULL;
    }
    return url.data;
}

/* Whether a failure of libcurl is one of the network, which passes; one connection's end makes it
 * wish to send the body again. */
static bool is_networks(CURLcode code)
{
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
           code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_PARTIAL_FILE || code == CURLE_SEND_FAIL_REWIND;
}

/* What became of a request that was sent: 0, or -1 and error. */
static int conclude(struct exchange *exchange, CURLcode code, const char *words)
{
    struct server *server = exchange->server;
    const struct buffer *complaint = &exchange->complaint;
    long status = 0;

    libcurl.easy_getinfo(server->curl, CURLINFO_RESPONSE_CODE, &status);
    server->passes = false;
    if (exchange->has_failed)
        return -1;
    if (complaint->length > 0 || (code == CURLE_OK && status != 200)) {
        int said = complaint_code(buffer_text(complaint), complaint->length);
        server->passes =
            said != 0 ? complaint_passes(said) : status == 429 || (status >= 502 && status <= 504);
        return complaint_say(server->address.server, status, buffer_text(complaint),
                             complaint->length, exchange->error);
    }
    if (code == CURLE_OK)
        return 0;
    server->passes = is_networks(code);
    return error_set(exchange->error, TRAIL_FAILED, (long)code, "cannot ask %.100s: %.200s",
                     server->address.server,
                     words[0] != '\0' ? words : libcurl.easy_strerror(code));
}

static void set_user(CURL *curl)
{
    const char *user = program_environment("CLICKHOUSE_USER"), *password;

    if (user != NULL) /* which libcurl copies */
        libcurl.easy_setopt(curl, CURLOPT_USERNAME, user);
    if ((password = program_environment("CLICKHOUSE_PASSWORD")) != NULL) {
        if (user == NULL)
            libcurl.easy_setopt(curl, CURLOPT_USERNAME, "default");
        libcurl.easy_setopt(curl, CURLOPT_PASSWORD, password);
    }
    libcurl.easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
}

static void set_up(struct server *server, struct exchange *exchange, const char *url,
                   const char *sql, char *words)
{
    CURL *curl = server->curl;

    libcurl.easy_reset(curl); /* connections stay */
    libcurl.easy_setopt(curl, CURLOPT_URL, url);
    libcurl.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    libcurl.easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    libcurl.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    libcurl.easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
    if (!server->is_greeted)
        libcurl.easy_setopt(curl, CURLOPT_TIMEOUT, (long)GREETING_SECONDS);
    libcurl.easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_answer);
    libcurl.easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    libcurl.easy_setopt(curl, CURLOPT_POST, 1L);
    if (exchange->body == NULL) {
        libcurl.easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(sql));
        libcurl.easy_setopt(curl, CURLOPT_POSTFIELDS, sql);
    } else {
        libcurl.easy_setopt(curl, CURLOPT_READFUNCTION, read_body);
        libcurl.easy_setopt(curl, CURLOPT_READDATA, exchange);
        libcurl.easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BYTES);
    }
    libcurl.easy_setopt(curl, CURLOPT_HTTPHEADER,
                        exchange->body == NULL ? server->headers : server->gzip_headers);
    set_user(curl);
}

static int send_request(struct server *server, struct exchange *exchange, const char *sql,
                        bool is_in_database)
{
    char words[CURL_ERROR_SIZE] = "";
    char *url = make_url(server, exchange->body != NULL ? sql : NULL, is_in_database);
    int result;

    exchange->server = server;
    if (url == NULL)
        return out_of_memory(exchange->error);
    set_up(server, exchange, url, sql, words);
    result = conclude(exchange, libcurl.easy_perform(server->curl), words);
    buffer_release(&exchange->complaint);
    free(url);
    return result;
}

bool server_waits(struct server *server, int *tries, const struct trail_error *error)
{
    char remark[sizeof error->sentence + 64];
    int pause_ms = FIRST_PAUSE_MS << *tries;

    if (!server->passes || *tries >= TRIES_MAX)
        return false;
    ++*tries;
    snprintf(remark, sizeof remark, "%s; trying again in %d.%02d s (%d of %d)", error->sentence,
             pause_ms / 1000, pause_ms % 1000 / 10, *tries, (int)TRIES_MAX);
    viewer_say(remark);
    sqlite3_sleep(pause_ms);
    return true;
}

static int ask(struct server *server, const char *sql, bool is_in_database, server_piece piece,
               void *context, struct trail_error *error)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    int tries = 0, result;

    if (exchange == NULL)
        return out_of_memory(error);
    do {
        *exchange = (struct exchange){.piece = piece, .context = context, .error = error};
        result = send_request(server, exchange, sql, is_in_database);
    } while (result != 0 && !exchange->has_pieces && server_waits(server, &tries, error));
    free(exchange);
    return result;
}

int server_ask(struct server *server, const char *sql, server_piece piece, void *context,
               struct trail_error *error)
{
    return ask(server, sql, true, piece, context, error);
}

int server_run(struct server *server, const char *sql, struct trail_error *error)
{
    /* what makes the database cannot be asked in it */
    return ask(server, sql, strncmp(sql, "CREATE DATABASE ", 16) != 0, NULL, NULL, error);
}

int server_insert(struct server *server, const char *sql, server_body body, void *context,
                  struct trail_error *error)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    int result = -1;

    if (exchange == NULL)
        return out_of_memory(error);
    exchange->body = body;
    exchange->context = context;
    exchange->error = error;
    if (deflateInit2(&exchange->deflate, DEFLATE_LEVEL, Z_DEFLATED, 15 + 16, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        out_of_memory(error);
    else
        result = send_request(server, exchange, sql, true);
    deflateEnd(&exchange->deflate);
    free(exchange);
    return result;
}

static int take_greeting(void *context, const char *bytes, size_t length, struct trail_error *error)
{
    struct buffer *greeting = context;

    buffer_add(greeting, bytes, length < GREETING_MAX ? length : GREETING_MAX);
    return greeting->length < GREETING_MAX
               ? 0
               : error_set(error, TRAIL_FAILED, 0, "it answers, but is no ClickHouse server");
}

/* Whoever else listens there does not calculate. */
static int greet(struct server *server, struct trail_error *error)
{
    struct buffer greeting = {0};
    int result = ask(server, "SELECT 'trail', 6 * 7 FORMAT TabSeparated", false, take_greeting,
                     &greeting, error);

    if (result == 0 && strcmp(buffer_text(&greeting), "trail\t42\n") != 0)
        result = error_set(error, TRAIL_FAILED, 0, "%.100s answers, but is no ClickHouse server",
                           server->address.server);
    buffer_release(&greeting);
    server->is_greeted = true;
    return result;
}

struct server *server_open(const char *url, struct trail_error *error)
{
    struct server *server = calloc(1, sizeof *server);

    if (server == NULL) {
        out_of_memory(error);
        return NULL;
    }
    if (address_parse(url, &server->address, error) != 0)
        goto fail;
    if (!load_libcurl()) {
        error_set(error, TRAIL_FAILED, 0, "cannot load libcurl 4, which asks servers");
        goto fail;
    }
    server->curl = libcurl.easy_init();
    server->headers = libcurl.slist_append(NULL, "Expect:");
    server->gzip_headers = libcurl.slist_append(NULL, "Content-Encoding: gzip");
    if (server->curl == NULL || server->headers == NULL || server->gzip_headers == NULL ||
        libcurl.slist_append(server->gzip_headers, "Transfer-Encoding: chunked") == NULL ||
        libcurl.slist_append(server->gzip_headers, "Expect:") == NULL) {
        out_of_memory(error);
        goto fail;
    }
    if (greet(server, error) == 0)
        return server;
fail:
    server_close(server);
    return NULL;
}

void server_close(struct server *server)
{
    if (server != NULL && server->headers != NULL) { /* else nothing may be loaded */
        libcurl.slist_free_all(server->headers);
        libcurl.slist_free_all(server->gzip_headers);
        libcurl.easy_cleanup(server->curl);
    }
    free(server);
}

const char *server_database(const struct server *server)
{
    return server->address.database;
}
