/*
 * What runs share within a file - modules with their imports, frames, stacks - as rows over there:
 * each is known by a UUID that is made of all that it says, so that it is the same from every file,
 * and is sent only where it is not there yet. Main thread.
 */
#ifndef TRAIL_SHARED_ROWS_H
#define TRAIL_SHARED_ROWS_H

#include "compare/model/statements.h"
#include "compare/model/tuple_map.h"
#include "fleet/server.h"
#include "row_binary.h"

enum shared_kind { SHARED_MODULE, SHARED_FRAME, SHARED_STACK, SHARED_KINDS };

struct shared_item {
    sqlite3_int64 id;
    struct row_uuid uuid;
    bool is_there;
};

/* Of one file; all zero but `db` is none. The rest is private. */
struct shared_rows {
    sqlite3 *db;
    struct statements statements;
    struct tuple_map index; /* (kind, id) -> its position + 1 */
    struct shared_item *items[SHARED_KINDS];
    size_t counts[SHARED_KINDS];
};

/*
 * The UUID of what has this id; all zero for 0 and for what a damaged file does not have. Returns
 * 0, or -1 and error.
 */
int shared_uuid(struct shared_rows *shared, enum shared_kind kind, sqlite3_int64 id,
                struct row_uuid *uuid, struct trail_error *error);

/*
 * Sends what was asked for so far and is not there yet; what others need goes first. Returns 0 once
 * all is there, or -1 and error.
 */
int shared_send(struct shared_rows *shared, struct server *server, struct trail_error *error);

void shared_release(struct shared_rows *shared);

#endif
