/* See unwind.h. */
#include "unwind.h"

#include "collect.h"
#include "job.h"
#include "keep.h"
#include "os.h"
#include "os_shared.h"
#include "sql.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 32 };
#define NS_PER_MS UINT64_C(1000000)

/*
 * A worker that crashed did so at a module: it is not looked at any more; or at the stack itself:
 * then that is unknown, and the next worker begins behind it.
 */
static void step_over(struct job *job, const struct job *known)
{
    uint32_t module = job->module;

    if (module > 0 && module <= known->module_count &&
        !job_modules(job)[module - 1].is_unreadable) {
        job_modules(job)[module - 1].is_unreadable = 1;
        return;
    }
    job_results(job)[job->done].frame_count = 0;
    job->done++;
}

/* What only we write stands as it was; and of what the worker writes, what decides here is sound.
 */
static void restore(struct job *job, const struct job *known, uint32_t done)
{
    uint32_t now = job->done < known->stack_count ? job->done : known->stack_count;
    uint32_t module = job->module;

    *job = *known;
    job->done = now > done ? now : done;
    job->module = module;
}

static uint32_t work(struct os_shared *shared, const struct job *known, uint64_t end_ns)
{
    struct job *job = os_shared_memory(shared);
    uint32_t done = 0;

    for (unsigned i = 0; i < WORKERS_MAX && done < known->stack_count; i++) {
        uint64_t now = os_monotonic_ns();
        if (now >= end_ns)
            break;
        os_shared_work(shared, walk_job, (unsigned)((end_ns - now) / NS_PER_MS) + 1);
        restore(job, known, done);
        /* one that had no time to begin says nothing of the stack */
        if (job->done < known->stack_count && (os_monotonic_ns() < end_ns || job->module != 0))
            step_over(job, known);
        done = job->done;
    }
    return done;
}

static int unwind_run(sqlite3 *db, int64_t run_id, bool asks_debuginfod, unsigned time_ms,
                      struct trail_error *error)
{
    struct os_shared *shared = collect_job(db, run_id, error);
    struct job *job, *known;
    int result;

    if (shared == NULL)
        return -1;
    job = os_shared_memory(shared);
    job->asks_debuginfod = asks_debuginfod;
    known = malloc(job->frames_at);
    if (known == NULL) {
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else {
        memcpy(known, job, job->frames_at);
        result = keep_results(db, run_id, job, known,
                              work(shared, known, os_monotonic_ns() + time_ms * NS_PER_MS), error);
    }
    free(known);
    os_shared_free(shared);
    return result;
}

int unwind_all(sqlite3 *db, bool asks_debuginfod, unsigned time_ms, struct trail_error *error)
{
    uint64_t end_ns = os_monotonic_ns() + time_ms * NS_PER_MS;
    sqlite3_stmt *runs =
        sql_prepare(db,
                    "SELECT id FROM run WHERE id > ?1 AND state <> 'recording' AND EXISTS "
                    "(SELECT 1 FROM raw_stack r WHERE r.run_id = run.id) ORDER BY id LIMIT 1",
                    error);
    int64_t run_id = 0;
    int result = runs == NULL ? -1 : 0;

    while (result == 0 && os_monotonic_ns() < end_ns) {
        sqlite3_bind_int64(runs, 1, run_id);
        if (sqlite3_step(runs) != SQLITE_ROW)
            break;
        run_id = sqlite3_column_int64(runs, 0);
        sqlite3_reset(runs);
        result = unwind_run(db, run_id, asks_debuginfod, time_ms, error);
    }
    sqlite3_finalize(runs);
    return result;
}
