/* See complaint.h. The numbers are those of ClickHouse's ErrorCodes.cpp; they stay. */
#include "complaint.h"

#include "escape.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 240, DIGITS_MAX = 9 };

int complaint_code(const char *text, size_t length)
{
    char number[DIGITS_MAX + 1] = "";

    if (length < 8 || strncmp(text, "Code: ", 6) != 0)
        return 0;
    memcpy(number, text + 6, length - 6 < DIGITS_MAX ? length - 6 : DIGITS_MAX);
    return atoi(number);
}

bool complaint_passes(int code)
{
    static const int passing[] = {
        202, /* TOO_MANY_SIMULTANEOUS_QUERIES */
        209, /* SOCKET_TIMEOUT */
        210, /* NETWORK_ERROR */
        242, /* TABLE_IS_READ_ONLY: a replica without its ZooKeeper */
        252, /* TOO_MANY_PARTS */
        279, /* ALL_CONNECTION_TRIES_FAILED */
        319, /* UNKNOWN_STATUS_OF_INSERT */
        999, /* KEEPER_EXCEPTION */
    };

    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (passing[i] == code)
            return true;
    return false;
}

/* Where the words are: behind "DB::Exception: ", up to ", e.what()", the stack, or the line's end.
 */
static size_t find_words(const char **text, size_t length)
{
    static const char exception[] = "DB::Exception: ";
    static const char *const ends[] = {", e.what()", "\n", ". Stack trace:", " (version "};
    const char *end = *text + length;

    for (const char *at = *text; at + sizeof exception <= end; at++)
        if (memcmp(at, exception, sizeof exception - 1) == 0) {
            *text = at + sizeof exception - 1;
            break;
        }
    for (const char *at = *text; at < end; at++)
        for (size_t i = 0; i < sizeof ends / sizeof ends[0] && at < end; i++)
            if ((size_t)(end - at) >= strlen(ends[i]) && memcmp(at, ends[i], strlen(ends[i])) == 0)
                end = at;
    return (size_t)(end - *text);
}

static const char *advice_for(int code, long status)
{
    return code == 192 || code == 193 || code == 516 || status == 401 || status == 403
               ? " (user and password: CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or ~/.netrc)"
           : code == 81 || code == 60 ? " ('trailview push URL --init' makes database and tables)"
                                      : "";
}

int complaint_say(const char *server, long status, const char *text, size_t length,
                  struct trail_error *error)
{
    struct buffer words = {0};
    int code = complaint_code(text, length);

    length = find_words(&text, length);
    escape_for_terminal(&words, text, length < WORDS_MAX ? length : WORDS_MAX);
    length = text_cut(buffer_text(&words), words.length, WORDS_MAX);
    if (code == 0)
        error_set(error, TRAIL_FAILED, status, "%.100s answers with HTTP status %ld%s%.*s", server,
                  status, length > 0 ? ": " : "", (int)length, buffer_text(&words));
    else
        error_set(error, TRAIL_FAILED, code, "%.100s says: %.*s (%d)%s", server, (int)length,
                  buffer_text(&words), code, advice_for(code, status));
    buffer_release(&words);
    return -1;
}
