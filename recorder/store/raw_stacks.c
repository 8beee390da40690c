/* See raw_stacks.h. */
#include "raw_stacks.h"

#include "sql.h"
#include "stack_copy.h"

#include <stdlib.h>
#include <zlib.h>

/* compressBound() of what is copied: zlib.h says 0.1 % and 12 bytes, rounded up generously here. */
enum { COMPRESSED_MAX = STACK_COPY_BYTES + STACK_COPY_BYTES / 64 + 64 };

struct raw_stacks {
    sqlite3 *db;
    sqlite3_stmt *insert;
    unsigned char compressed[COMPRESSED_MAX];
};

struct raw_stacks *raw_stacks_new(sqlite3 *db, struct trail_error *error)
{
    struct raw_stacks *stacks = calloc(1, sizeof *stacks);

    if (stacks == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    stacks->db = db;
    stacks->insert = sql_prepare(db, "INSERT INTO raw_stack VALUES (?1, ?2, ?3, ?4)", error);
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

int raw_stacks_add(struct raw_stacks *stacks, int64_t run_id, uint64_t seq,
                   const struct event *event, struct trail_error *error)
{
    const unsigned char *bytes = event_bytes_at(event, event->stack);
    uLongf compressed = sizeof stacks->compressed;
    int step;

    if (event->stack.length < STACK_REGISTERS_BYTES ||
        event->stack.length > STACK_REGISTERS_BYTES + STACK_COPY_BYTES ||
        compress2(stacks->compressed, &compressed, bytes + STACK_REGISTERS_BYTES,
                  event->stack.length - STACK_REGISTERS_BYTES, Z_BEST_SPEED) != Z_OK)
        return 0;
    sqlite3_bind_int64(stacks->insert, 1, run_id);
    sqlite3_bind_int64(stacks->insert, 2, (sqlite3_int64)seq);
    sqlite3_bind_blob(stacks->insert, 3, bytes, STACK_REGISTERS_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(stacks->insert, 4, stacks->compressed, (int)compressed, SQLITE_STATIC);
    step = sqlite3_step(stacks->insert);
    sqlite3_reset(stacks->insert);
    return step == SQLITE_DONE ? 0 : sql_error(stacks->db, error);
}
