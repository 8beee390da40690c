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
    CAPACITY_MAX = 1 << 26, /* of a left file's: what says more is damaged */
    RECORD_MAX = 1 << 20,   /* the same of its records */
    SEARCH_FACTOR = 16,     /* behind a damaged record: capacities' worth of bytes are checked */
    RING_VERSION = 4
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
    uint64_t version, capacity; /* capacity 0: the ring is in its owner's memory */
    /*
     * the owner's, or ""; it sets the next apart by bytes, not by _Alignas: memory from calloc is
     * not aligned to a cache line
     */
    char uuid[CACHE_LINE_BYTES - 24];
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

    /* Of a dead recorder's ring: believe nothing. */
    bool is_left;
    uint64_t stored;    /* bytes of records that the file really has */
    uint64_t left_head; /* what its header says, if that can be */
    uint64_t checked;   /* bytes of what might be a record */

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
    atomic_bool consumer_sleeps_long;
    atomic_bool consumer_is_called; /* by more than a first record */
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

/* The ring's file, or else the mark. Fails where something stands there. */
static int make_file(struct ring *ring, const char *path, const char *like,
                     struct trail_error *error)
{
    struct trail_error local = {TRAIL_OK, 0, ""};

    ring->mapping = os_mapping_create(path, like, HEADER_BYTES + (size_t)ring->capacity,
                                      SPARE_FACTOR * ring->capacity, &local);
    if (ring->mapping != NULL)
        return 0;
    if (local.code == TRAIL_FOREIGN)
        return error_set(error, local.code, local.os_code, "%s", local.sentence);
    ring->capacity /= 4;
    ring->mapping = os_mapping_create(path, like, HEADER_BYTES + (size_t)ring->capacity, 0, NULL);
    if (ring->mapping == NULL)
        ring->mark = os_mapping_create(path, like, HEADER_BYTES, 0, NULL);
    return 0;
}

static void write_header(struct header *header, uint64_t capacity, const char *uuid)
{
    memcpy(header->magic, magic, sizeof magic);
    header->version = RING_VERSION;
    header->capacity = capacity;
    strncpy(header->uuid, uuid, sizeof header->uuid - 1);
}

static int begin(struct ring *ring, const struct ring_owner *owner, struct trail_error *error)
{
    const char *uuid = owner != NULL ? owner->uuid : "";

    if (!use_memory(ring, ring->mapping ? os_mapping_memory(ring->mapping)
                                        : calloc(1, HEADER_BYTES + (size_t)ring->capacity)))
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if ((ring->data = os_wake_new(error)) == NULL || (ring->room = os_wake_new(error)) == NULL)
        return -1;
    write_header(ring->header, ring->capacity, uuid);
    if (ring->mark != NULL)
        write_header(os_mapping_memory(ring->mark), 0, uuid);
    ring_prepare_ahead(ring);
    /* zlib's code and tables are mapped now, not in the first stop */
    record_at(ring, 0)->check = check_of(record_at(ring, 0));
    return 0;
}

struct ring *ring_new(const char *path, const struct ring_owner *owner, size_t capacity_bytes,
                      struct trail_error *error)
{
    struct ring *ring = calloc(1, sizeof *ring);

    assert((capacity_bytes & (capacity_bytes - 1)) == 0);
    if (ring == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    ring->capacity = capacity_bytes;
    if ((path == NULL ||
         make_file(ring, path, owner != NULL ? owner->database : NULL, error) == 0) &&
        begin(ring, owner, error) == 0)
        return ring;
    ring_free(ring, false);
    return NULL;
}

static int check_header(const char *path, struct os_mapping *mapping, const char *uuid,
                        struct trail_error *error)
{
    const struct header *header = os_mapping_memory(mapping);

