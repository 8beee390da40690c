/*
 * See identify.h. What was found is kept by the record's number, in their order, and as short as
 * its texts. More than KNOWN_MAX are never kept, which is more than a transaction has rows: then
 * the cursor waits for the commit.
 */
#include "identify.h"

#include "os.h"
#include "platform.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN_MAX = 16 * 1024, WAIT_STEP_MS = 1 };
#define WAIT_NS UINT64_C(100000000)

/* The texts of an identity, which lie behind its numbers. */
static const size_t texts[] = {
    offsetof(struct module_identity, pdb_guid),     offsetof(struct module_identity, pdb_name),
    offsetof(struct module_identity, file_version), offsetof(struct module_identity, build_id),
    offsetof(struct module_identity, soname),       offsetof(struct module_identity, path),
    offsetof(struct module_identity, imports),
};
enum {
    NUMBERS_BYTES = offsetof(struct module_identity, pdb_guid),
    TEXTS = sizeof texts / sizeof *texts
};

struct known {
    uint64_t seq;
    char *packed; /* the numbers, then the texts one after the other; NULL if there was no memory */
};

struct identify {
    struct ring *ring;
    struct os_lock *turn;    /* of all below but the atomics */
    struct os_wake *stepped; /* for the loop thread, if it waits */
    _Atomic uint64_t done;   /* the last record that is identified */
    atomic_bool waits;
    bool gave_up;
    size_t first, count, hint; /* of known, a circle; hint: how far behind first the last was */
    struct event event;        /* large, as what follows */
    struct module_identity identity;
    struct known known[KNOWN_MAX];
};

struct identify *identify_new(struct ring *ring, struct trail_error *error)
{
    struct identify *identify = calloc(1, sizeof *identify);

    if (identify == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    identify->ring = ring;
    if ((identify->turn = os_lock_new(error)) != NULL &&
        (identify->stepped = os_wake_new(error)) != NULL)
        return identify;
    identify_free(identify);
    return NULL;
}

static struct known *known_at(struct identify *identify, size_t index)
{
    return &identify->known[(identify->first + index) % KNOWN_MAX];
}

static void forget_first(struct identify *identify)
{
    free(known_at(identify, 0)->packed);
    identify->first = (identify->first + 1) % KNOWN_MAX;
    identify->count--;
    identify->hint = 0;
}

void identify_free(struct identify *identify)
{
    if (identify == NULL)
        return;
    while (identify->count > 0)
        forget_first(identify);
    os_lock_free(identify->turn);
    os_wake_free(identify->stepped);
    free(identify);
}

static char *pack(const struct module_identity *identity)
{
    size_t bytes = NUMBERS_BYTES, size;
    char *packed, *end;

    for (unsigned i = 0; i < TEXTS; i++)
        bytes += strlen((const char *)identity + texts[i]) + 1;
    if ((packed = malloc(bytes)) == NULL)
        return NULL;
    memcpy(packed, identity, NUMBERS_BYTES);
    end = packed + NUMBERS_BYTES;
    for (unsigned i = 0; i < TEXTS; i++, end += size) {
        size = strlen((const char *)identity + texts[i]) + 1;
        memcpy(end, (const char *)identity + texts[i], size);
    }
    return packed;
}

static void unpack(struct module_identity *identity, const char *packed)
{
    size_t size;

    memcpy(identity, packed, NUMBERS_BYTES);
    packed += NUMBERS_BYTES;
    for (unsigned i = 0; i < TEXTS; i++, packed += size) {
        size = strlen(packed) + 1;
        memcpy((char *)identity + texts[i], packed, size);
    }
}

static void remember(struct identify *identify, uint64_t seq)
{
    *known_at(identify, identify->count++) =
        (struct known){.seq = seq, .packed = pack(&identify->identity)};
}

/* One record further, with the turn. False if there is none now. */
static bool step(struct identify *identify)
{
    struct ring_record record;

    if (identify->count == KNOWN_MAX || !ring_next_ahead(identify->ring, &record))
        return false;
    if (event_packed_has_image(record.payload, record.size) &&
        event_unpack(&identify->event, record.payload, record.size) == 0) {
        if (identify->gave_up) {
            platform_discard(&identify->event);
        } else {
            platform_identify(&identify->event, &identify->identity);
            remember(identify, record.seq);
        }
    }
    atomic_store(&identify->done, record.seq);
    return true;
}

bool identify_ahead(struct identify *identify, uint64_t seq)
{
    if (atomic_load(&identify->done) >= seq)
        return true;
    os_lock_take(identify->turn);
    while (step(identify))
        continue;
    os_lock_release(identify->turn);
    if (atomic_load(&identify->waits))
        os_wake_set(identify->stepped);
    return atomic_load(&identify->done) >= seq;
}

void identify_get(struct identify *identify, uint64_t seq, struct module_identity *identity)
{
    const struct known *known;

    identity_clear(identity);
    os_lock_take(identify->turn);
    if (identify->hint < identify->count && known_at(identify, identify->hint)->seq > seq)
        identify->hint = 0; /* a transaction is tried again */
    while (identify->hint < identify->count && known_at(identify, identify->hint)->seq < seq)
        identify->hint++;
    known = identify->hint < identify->count ? known_at(identify, identify->hint) : NULL;
    if (known != NULL && known->seq == seq && known->packed != NULL)
        unpack(identity, known->packed);
    os_lock_release(identify->turn);
}

void identify_forget(struct identify *identify, uint64_t seq)
{
    os_lock_take(identify->turn);
    while (identify->count > 0 && known_at(identify, 0)->seq <= seq)
        forget_first(identify);
    os_lock_release(identify->turn);
}

void identify_give_up(struct identify *identify)
{
    os_lock_take(identify->turn);
    identify->gave_up = true;
    while (identify->count > 0)
        forget_first(identify);
    os_lock_release(identify->turn);
}

/* False if the ring has nothing that could be identified now. */
static bool step_until(struct identify *identify, uint64_t seq)
{
    bool has_more = true;

    while (has_more && atomic_load(&identify->done) < seq)
        has_more = step(identify);
    return has_more;
}

void identify_wait(struct identify *identify, uint64_t seq)
{
    uint64_t start_ns;
    bool has_more = true;

    if (atomic_load(&identify->done) >= seq)
        return;
    start_ns = os_monotonic_ns();
    atomic_store(&identify->waits, true);
    while (has_more && atomic_load(&identify->done) < seq &&
           os_monotonic_ns() - start_ns < WAIT_NS) {
        if (os_lock_try(identify->turn)) {
            has_more = step_until(identify, seq);
            os_lock_release(identify->turn);
        } else {
            os_wake_wait(identify->stepped, WAIT_STEP_MS);
        }
    }
    atomic_store(&identify->waits, false);
}
