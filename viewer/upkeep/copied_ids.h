/*
 * What runs share within a file - modules with their imports, frames, stacks - copied into another
 * file when a row is copied that refers to it: what is there already is used. Main thread.
 */
#ifndef TRAIL_COPIED_IDS_H
#define TRAIL_COPIED_IDS_H

#include "compare/model/statements.h"
#include "compare/model/tuple_map.h"
#include "error.h"

#include <sqlite3.h>

enum copied_kind { COPIED_MODULE, COPIED_FRAME, COPIED_STACK, COPIED_KINDS };

struct copied_ids {
    sqlite3 *from, *to;
    struct statements read, write; /* private, as is `ids`: (kind, id) -> id over there */
    struct tuple_map ids;
};

/*
 * The id over there of what has this one here, copied if it is not there yet; 0 for 0 and for what
 * a damaged file does not have. Returns 0, or -1 and error.
 */
int copied_id(struct copied_ids *ids, enum copied_kind kind, sqlite3_int64 id, sqlite3_int64 *there,
              struct trail_error *error);
void copied_ids_release(struct copied_ids *ids);

#endif