    if (os_mapping_size(mapping) < HEADER_BYTES || memcmp(header->magic, magic, sizeof magic) != 0)
        return error_set(error, TRAIL_NOT_A_TRAIL, 0, "'%s' is no ring of a recorder", path);
    if (header->version != RING_VERSION)
        return error_set(error, TRAIL_OTHER_VERSION, 0,
                         "'%s' is the ring of another version of trailrec; use that one", path);
    if (uuid != NULL && strncmp(header->uuid, uuid, sizeof header->uuid) != 0)
        return error_set(error, TRAIL_NOT_A_TRAIL, 0, "'%s' is the ring of another run", path);
    return 0;
}

static bool is_capacity(uint64_t bytes)
{
    return bytes >= HEADER_BYTES && bytes <= CAPACITY_MAX && (bytes & (bytes - 1)) == 0;
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
        ring_end_wait(ring);
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
        ring_end_wait(ring);
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
    atomic_store(&ring->last->stamp, hold_ns + 1);
    if (atomic_load(&ring->consumer_sleeps_long) &&
        atomic_exchange(&ring->consumer_sleeps_long, false))
        os_wake_set(ring->data);
}

void ring_finish(struct ring *ring)
{
    atomic_store(&ring->finished, true);
    ring_end_wait(ring);
}

/*
 * Whether a dead recorder's record lies within what was committed, and in the file, and is what was
 * written. The number is looked at first: what is no record seldom has a good one.
 */
static bool is_sound(struct ring *ring, uint64_t position)
{
    const struct record *record = record_at(ring, position);
    uint64_t offset = position & (ring->capacity - 1), available = ring->left_head - position;

    if (position >= ring->left_head)
        return false;
    if (available > bytes_to_end(ring, position))
        available = bytes_to_end(ring, position);
    if (available > ring->stored - offset)
        available = ring->stored - offset;
    if (offset >= ring->stored || available < sizeof *record || record->size > RECORD_MAX ||
        bytes_of(record->size) > available || record->seq <= ring->last_seq ||
        (ring->last_seq != 0 && record->seq - ring->last_seq > ring->capacity))
        return false;
    ring->checked += bytes_of(record->size);
    return record->check == check_of(record);
}

/* A filler has nothing but its size; a record follows it, both were committed at once. */
static bool is_filler(struct ring *ring, uint64_t position)
{
    return (position & (ring->capacity - 1)) < ring->stored &&
           record_at(ring, position)->size == FILLER;
}

/*
 * The next record of a dead recorder that is sound. What cannot be a record is passed over; a file
 * that was made to waste our time is given up.
 */
static bool find_sound(struct ring *ring, uint64_t *position)
{
    for (; *position < ring->left_head && ring->checked < SEARCH_FACTOR * ring->capacity;
         *position += ALIGNMENT) {
        uint64_t behind = *position + bytes_to_end(ring, *position);
        if (is_filler(ring, *position) && is_sound(ring, behind))
            *position = behind;
        else if (!is_sound(ring, *position)) {
            ring->is_damaged = true;
            continue;
        }
        ring->last_seq = record_at(ring, *position)->seq;
        return true;
    }
    ring->is_damaged |= *position < ring->left_head;
    *position = ring->left_head;
    return false;
}

/* Where the oldest of all sound records is: they may have wrapped around. */
static uint64_t find_oldest(struct ring *ring)
{
    uint64_t position = 0, oldest = 0, lowest = UINT64_MAX;

    ring->left_head = ring->capacity;
    while (find_sound(ring, &position)) {
        if (ring->last_seq < lowest) {
            lowest = ring->last_seq;
            oldest = position;
        }
        position += bytes_of(record_at(ring, position)->size);
        ring->last_seq = 0;
    }
    ring->last_seq = ring->checked = 0;
    return oldest;
}

/* How far the records go. Where what it says cannot be, all that is there is looked through. */
static void take_header(struct ring *ring, size_t size)
{
    uint64_t head = atomic_load(&ring->header->head), tail = atomic_load(&ring->header->tail);

    ring->capacity = ring->header->capacity;
    ring->stored = size - HEADER_BYTES;
    if (!is_capacity(ring->capacity)) {
        ring->is_damaged = true;
        for (ring->capacity = HEADER_BYTES;
             2 * ring->capacity <= ring->stored && ring->capacity < CAPACITY_MAX;)
            ring->capacity *= 2;
        if (ring->header->capacity == 0) /* they were in its owner's memory */
            ring->stored = 0;
    }
    if (ring->stored > ring->capacity)
        ring->stored = ring->capacity;
    if (tail > head || head - tail > ring->capacity || head % ALIGNMENT != 0 ||
        tail % ALIGNMENT != 0) {
        ring->is_damaged = true;
        tail = find_oldest(ring);
        head = tail + ring->capacity;
    }
    ring->given = ring->ahead = tail;
    ring->left_head = head;
}

struct ring *ring_open_left(const char *path, const char *uuid, struct trail_error *error)
{
    struct os_mapping *mapping = os_mapping_open(path, error);
    struct ring *ring;

    if (mapping == NULL)
        return NULL;
    if (check_header(path, mapping, uuid, error) != 0) {
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
    take_header(ring, os_mapping_size(mapping));
    ring->is_left = true;
    atomic_store(&ring->finished, true);
    return ring;
}

static void give(struct ring *ring, uint64_t *position, struct ring_record *given)
{
    struct record *record = record_at(ring, *position);
    uint64_t stamp = atomic_load_explicit(&record->stamp, memory_order_acquire);

    *given =
        (struct ring_record){record->payload, record->size, record->seq, stamp - 1, stamp != 0};
    *position += bytes_of(record->size);
}

/* The oldest record that a consumer was not given yet: `position` is where that starts. */
static bool next_at(struct ring *ring, uint64_t *position, struct ring_record *given)
{
    uint64_t head = atomic_load_explicit(&ring->header->head, memory_order_acquire);
    struct record *record;

    if (ring->is_left) {
        if (!find_sound(ring, position))
            return false;
        give(ring, position, given);
        return true;
    }
    if (*position == head)
        return false;
    record = record_at(ring, *position);
    if (record->size == FILLER) { /* a record follows it: both are committed at once */
        *position += bytes_to_end(ring, *position);
        record = record_at(ring, *position);
    }
    if (atomic_load_explicit(&record->stamp, memory_order_acquire) == 0)
        return false;
    give(ring, position, given);
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

/* Until a record comes; true if nothing but that has ended the sleep. */
static bool sleep_long(struct ring *ring, unsigned timeout_ms)
{
    atomic_store(&ring->consumer_is_called, false);
    atomic_store(&ring->consumer_sleeps_long, true);
    if (atomic_load(&ring->header->head) == ring->given)
        os_wake_wait(ring->data, timeout_ms);
    atomic_store(&ring->consumer_sleeps_long, false);
    return atomic_load(&ring->header->head) != ring->given &&
           !atomic_load(&ring->consumer_is_called);
}

void ring_wait(struct ring *ring, unsigned timeout_ms)
{
    if (timeout_ms <= RING_NEAR_MS)
        os_wake_wait(ring->data, timeout_ms);
    else if (sleep_long(ring, timeout_ms))
        os_wake_wait(ring->data, RING_NEAR_MS);
}

void ring_end_wait(struct ring *ring)
{
    atomic_store(&ring->consumer_is_called, true);
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

uint64_t ring_count(const struct ring *ring)
{
    return ring->last_seq;
}

void ring_stalls(const struct ring *ring, uint64_t *count, uint64_t *total_ns)
{
    *count = ring->stalls;
    *total_ns = ring->stall_ns;
}
