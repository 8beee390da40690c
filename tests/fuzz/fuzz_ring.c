/*
 * The file of a ring that a dead recorder left: its records come out within the file, and reading
 * ends.
 */
#include "event.h"
#include "fuzz.h"
#include "ring.h"

#include <stdio.h>
#include <string.h>

enum { RING_BYTES = 4096, RECORDS = 12 };

static struct event event;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ring *ring;
    struct ring_record record;
    size_t records = 0;

    fuzz_write_file("left.ring", data, size);
    if ((ring = ring_open_left("left.ring", NULL, NULL)) != NULL) {
        while (ring_next(ring, &record)) {
            FUZZ_EXPECT(record.size <= size && ++records <= size);
            event_unpack(&event, record.payload, record.size);
        }
        ring_release(ring);
        ring_free(ring, false);
    }
    remove("left.ring");
    return 0;
}

/* A ring with records all over it; with a second number it has wrapped around before. */
size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    struct ring *ring = number > 1 ? NULL : ring_new("seed.ring", NULL, RING_BYTES, NULL);
    struct ring_record record;
    FILE *file;
    size_t size;

    if (ring == NULL)
        return 0;
    for (unsigned i = 0; i < RECORDS * (1 + 20 * number); i++) {
        event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 1, 2, i);
        event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), "a debug string of some length",
                        1 + i % 29);
        event_pack(&event, ring_reserve(ring, event_packed_size(&event)));
        ring_commit(ring);
        ring_stamp(ring, i);
        if (i >= RECORDS / 2 && ring_next(ring, &record))
            ring_release(ring);
    }
    ring_free(ring, true);
    file = fopen("seed.ring", "rb");
    size = file != NULL ? fread(out, 1, room, file) : 0;
    if (file != NULL)
        fclose(file);
    remove("seed.ring");
    return size;
}
