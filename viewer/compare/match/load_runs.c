/* See load_runs.h. */
#include "load_runs.h"

#include "compare/model/recordings_read.h"
#include "keys.h"

static struct recordings *load(const struct viewer *viewer, enum load_extent extent,
                               size_t second_side, struct trail_error *error)
{
    struct recordings *recordings = recordings_new();
    struct statements statements = {0};
    int result = recordings != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");

    if (result == 0) {
        recordings->only_loads = extent != LOAD_ALL;
        recordings->without_steps = extent == LOAD_LOADS_WITHOUT_STEPS;
        recordings->second_side = second_side;
    }
    for (size_t i = 0; i < viewer->run_count && result == 0; i++) {
        const struct run_reference *run = &viewer->runs[i];
        result = recordings_read(recordings, &statements, run->database->db, run->database->path,
                                 run->run, error);
    }
    statements_release(&statements);
    if (result == 0)
        result = keys_assign(recordings, error);
    if (result == 0)
        return recordings;
    recordings_free(recordings);
    return NULL;
}

struct recordings *load_runs(const struct viewer *viewer, enum load_extent extent,
                             struct trail_error *error)
{
    return load(viewer, extent, 0, error);
}

struct recordings *load_sides(const struct viewer *viewer, size_t second_side,
                              struct trail_error *error)
{
    return load(viewer, LOAD_ALL, second_side, error);
}
