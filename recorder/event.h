/*
 * A debug event as a platform decodes it: a few fixed numbers, one 64-bit value per field of its
 * kind (event_kinds.def), and a pool of bytes for texts. It is filled on the loop thread while the
 * target stands still, so nothing here allocates: the struct is made once, reused for each event,
 * and copied into the ring as a compact record.
 */
#ifndef TRAIL_EVENT_H
#define TRAIL_EVENT_H

#include "event_kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EVENT_FIELDS_MAX = 12,
    /* of texts; a debug string longer than what is left of this is cut and marked */
    EVENT_BYTES_MAX = 256 * 1024
};

/* A span of the event's byte pool. */
struct event_span {
    uint32_t offset;
    uint32_t length;
};

/* Where the path of an image leads to it. */
enum image_place {
    IMAGE_AT_PATH,
    IMAGE_IN_ROOT, /* in the process's own file system only: Linux's mount namespaces */
    IMAGE_NOWHERE  /* what stands there is another file, or the path is none */
};

/* What is known, at the stop, of the image that a MODULE field means. */
struct event_image {
    /* UTF-8 (escaped by text_from_*) as the target named it; empty if unknown */
    struct event_span path;
    struct event_span build_id; /* raw bytes, read from the target's memory; empty if unknown */
    uint64_t size;              /* bytes it spans in memory; 0 if unknown */
    /* a handle that the writer owns from here on (Windows); 0 if none */
    intptr_t file;
    /* of the path, its beginning that leads to the process's own root, and is not recorded */
    uint32_t root_length;
    uint32_t place; /* enum image_place */
};

/* The name that a thread of the event's process has from here on. */
struct event_naming {
    uint32_t tid;           /* whose; 0 if the event names nobody */
    struct event_span name; /* UTF-8 */
};

struct event {
    uint64_t t_ns;     /* os_monotonic_ns() right after the wait returned */
    uint64_t cpu_ns;   /* what its process has used, at an event that bounds gaps; 0: unknown */
    uint32_t pid, tid; /* as the OS numbers them in the recorder's own namespace */
    uint8_t kind;      /* enum event_kind; EVENT_NONE for a stop that says nothing to record */
    bool synthetic;    /* replayed state, not history */
    /*
     * an exception that would not be there without a debugger: the loader's breakpoint. It does not
     * go into the ring
     */
    bool debuggers_own;
    /* another event of this same stop follows: call platform_wait again before platform_resume */
    bool more;
    uint32_t present; /* bit i: value[i] is known */
    /* a number, or a packed span (TEXT, BLOB, NUMBERS); not used for MODULE, PROCESS, LOAD */
    uint64_t value[EVENT_FIELDS_MAX];
    struct event_image image; /* meaningful if the kind has a MODULE field */
    struct event_naming naming;
    struct event_span stack; /* see stack_copy.h; empty if none was kept */
    uint32_t bytes_used;
    unsigned char bytes[EVENT_BYTES_MAX];
};

/* Empties the event and gives it a kind. Touches only the fixed part. */
void event_begin(struct event *event, enum event_kind kind, uint32_t pid, uint32_t tid,
                 uint64_t t_ns);

/* Sets a numeric field; `field` is FIELD(KIND, name). */
void event_set(struct event *event, unsigned field, uint64_t value);

/* Copies bytes into the pool. What does not fit is cut; returns the span that was kept. */
struct event_span event_put_bytes(struct event *event, const void *bytes, size_t length);

/*
 * Where the pool is free, and how many bytes of it, to be filled at once; then event_keep_stack
 * makes the first of them the event's stack.
 */
unsigned char *event_free_bytes(struct event *event, size_t *room);
void event_keep_stack(struct event *event, size_t length);

/*
 * Copies a text, blob or array of numbers into the pool and sets the field to it. Returns how many
 * bytes were kept.
 */
size_t event_set_bytes(struct event *event, unsigned field, const void *bytes, size_t length);

/* Whether it bounds gaps, and so has cpu_ns: the start of an image, loads, EntryPoint, marks,
 * exits. */
bool event_bounds_gap(const struct event *event);

/* Whether events of its kind have an image. */
bool event_has_image(const struct event *event);

/* Whether a field is known. */
bool event_has(const struct event *event, unsigned field);

/* The bytes of a TEXT, BLOB or NUMBERS field; an empty span if it is not known. */
struct event_span event_span_of(const struct event *event, unsigned field);
const unsigned char *event_bytes_at(const struct event *event, struct event_span span);

/*
 * The compact form: what goes through the ring. event_packed_size is the exact size; event_pack
 * writes it; event_unpack is the reverse and checks every bound (a ring may be recovered after a
 * crash): -1 if the bytes are no event.
 */
size_t event_packed_size(const struct event *event);
void event_pack(const struct event *event, void *out);
int event_unpack(struct event *event, const void *packed, size_t size);

/* Whether it is of a kind that has an image, without unpacking it. */
bool event_packed_has_image(const void *packed, size_t size);

#endif
