/*
 * The notes with which an image says where its static probes (USDT, SystemTap's <sys/sdt.h>) are:
 * section .note.stapsdt, owner "stapsdt", type 3, which is in the file only and is never loaded.
 * Described in the SystemTap wiki, "UserSpaceProbeImplementation". 64-bit little-endian images. The
 * bytes are hostile: every offset and count is checked, every loop is bounded, nothing is
 * allocated. Pure functions, any thread.
 */
#ifndef TRAIL_STAPSDT_H
#define TRAIL_STAPSDT_H

#include "image_source.h"

struct stapsdt_note {
    /* of the probe's nop, as the image is linked; within an executable segment */
    uint64_t address;
    /* of the 16-bit count of who listens, within a writable segment; 0 if there is none */
    uint64_t semaphore;
    const char *provider, *name, *arguments; /* valid during the call only */
};

/*
 * Calls take for each probe note, until it returns false. Returns 0, or -1 if this is no such
 * image.
 */
int stapsdt_read(const struct image_source *source,
                 bool (*take)(void *context, const struct stapsdt_note *note), void *context);

/*
 * The value of a symbol of the image's symbol tables, as linked. False if there is no such symbol.
 * It may take long.
 */
bool stapsdt_find_symbol(const struct image_source *source, const char *name, size_t length,
                         uint64_t *value);

#endif
