/* See busy_runs.h. */
#include "busy_runs.h"

#include "sql.h"
#include "statistics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_AT_MOST = 8 };

/*
 * What tells that somebody else was busy. A run stands out if it has more than the median of the
 * others and `least` beyond, and than 4.5 median absolute deviations (3 standard deviations where
 * values are normal).
 */
enum measure { LOAD, PRESSURE, STOLEN, BUSY, MEASURES };
static const struct {
    double least;
    bool is_per_side;
    const char *words; /* with the value and what is usual */
} measures[MEASURES] = {
    [LOAD] = {0.5, false, "load %.2f per processor against %.2f"},
    [PRESSURE] = {10, false,
                  "something waited for a processor %.0f %% of the time against %.0f %%"},
    [STOLEN] = {0.05, false, "a hypervisor took %.2f of the CPU time against %.2f"},
    [BUSY] = {0.25, true, "%.2f of the CPU time was used against %.2f"},
};

/*
 * The system counts CPU time in ticks of 10 ms and more: the shares of a short run tell nothing
 * (hence 50 of them).
 */
static const char figures_sql[] =
    "SELECT load_start / max(cpus, 1), pressure_start, iif(wall_ns * cpus > 500000000, "
    "stolen_share, NULL), iif(wall_ns * cpus > 500000000, 1 - idle_share - stolen_share, NULL) "
    "FROM main.run WHERE id = ?1";

/* Of one run; NAN: not known. */
struct figures {
    double values[MEASURES];
    int outstanding; /* the measure by which it stands out, or -1 */
    double usual;    /* of that measure */
};

static int read_figures(const struct run_reference *run, struct figures *figures,
                        struct trail_error *error)
{
    sqlite3 *db = run->database->db;
    sqlite3_stmt *query = sql_prepare(db, figures_sql, error);
    int step;

    figures->outstanding = -1;
    if (query == NULL)
        return error_context(error, "cannot read '%s'", run->database->path);
    sqlite3_bind_int64(query, 1, run->run);
    step = sqlite3_step(query);
    for (int i = 0; i < MEASURES; i++) {
        int type = step == SQLITE_ROW ? sqlite3_column_type(query, i) : SQLITE_NULL;
        double value = sqlite3_column_double(query, i);
        bool is_number = type == SQLITE_FLOAT || type == SQLITE_INTEGER;
        figures->values[i] = is_number && fabs(value) < 1e9 ? value : NAN;
    }
    sqlite3_finalize(query);
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : sql_error(db, error);
}

static void judge(struct figures *runs, size_t count, enum measure measure, double *room)
{
    struct sample_summary summary;
    double usual, limit;
    size_t known = 0;

    for (size_t i = 0; i < count; i++)
        if (!isnan(runs[i].values[measure]))
            room[known++] = runs[i].values[measure];
    if (known < 2)
        return;
    summary = statistics_summary(room, known);
    usual = known < 5 ? summary.least : summary.median; /* of few the others may be busy, too */
    limit = usual + fmax(measures[measure].least, known < 5 ? 0 : 4.5 * summary.mad);
    for (size_t i = 0; i < count; i++)
        if (runs[i].outstanding < 0 && runs[i].values[measure] > limit) {
            runs[i].outstanding = (int)measure;
            runs[i].usual = usual;
        }
}

static void judge_all(struct figures *runs, const size_t *counts, size_t sides, double *room)
{
    for (int measure = 0; measure < MEASURES; measure++) {
        size_t first = 0, count = 0;
        for (size_t side = 0; side < sides; side++) {
            count += counts[side];
            if (measures[measure].is_per_side || side + 1 == sides) {
                judge(runs + first, count, (enum measure)measure, room);
                first += count;
                count = 0;
            }
        }
    }
}

/* "busy: the machine was busier than for the others in 2 of 20 runs of A: 4, 9 (run 4: load ...)"
 */
static void say(struct buffer *said, const struct run_reference *runs,
                const struct figures *figures, size_t count, const char *side, bool is_left_out)
{
    size_t busy = 0, named = 0, first = 0;

    for (size_t i = count; i-- > 0;)
        if (figures[i].outstanding >= 0) {
            busy++;
            first = i;
        }
    if (busy == 0)
        return;
    buffer_format(said,
                  "busy: the machine was busier than for the others in %zu of %zu run%s%s%s:", busy,
                  count, count == 1 ? "" : "s", *side != '\0' ? " of " : "", side);
    for (size_t i = first; i < count && named <= NAMED_AT_MOST; i++)
        if (figures[i].outstanding >= 0 && named++ < NAMED_AT_MOST)
            buffer_format(said, "%s %" PRId64, named > 1 ? "," : "", (int64_t)runs[i].run);
    buffer_format(said, "%s (run %" PRId64 ": ", named > NAMED_AT_MOST ? ", ..." : "",
                  (int64_t)runs[first].run);
    buffer_format(said, measures[figures[first].outstanding].words,
                  figures[first].values[figures[first].outstanding], figures[first].usual);
    buffer_format(said, "); %s\n", is_left_out ? "left out" : "--quiet-only leaves that out");
}

/* Takes the busy ones out. Returns how many stay. */
static size_t keep_quiet(struct viewer *viewer, struct figures *figures, size_t *counts,
                         size_t sides)
{
    size_t kept = 0, at = 0, fewest = viewer->run_count;

    for (size_t side = 0; side < sides; side++) {
        size_t before = kept;
        for (size_t i = 0; i < counts[side]; i++, at++)
            if (figures[at].outstanding < 0)
                viewer->runs[kept++] = viewer->runs[at];
        counts[side] = kept - before;
        fewest = counts[side] < fewest ? counts[side] : fewest;
    }
    viewer->run_count = kept;
    return fewest;
}

int busy_runs(struct viewer *viewer, size_t *counts, size_t sides, struct buffer *said,
              struct trail_error *error)
{
    bool quiet_only = viewer->options.given[OPTION_QUIET_ONLY];
    size_t count = viewer->run_count, first = 0;
    struct figures *figures = calloc(count + 1, sizeof *figures);
    double *room = calloc(count + 1, sizeof *room);
    int result =
        figures != NULL && room != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");

    for (size_t i = 0; i < count && result == 0; i++)
        result = read_figures(&viewer->runs[i], &figures[i], error);
    if (result == 0)
        judge_all(figures, counts, sides, room);
    for (size_t side = 0; side < sides && result == 0; first += counts[side++]) {
        const char name[] = {sides > 1 ? (char)('A' + side) : '\0', '\0'};
        say(said, viewer->runs + first, figures + first, counts[side], name, quiet_only);
    }
    if (result == 0 && quiet_only && count > 0 && keep_quiet(viewer, figures, counts, sides) == 0)
        result = error_set(error, TRAIL_NOT_FOUND, 0,
                           "--quiet-only leaves no run on one side: all were recorded on a busier "
                           "machine than the others");
    free(figures);
    free(room);
    return result;
}
