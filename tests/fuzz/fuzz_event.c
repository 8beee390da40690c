/*
 * An event as it comes out of a ring: one that unpacks packs to the same again, and its spans lie
 * within its bytes.
 */
#include "event.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct event event, again; /* each has room for a quarter of a megabyte of texts */

static void expect_span(struct event_span span)
{
    FUZZ_EXPECT(span.offset <= event.bytes_used && span.length <= event.bytes_used - span.offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t packed_size;
    unsigned char *packed;

    if (event_unpack(&event, data, size) != 0)
        return 0;
    FUZZ_EXPECT(event.bytes_used <= EVENT_BYTES_MAX);
    expect_span(event.image.path);
    expect_span(event.image.build_id);
    expect_span(event.naming.name);
    expect_span(event.stack);
    packed_size = event_packed_size(&event);
    packed = malloc(packed_size + 1);
    FUZZ_EXPECT(packed != NULL);
    event_pack(&event, packed);
    FUZZ_EXPECT(event_unpack(&again, packed, packed_size) == 0);
    FUZZ_EXPECT(again.kind == event.kind && again.present == event.present &&
                again.t_ns == event.t_ns);
    free(packed);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const uint64_t parameters[] = {1, 0x7fff1234};
    size_t size;

    if (number > 2)
        return 0;
    event_begin(&event,
                number == 0   ? EVENT_LOAD_DLL
                : number == 1 ? EVENT_EXCEPTION
                              : EVENT_OUTPUT_DEBUG_STRING,
                4711, 4712, 123456789);
    if (number == 0) {
        event_set(&event, FIELD(LOAD_DLL, base), 0x7f0000000000);
        event.image.path = event_put_bytes(&event, "/usr/lib/libc.so.6", 18);
        event.image.build_id = event_put_bytes(&event, "\x12\x34\x56\x78", 4);
        event.stack = event_put_bytes(&event, parameters, sizeof parameters);
    } else if (number == 1) {
        event_set(&event, FIELD(EXCEPTION, code), 0xC0000005);
        event_set_bytes(&event, FIELD(EXCEPTION, parameters), parameters, sizeof parameters);
    } else {
        event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), "it is there", 11);
        event.naming.tid = 4712;
        event.naming.name = event_put_bytes(&event, "worker", 6);
    }
    size = event_packed_size(&event);
    if (size > room)
        return 0;
    event_pack(&event, out);
    return size;
}
