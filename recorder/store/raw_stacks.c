/* See raw_stacks.h. */
#include "raw_stacks.h"

#include "sql.h"
#include "stack_copy.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    /* compressBound() of what is copied: zlib.h says 0.1 % and 12 bytes, generously rounded up */
    COMPRESSED_MAX = STACK_COPY_BYTES + STACK_COPY_BYTES / 64 + 64,
    BASES = 8
};

/* A stack that was kept as it is, with which later ones of its thread are compared. */
struct base {
    uint64_t owner, start; /* start: the stack pointer */
    int64_t seq;
    size_t size, compressed;
    unsigned char bytes[STACK_COPY_BYTES];
};

struct raw_stacks {
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct base bases[BASES]; /* by owner */
    unsigned char changed[STACK_COPY_BYTES], compressed[COMPRESSED_MAX];
};

struct raw_stacks *raw_stacks_new(sqlite3 *db, struct trail_error *error)
{
    struct raw_stacks *stacks = calloc(1, sizeof *stacks);

    if (stacks == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    stacks->db = db;
    stacks->insert =
        sql_prepare(db, "INSERT INTO raw_stack VALUES (?1, ?2, ?3, ?4, ?5, ?6)", error);
    if (stacks->insert != NULL)
        return stacks;
    free(stacks);
    return NULL;
}

void raw_stacks_free(struct raw_stacks *stacks)
{
    if (stacks == NULL)
        return;
    sqlite3_finalize(stacks->insert);
    free(stacks);
}

void raw_stacks_forget(struct raw_stacks *stacks)
{
    for (int i = 0; i < BASES; i++)
        stacks->bases[i].size = 0;
}

/* 0 if that fails. */
static size_t compress_bytes(struct raw_stacks *stacks, const void *bytes, size_t size)
{
    uLongf compressed = sizeof stacks->compressed;

    return compress2(stacks->compressed, &compressed, bytes, size, Z_BEST_SPEED) == Z_OK
               ? (size_t)compressed
               : 0;
}

/* Compresses what has changed since the base; 0 if that is not worth it. */
static size_t compress_change(struct raw_stacks *stacks, const struct base *base, uint64_t start,
                              const struct raw_stack *copy)
{
    size_t compressed;

    memcpy(stacks->changed, copy->bytes, copy->size);
    stack_copy_xor(stacks->changed, start, copy->size, base->bytes, base->start, base->size);
    compressed = compress_bytes(stacks, stacks->changed, copy->size);
    return compressed <= base->compressed / 2 ? compressed : 0;
}

/* As it is; and it is the base of what comes of this thread. */
static size_t compress_base(struct raw_stacks *stacks, struct base *base, uint64_t start,
                            const struct raw_stack *copy)
{
    size_t compressed = compress_bytes(stacks, copy->bytes, copy->size);

    base->owner = copy->owner;
    base->start = start;
    base->seq = copy->seq;
    base->size = copy->size;
    base->compressed = compressed;
    memcpy(base->bytes, copy->bytes, copy->size);
    return compressed;
}

int raw_stacks_add(struct raw_stacks *stacks, int64_t run_id, const struct raw_stack *copy,
                   struct trail_error *error)
{
    struct base *base = &stacks->bases[copy->owner % BASES];
    size_t compressed = 0;
    uint64_t start;
    int step;

    if (!stack_copy_start(copy->registers, copy->registers_bytes, &start) ||
        copy->size > STACK_COPY_BYTES)
        return 0;
    if (base->size > 0 && base->owner == copy->owner)
        compressed = compress_change(stacks, base, start, copy);
    if (compressed > 0)
        sqlite3_bind_int64(stacks->insert, 6, base->seq);
    else {
        sqlite3_bind_null(stacks->insert, 6);
        compressed = compress_base(stacks, base, start, copy);
    }
    if (compressed == 0)
        return 0;
    sqlite3_bind_int64(stacks->insert, 1, run_id);
    sqlite3_bind_int64(stacks->insert, 2, copy->seq);
    sqlite3_bind_int64(stacks->insert, 3, copy->event_seq);
    sqlite3_bind_blob(stacks->insert, 4, copy->registers, (int)copy->registers_bytes,
                      SQLITE_STATIC);
    sqlite3_bind_blob(stacks->insert, 5, stacks->compressed, (int)compressed, SQLITE_STATIC);
    step = sqlite3_step(stacks->insert);
    sqlite3_reset(stacks->insert);
    return step == SQLITE_DONE ? 0 : sql_error(stacks->db, error);
}

int raw_stacks_add_event(struct raw_stacks *stacks, int64_t run_id, uint64_t seq,
                         const struct event *event, struct trail_error *error)
{
    const unsigned char *bytes = event_bytes_at(event, event->stack);
    struct raw_stack copy = {.seq = (int64_t)seq,
                             .event_seq = (int64_t)seq,
                             .owner = (uint64_t)event->pid << 32 | event->tid,
                             .registers = bytes,
                             .registers_bytes = STACK_REGISTERS_BYTES,
                             .bytes = bytes + STACK_REGISTERS_BYTES,
                             .size = event->stack.length - STACK_REGISTERS_BYTES};

    return event->stack.length < STACK_REGISTERS_BYTES
               ? 0
               : raw_stacks_add(stacks, run_id, &copy, error);
}
