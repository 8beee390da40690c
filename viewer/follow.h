/*
 * Watching one run while it is recorded. Each look is a read transaction of its own, which shows
 * what was committed until then; while it waits, no transaction is open, so that the recorder can
 * put its log into the file. Main thread.
 */
#ifndef TRAIL_FOLLOW_H
#define TRAIL_FOLLOW_H

#include "viewer.h"

struct follow {
    struct database *database;
    sqlite3_int64 run;
    sqlite3_stmt *look;
    sqlite3_value *newest; /* the seq of the last event that was seen; NULL: none yet */
    bool is_recording;     /* after a look: more may come */
    bool has_warned;
    unsigned unchecked_waits; /* how many more waits do without asking whether the recorder lives */
};

/* Whether the options and runs are such that they can be followed: 0, or -1 and a sentence. */
int follow_check(const struct viewer *viewer, struct trail_error *error);

/* Returns 0, or -1 and error; follow_release is called also after a failure. */
int follow_init(struct follow *follow, const struct run_reference *run, struct trail_error *error);

/*
 * Looks what is there now; binds :after of `rows` so that it yields what the last look did not see.
 * Returns 0, or -1 and error.
 */
int follow_look(struct follow *follow, sqlite3_stmt *rows, struct trail_error *error);

/*
 * Ends the look and waits a moment; `rows` must be reset. If the recorder died meanwhile, what it
 * left is brought in, with a remark on stderr, and the next look sees it. Returns 0, or -1 and
 * error.
 */
int follow_wait(struct follow *follow, struct trail_error *error);

/*
 * All statements on the run's file but this one's own must be finalized: where the run was seen to
 * end, the file is closed here.
 */
void follow_release(struct follow *follow);

#endif
