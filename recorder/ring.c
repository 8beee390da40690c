/*
 * See ring.h.
 *
 * head and tail count bytes since the start and never wrap; a position in memory is the count modulo the capacity. A record never
 * straddles the end: where it would, a filler takes the rest. Invariant: tail <= head <= tail + capacity, both multiples of 8.
 */
#include "ring.h"

#include "os.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    ALIGNMENT = 8,
    STALL_WAIT_MS = 2,
    CACHE_LINE_BYTES = 64
};

#define FILLER UINT32_MAX

struct record {
    uint32_t size; /* of the payload; FILLER for a filler */
    uint32_t reserved;
    _Atomic uint64_t stamp; /* hold_ns + 1, or 0 while the hold is not known */
    unsigned char payload[];
};

struct ring {
    unsigned char *memory;
    uint64_t capacity;
    struct os_wake *data, *room;

    /* The producer's own. */
    uint64_t reserved_head; /* where the reserved record starts */
    uint64_t reserved_size; /* with its header, aligned */
    uint64_t seen_tail;
    struct record *last;
    uint64_t stalls, stall_ns;
    bool called_writer;

    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t head; /* written by the producer */
    atomic_bool finished;
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t tail; /* written by the consumer */
    atomic_bool producer_waits;
};

struct ring *ring_new(size_t capacity_bytes, struct trail_error *error)
{
    struct ring *ring = calloc(1, sizeof *ring);

    assert((capacity_bytes & (capacity_bytes - 1)) == 0);
    if (ring == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    ring->capacity = capacity_bytes;
    ring->memory = malloc(capacity_bytes);
    if (ring->memory == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if ((ring->data = os_wake_new(error)) != NULL && (ring->room = os_wake_new(error)) != NULL)
        return ring;
    ring_free(ring);
    return NULL;
}

void ring_free(struct ring *ring)
{
    if (ring == NULL)
        return;
    os_wake_free(ring->data);
    os_wake_free(ring->room);
    free(ring->memory);
    free(ring);
}

static struct record *record_at(struct ring *ring, uint64_t position)
{
    return (struct record *)(void *)(ring->memory + (position & (ring->capacity - 1)));
}

static bool has_room(struct ring *ring, uint64_t needed_head)
{
    if (needed_head - ring->seen_tail <= ring->capacity)
        return true;
    ring->seen_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    return needed_head - ring->seen_tail <= ring->capacity;
}

/* Waits until half of the ring is free: two threads that hand single records to and fro would spend their time waking each other. */
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
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint64_t needed = (sizeof(struct record) + size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
    uint64_t rest = ring->capacity - (head & (ring->capacity - 1));
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
    atomic_init(&record->stamp, 0);
    ring->last = record;
    ring->reserved_head = head;
    ring->reserved_size = needed;
    return record->payload;
}

/* The consumer looks by itself every few dozen ms; it is called only when half of the ring is in use. */
static void call_writer_if_filling(struct ring *ring, uint64_t head)
{
    bool filling = head - ring->seen_tail > ring->capacity / 2;

    if (filling) {
        ring->seen_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
        filling = head - ring->seen_tail > ring->capacity / 2;
    }
    if (filling && !ring->called_writer)
        os_wake_set(ring->data);
    ring->called_writer = filling;
}

void ring_commit(struct ring *ring)
{
    uint64_t head = ring->reserved_head + ring->reserved_size;

    atomic_store_explicit(&ring->head, head, memory_order_release);
    call_writer_if_filling(ring, head);
}

void ring_stamp(struct ring *ring, uint64_t hold_ns)
{
    atomic_store_explicit(&ring->last->stamp, hold_ns + 1, memory_order_release);
}

void ring_finish(struct ring *ring)
{
    atomic_store(&ring->finished, true);
    os_wake_set(ring->data);
}

const void *ring_peek(struct ring *ring, size_t *size, uint64_t *hold_ns)
{
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint64_t stamp;
    struct record *record;

    if (tail == atomic_load_explicit(&ring->head, memory_order_acquire))
        return NULL;
    record = record_at(ring, tail);
    if (record->size == FILLER) { /* a record follows it: both are committed at once */
        tail += ring->capacity - (tail & (ring->capacity - 1));
        atomic_store_explicit(&ring->tail, tail, memory_order_release);
        record = record_at(ring, tail);
    }
    stamp = atomic_load_explicit(&record->stamp, memory_order_acquire);
    if (stamp == 0)
        return NULL;
    *size = record->size;
    *hold_ns = stamp - 1;
    return record->payload;
}

void ring_release(struct ring *ring)
{
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint64_t size = (sizeof(struct record) + record_at(ring, tail)->size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

    atomic_store_explicit(&ring->tail, tail + size, memory_order_release);
    if (atomic_load(&ring->producer_waits) &&
        atomic_load_explicit(&ring->head, memory_order_relaxed) - (tail + size) <= ring->capacity / 4)
        os_wake_set(ring->room);
}

void ring_wait(struct ring *ring, unsigned timeout_ms)
{
    os_wake_wait(ring->data, timeout_ms);
}

bool ring_is_finished(struct ring *ring)
{
    return atomic_load(&ring->finished);
}

bool ring_is_drained(struct ring *ring)
{
    return ring_is_finished(ring) &&
           atomic_load_explicit(&ring->tail, memory_order_relaxed) == atomic_load_explicit(&ring->head, memory_order_acquire);
}

void ring_stalls(const struct ring *ring, uint64_t *count, uint64_t *total_ns)
{
    *count = ring->stalls;
    *total_ns = ring->stall_ns;
}
