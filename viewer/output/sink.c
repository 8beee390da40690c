/* See sink.h. */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    ROOM_BYTES = 1 << 16,
    GZIP_WINDOW = 15 + 16, /* zlib.h: 16 more writes gzip's header and trailer */
    MEMORY_LEVEL = 9
};

struct sink {
    FILE *stream;
    bool is_compressed;
    int failure; /* errno; 0: none */
    z_stream zip;
    size_t length; /* of what is in the room */
    unsigned char room[ROOM_BYTES], out[ROOM_BYTES];
};

struct sink *sink_new(FILE *stream, bool is_compressed, struct trail_error *error)
{
    struct sink *sink = calloc(1, sizeof *sink);

    if (sink != NULL) {
        sink->stream = stream;
        sink->is_compressed = is_compressed;
        if (!is_compressed || deflateInit2(&sink->zip, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW,
                                           MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK)
            return sink;
    }
    free(sink);
    error_set(error, TRAIL_FAILED, 0, "out of memory");
    return NULL;
}

static void put(struct sink *sink, const unsigned char *bytes, size_t length)
{
    if (sink->failure == 0 && length > 0 && fwrite(bytes, 1, length, sink->stream) != length)
        sink->failure = errno != 0 ? errno : EIO;
}

static void deflate_room(struct sink *sink, int flush)
{
    sink->zip.next_in = sink->room;
    sink->zip.avail_in = (uInt)sink->length;
    do {
        sink->zip.next_out = sink->out;
        sink->zip.avail_out = ROOM_BYTES;
        deflate(&sink->zip, flush);
        put(sink, sink->out, ROOM_BYTES - sink->zip.avail_out);
    } while (sink->zip.avail_out == 0);
}

static void flush_room(struct sink *sink, int flush)
{
    if (sink->is_compressed)
        deflate_room(sink, flush);
    else
        put(sink, sink->room, sink->length);
    sink->length = 0;
}

void sink_write(struct sink *sink, const char *bytes, size_t length)
{
    while (length > 0 && sink->failure == 0) {
        size_t part = ROOM_BYTES - sink->length;
        if (part > length)
            part = length;
        memcpy(sink->room + sink->length, bytes, part);
        sink->length += part;
        bytes += part;
        length -= part;
        if (sink->length == ROOM_BYTES)
            flush_room(sink, Z_NO_FLUSH);
    }
}

int sink_check(const struct sink *sink, struct trail_error *error)
{
    return sink->failure == 0 ? 0
                              : error_set(error, TRAIL_FAILED, sink->failure,
                                          "cannot write the output: %s", strerror(sink->failure));
}

int sink_finish(struct sink *sink, struct trail_error *error)
{
    flush_room(sink, Z_FINISH);
    if (sink->failure == 0 && fflush(sink->stream) != 0)
        sink->failure = errno;
    return sink_check(sink, error);
}

void sink_free(struct sink *sink)
{
    if (sink != NULL && sink->is_compressed)
        deflateEnd(&sink->zip);
    free(sink);
}
