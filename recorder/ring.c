/*
 * See ring.h.
 *
 * head, given and tail count bytes since the start and never wrap; a position in memory is the
 * count modulo the capacity. A record never straddles the end: where it would, a filler takes the
 * rest. Invariant: tail <= given <= head <= tail + capacity, all multiples of 8.
 *
 * The file is one page of header and then the records. Its order of writing makes it sound at any
 * moment: a record and its check value first, then head (release); whatever kills the process, the
 * pages are the kernel's. Only ring_open_left checks the values.
 */
#include "ring.h"

#include "os.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    ALIGNMENT = 8,
    STALL_WAIT_MS = 2,
    CACHE_LINE_BYTES = 64,
    HEADER_BYTES = 4096,
    /* kept ready in front of the producer: as much as it has used so far, within these limits */
    AHEAD_BYTES = 128 * 1024,
    AHEAD_MAX_BYTES = 2 * 1024 * 1024,
    SPARE_FACTOR = 8, /* times its size stays free beside a ring of full size, for the database */
    RING_VERSION = 2
};

#define FILLER UINT32_MAX
static const char magic[8] = "TRAILRNG";

struct record {
    uint32_t size;          /* of the payload; FILLER for a filler, which has nothing else */
    uint32_t check;         /* crc32 of seq and payload, which lie together for that */
    _Atomic uint64_t stamp; /* hold_ns + 1, or 0 while the hold is not known */
    uint64_t seq;
    unsigned char payload[];
};

struct header {
    char magic[8];
    uint64_t version, capacity;
    /* apart by bytes, not by _Alignas: memory from calloc is not aligned to a cache line */
    unsigned char producer_line[CACHE_LINE_BYTES - 24];
    _Atomic uint64_t head; /* written by the producer */
    unsigned char consumer_line[CACHE_LINE_BYTES - 8];
    _Atomic uint64_t tail; /* written by the consumer */
};

struct ring {
    struct os_mapping *mapping; /* NULL: in plain memory */
    struct os_mapping *mark;    /* then: the file that says that we live */
    struct header *header;
    unsigned char *records;
    uint64_t capacity;
    struct os_wake *data, *room;
    bool is_left; /* a dead recorder's: believe nothing */

    /* The producer's own. */
    uint64_t reserved_head; /* where the reserved record starts */
    uint64_t reserved_size; /* with its header, aligned */
    uint64_t seen_tail, last_seq;
    struct record *last;
    uint64_t stalls, stall_ns;
    bool called_writer;

    /* The consumer's own. */
    uint64_t given; /* where the record that was given last ends */
    uint64_t ahead; /* the same of ring_next_ahead */
    bool is_damaged;
    uint64_t ready; /* bytes of the memory that have been populated */

    unsigned char shared_line[CACHE_LINE_BYTES];
    atomic_bool finished;
    atomic_bool producer_waits;
};

static bool use_memory(struct ring *ring, void *memory)
{
    ring->header = memory;
    ring->records = (unsigned char *)memory + HEADER_BYTES;
    return memory != NULL;
}

static struct record *record_at(struct ring *ring, uint64_t position)
{
    return (struct record *)(void *)(ring->records + (position & (ring->capacity - 1)));
}

static uint32_t check_of(const struct record *record)
{
    return (uint32_t)crc32(0, (const Bytef *)record + offsetof(struct record, seq),
                           (uInt)sizeof record->seq + record->size);
}

/* The ring's file, or else the mark. */
static void make_file(struct ring *ring, const char *path)
{
    ring->mapping = os_mapping_create(path, HEADER_BYTES + (size_t)ring->capacity,
                                      SPARE_FACTOR * ring->capacity, NULL);
    if (ring->mapping != NULL)
        return;
    ring->capacity /= 4;
    ring->mapping = os_mapping_create(path, HEADER_BYTES + (size_t)ring->capacity, 0, NULL);
    if (ring->mapping == NULL)
        ring->mark = os_mapping_create(path, HEADER_BYTES, 0, NULL);
}

struct ring *ring_new(const char *path, size_t capacity_bytes, struct trail_error *error)
{
    struct ring *ring = calloc(1, sizeof *ring);

