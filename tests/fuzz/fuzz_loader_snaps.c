/*
 * Debug strings of Windows' loader, or whoever writes like it: one a line, from two threads. What
 * is read of one lies within it, and what becomes of it is an event that can be recorded.
 */
#include "fuzz.h"
#include "snaps/loader_snap.h"
#include "snaps/loader_snaps.h"

#include <stdlib.h>
#include <string.h>

static struct event event;

static void check_within(const struct snap_text *part, const char *text, size_t length)
{
    FUZZ_EXPECT(part->length == 0 || (part->text >= text && part->length <= length &&
                                      (size_t)(part->text - text) <= length - part->length));
}

static void take(struct loader_snaps *snaps, uint32_t tid, const char *text, size_t length)
{
    /* of its own, so that a read behind it is seen */
    char *line = malloc(length > 0 ? length : 1);
    struct loader_snap snap;

    FUZZ_EXPECT(line != NULL);
    memcpy(line, text, length);
    loader_snap_read(line, length, &snap);
    check_within(&snap.name, line, length);
    check_within(&snap.object, line, length);
    FUZZ_EXPECT(loader_snap_words(snap.status)[0] != '\0');
    event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 1, tid, 1);
    event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), line, length);
    loader_snaps_take(snaps, &event);
    FUZZ_EXPECT((snap.says == SNAP_NOTHING) == (event.kind == EVENT_OUTPUT_DEBUG_STRING));
    FUZZ_EXPECT(event.bytes_used <= EVENT_BYTES_MAX);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct loader_snaps *snaps = loader_snaps_new();
    const char *at = (const char *)data, *end = at + size;

    FUZZ_EXPECT(snaps != NULL);
    for (uint32_t line = 0; at < end; line++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end != NULL ? line_end + 1 : end;
        take(snaps, 1 + line % 2, at, (size_t)(line_end - at));
        at = line_end;
    }
    loader_snaps_free(snaps);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "1a:2b @ 3 - LdrLoadDll - ENTER: DLL name: a.dll DLL path: C:\\\n\n"
        "1a:2b @ 3 - LdrpProcessWork - ERROR: Unable to load DLL: \"b.dll\", Parent Module: "
        "\"C:\\a.dll\", Status: 0xc0000135\n"
        "1a:2b @ 3 - LdrLoadDll - RETURN: Status: 0xc0000135\n",
        "LdrpReportError - WARNING: Locating export \"f\" for DLL \"a\" failed with status: 0x1.\n"
        "LdrpSnapThunk - ERROR: Procedure \"f\" could not be located in DLL \"a\"\n"
        "LdrpLoadImportModule - ERROR: Loading DLL a from path C: failed with status 0xc0000135\n"
        "LdrpInitializeNode - ERROR: Init routine 0 for DLL \"a\" failed during "
        "DLL_PROCESS_ATTACH\n",
        "LDR: b used by a\nLDR: LdrpWalkImportTable - LdrpLoadImportModule failed on import b with "
        "status c0000135\n[1,2] LDR: DLL_PROCESS_ATTACH for dll \"a\" (InitRoutine: 1) failed\n"
        "LDR: a failed to load import module b; status = c0000135\nLDR: LdrLoadDll, loading a from "
        "b\nLDR: LdrLoadDll - failing because LdrpLoadDll(a) returned status c0000142\n",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