    assert((capacity_bytes & (capacity_bytes - 1)) == 0);
    if (ring != NULL) {
        ring->capacity = capacity_bytes;
        if (path != NULL)
            make_file(ring, path);
        if (!use_memory(ring, ring->mapping ? os_mapping_memory(ring->mapping)
                                            : calloc(1, HEADER_BYTES + (size_t)ring->capacity)))
            error_set(error, TRAIL_FAILED, 0, "out of memory");
        else if ((ring->data = os_wake_new(error)) != NULL &&
                 (ring->room = os_wake_new(error)) != NULL) {
            memcpy(ring->header->magic, magic, sizeof magic);
            ring->header->version = RING_VERSION;
            ring->header->capacity = ring->capacity;
            ring_prepare_ahead(ring);
            /* zlib's code and tables are mapped now, not in the first stop */
            record_at(ring, 0)->check = check_of(record_at(ring, 0));
            return ring;
        }
    } else {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    ring_free(ring, false);
    return NULL;
}

/* What the header of a file says must fit the file: the rest relies on it. */
static bool header_is_sound(const struct header *header, size_t size)
{
    uint64_t head, tail;

    if (size < HEADER_BYTES || memcmp(header->magic, magic, sizeof magic) != 0 ||
        header->version != RING_VERSION || header->capacity != size - HEADER_BYTES ||
        (header->capacity & (header->capacity - 1)) != 0 || header->capacity < HEADER_BYTES)
        return false;
    head = atomic_load(&header->head);
    tail = atomic_load(&header->tail);
    return tail <= head && head - tail <= header->capacity && head % ALIGNMENT == 0 &&
           tail % ALIGNMENT == 0;
}

struct ring *ring_open_left(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = os_mapping_open(path, error);
    struct ring *ring;

    if (mapping == NULL)
        return NULL;
    if (!header_is_sound(os_mapping_memory(mapping), os_mapping_size(mapping))) {
        error_set(error, TRAIL_DAMAGED, 0, "'%s' is damaged", path);
        os_mapping_close(mapping, false);
        return NULL;
    }
    ring = calloc(1, sizeof *ring);
    if (ring == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        os_mapping_close(mapping, false);
        return NULL;
    }
    ring->mapping = mapping;
    use_memory(ring, os_mapping_memory(mapping));
    ring->capacity = ring->header->capacity;
    ring->given = atomic_load(&ring->header->tail);
    ring->is_left = true;
    atomic_store(&ring->finished, true);
    return ring;
}

void ring_free(struct ring *ring, bool keep)
{
    if (ring == NULL)
        return;
    os_wake_free(ring->data);
    os_wake_free(ring->room);
    if (ring->mapping != NULL)
        os_mapping_close(ring->mapping, !keep);
    else
        free(ring->header);
    os_mapping_close(ring->mark, true);
    free(ring);
}

bool ring_is_durable(const struct ring *ring)
{
    return ring->mapping != NULL;
}

static uint64_t bytes_to_end(const struct ring *ring, uint64_t position)
{
    return ring->capacity - (position & (ring->capacity - 1));
}

static uint64_t bytes_of(uint64_t payload_size)
{
    return (sizeof(struct record) + payload_size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

static bool has_room(struct ring *ring, uint64_t needed_head)
{
    if (needed_head - ring->seen_tail <= ring->capacity)
        return true;
    ring->seen_tail = atomic_load_explicit(&ring->header->tail, memory_order_acquire);
    return needed_head - ring->seen_tail <= ring->capacity;
}

/*
 * Waits until half of the ring is free: two threads that hand single records to and fro would spend
 * their time waking each other.
 */
static void wait_for_room(struct ring *ring, uint64_t needed_head)
{
    uint64_t start = os_monotonic_ns();

    ring->stalls++;
    atomic_store(&ring->producer_waits, true);
    while (!has_room(ring, needed_head + ring->capacity / 2)) {
        os_wake_set(ring->data);
        os_wake_wait(ring->room, STALL_WAIT_MS);
    }
    atomic_store(&ring->producer_waits, false);
    ring->stall_ns += os_monotonic_ns() - start;
}

void *ring_reserve(struct ring *ring, size_t size)
{
    uint64_t head = atomic_load_explicit(&ring->header->head, memory_order_relaxed);
    uint64_t needed = bytes_of(size), rest = bytes_to_end(ring, head);
    struct record *record;

    assert(needed <= ring->capacity / 4);
    if (rest < needed) {
        if (!has_room(ring, head + rest + needed))
            wait_for_room(ring, head + rest + needed);
        record_at(ring, head)->size = FILLER; /* 8 bytes always fit: everything is aligned to 8 */
        head += rest;
    } else if (!has_room(ring, head + needed)) {
        wait_for_room(ring, head + needed);
    }
    record = record_at(ring, head);
    record->size = (uint32_t)size;
    record->seq = ++ring->last_seq;
    atomic_store_explicit(&record->stamp, 0, memory_order_relaxed);
    ring->last = record;
    ring->reserved_head = head;
    ring->reserved_size = needed;
    return record->payload;
}

/*
 * The consumer looks by itself every few dozen ms; it is called only when half of the ring is in
 * use.
 */
static void call_writer_if_filling(struct ring *ring, uint64_t head)
{
    bool filling = head - ring->seen_tail > ring->capacity / 2;

    if (filling) {
        ring->seen_tail = atomic_load_explicit(&ring->header->tail, memory_order_acquire);
        filling = head - ring->seen_tail > ring->capacity / 2;
    }
    if (filling && !ring->called_writer)
        os_wake_set(ring->data);
    ring->called_writer = filling;
}

uint64_t ring_commit(struct ring *ring)
{
    uint64_t head = ring->reserved_head + ring->reserved_size;

    ring->last->check = check_of(ring->last);
    atomic_store_explicit(&ring->header->head, head, memory_order_release);
    call_writer_if_filling(ring, head);
    return ring->last_seq;
}

void ring_stamp(struct ring *ring, uint64_t hold_ns)
{
    atomic_store_explicit(&ring->last->stamp, hold_ns + 1, memory_order_release);
}

void ring_finish(struct ring *ring)
{
    atomic_store(&ring->finished, true);
    ring_end_wait(ring);
}

/* Whether a dead recorder's record lies within what was committed and is what was written. */
static bool is_sound(struct ring *ring, uint64_t position, uint64_t available)
{
    const struct record *record = record_at(ring, position);
    uint64_t rest = bytes_to_end(ring, position);

    if (rest < sizeof *record || available < sizeof *record)
        return false;
    return bytes_of(record->size) <= rest && bytes_of(record->size) <= available &&
           record->check == check_of(record);
}

static bool next_at(struct ring *ring, uint64_t *position, struct ring_record *given)
{
    uint64_t head = atomic_load_explicit(&ring->header->head, memory_order_acquire), stamp;
    struct record *record;

    if (*position == head)
        return false;
    record = record_at(ring, *position);
    if (record->size == FILLER) { /* a record follows it: both are committed at once */
        *position += bytes_to_end(ring, *position);
        record = record_at(ring, *position);
    }
    if (ring->is_left && (*position >= head || !is_sound(ring, *position, head - *position))) {
        *position = head; /* nothing behind a damaged record can be found */
        ring->is_damaged = true;
        return false;
    }
    stamp = atomic_load_explicit(&record->stamp, memory_order_acquire);
    if (stamp == 0 && !ring->is_left)
        return false;
    *given =
        (struct ring_record){record->payload, record->size, record->seq, stamp - 1, stamp != 0};
    *position += bytes_of(record->size);
    return true;
}

bool ring_next(struct ring *ring, struct ring_record *given)
{
    return next_at(ring, &ring->given, given);
}

bool ring_next_ahead(struct ring *ring, struct ring_record *given)
{
    return next_at(ring, &ring->ahead, given);
}

void ring_release(struct ring *ring)
{
    atomic_store_explicit(&ring->header->tail, ring->given, memory_order_release);
    if (atomic_load(&ring->producer_waits))
        os_wake_set(ring->room);
}

void ring_rewind(struct ring *ring)
{
    ring->given = atomic_load_explicit(&ring->header->tail, memory_order_relaxed);
}

double ring_unreleased(struct ring *ring)
{
    return (double)(ring->given - atomic_load_explicit(&ring->header->tail, memory_order_relaxed)) /
           (double)ring->capacity;
}

double ring_fill(struct ring *ring)
{
    return (double)(atomic_load_explicit(&ring->header->head, memory_order_relaxed) -
                    atomic_load_explicit(&ring->header->tail, memory_order_relaxed)) /
           (double)ring->capacity;
}

void ring_prepare_ahead(struct ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->header->head, memory_order_relaxed);
    uint64_t ahead = head < AHEAD_BYTES       ? AHEAD_BYTES
                     : head < AHEAD_MAX_BYTES ? head
                                              : AHEAD_MAX_BYTES;
    uint64_t wanted = head + ahead;

    while (ring->mapping != NULL && ring->ready < ring->capacity && ring->ready < wanted) {
        os_mapping_populate(ring->mapping, HEADER_BYTES + (size_t)ring->ready, AHEAD_BYTES);
        ring->ready += AHEAD_BYTES;
    }
}

void ring_wait(struct ring *ring, unsigned timeout_ms)
{
    os_wake_wait(ring->data, timeout_ms);
}

void ring_end_wait(struct ring *ring)
{
    os_wake_set(ring->data);
}

bool ring_is_stalled(struct ring *ring)
{
    return atomic_load(&ring->producer_waits);
}

bool ring_is_damaged(const struct ring *ring)
{
    return ring->is_damaged;
}

bool ring_is_finished(struct ring *ring)
{
    return atomic_load(&ring->finished);
}

bool ring_is_drained(struct ring *ring)
{
    return ring_is_finished(ring) &&
           ring->given == atomic_load_explicit(&ring->header->head, memory_order_acquire);
}

void ring_stalls(const struct ring *ring, uint64_t *count, uint64_t *total_ns)
{
    *count = ring->stalls;
    *total_ns = ring->stall_ns;
}
