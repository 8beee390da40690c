/* See measures.h. */
#include "measures.h"

#include "buffer.h"
#include "compare/match/keys.h"
#include "compare/model/recordings_read.h"
#include "compare/order/side.h"
#include "compare/order/side_names.h"

#include <stdlib.h>
#include <string.h>

/* Texts of so many are kept before all begins anew. */
enum { RUNS_TOGETHER = 500 };

struct measuring {
    const struct side *side;
    struct buffer name;
    measure_take take;
    void *context;
    struct trail_error *error;
};

static const char *text_of(const struct measuring *measuring, uint32_t number)
{
    const char *text = recordings_text(measuring->side->all, number);

    return text != NULL ? text : "";
}

static int take(struct measuring *measuring, struct measure measure)
{
    measure.start_utc_ns = measuring->side->all->items[0].start_utc_ns;
    return measuring->name.failed ? error_set(measuring->error, TRAIL_FAILED, 0, "out of memory")
                                  : measuring->take(measuring->context, &measure, measuring->error);
}

static int take_spans(struct measuring *measuring)
{
    const struct side *side = measuring->side;
    int result = 0;

    for (size_t i = 0; i < side->phase_count && result == 0; i++) {
        const struct side_phase *phase = &side->phases[i];
        buffer_clear(&measuring->name);
        side_add_phase_name(&measuring->name, side->all, phase);
        if (phase->runs > 0)
            result =
                take(measuring, (struct measure){0, "span", "", "", buffer_text(&measuring->name),
                                                 "", 1, phase->times[0], phase->held[0]});
    }
    return result;
}

static int take_gaps(struct measuring *measuring)
{
    const struct side *side = measuring->side;
    int result = 0;

    for (size_t i = 0; i < side->gaps.count && result == 0; i++) {
        const struct side_gap *gap = &side->gaps.items[i];
        buffer_clear(&measuring->name);
        side_add_gap_name(&measuring->name, side->all, gap);
        result = take(measuring,
                      (struct measure){0, "gap", text_of(measuring, gap->role), "",
                                       buffer_text(&measuring->name), "", 1, gap->times[0], -1});
    }
    return result;
}

/* Whether the place of a variant is that of one before it. */
static bool has_place(const struct side_module *module, size_t variant)
{
    for (size_t i = 0; i < variant; i++)
        if (module->variants[i].place == module->variants[variant].place)
            return true;
    return false;
}

static int take_module(struct measuring *measuring, const struct side_module *module)
{
    struct measure measure = {.what = "load",
                              .process = text_of(measuring, module->role),
                              .key = text_of(measuring, module->key),
                              .name = text_of(measuring, module->name),
                              .times = (int64_t)module->most,
                              .ns = module->times[0],
                              .other_ns = module->gaps[0]};
    int result = 0;

    for (size_t i = 0; i < module->variant_count && result == 0; i++) {
        measure.place = text_of(measuring, module->variants[i].place);
        if (has_place(module, i))
            continue;
        result = take(measuring, measure);
        measure.what = "place";
        measure.ns = measure.other_ns = -1;
    }
    return result;
}

static int take_count(struct measuring *measuring, const struct recording *recording)
{
    int64_t loads = 0;

    for (size_t i = 0; i < recording->load_count; i++)
        loads += !recording->loads[i].is_synthetic;
    return take(measuring,
                (struct measure){0, "count", "", "", "loads", "", loads, (double)loads, -1});
}

/* Of modules that earlier runs had, as they were read: what varies is found in each run anew. */
static void restore_modules(struct measures *measures)
{
    for (size_t i = 0; i < measures->key_count; i++) {
        measures->recordings->modules[i].key = measures->keys[i];
        measures->recordings->modules[i].varies = false;
    }
}

static int keep_modules(struct measures *measures)
{
    const struct recordings *recordings = measures->recordings;
    size_t known = measures->key_count;
    uint32_t *keys = measures->keys;

    if (recordings->module_count > known &&
        (keys = realloc(keys, recordings->module_count * sizeof *keys)) == NULL)
        return -1;
    measures->keys = keys;
    for (; known < recordings->module_count; known++)
        keys[known] = recordings->modules[known].key;
    measures->key_count = known;
    return 0;
}

/* Begins with a run, in the memory of the one before it. */
static int begin(struct measures *measures)
{
    if (measures->runs++ % RUNS_TOGETHER == 0) {
        recordings_free(measures->recordings);
        measures->key_count = 0;
        if ((measures->recordings = recordings_new()) == NULL)
            return -1;
        measures->recordings->only_loads = measures->recordings->without_steps = true;
    }
    recordings_forget_runs(measures->recordings);
    restore_modules(measures);
    return 0;
}

int measures_of_run(struct measures *measures, sqlite3 *db, const char *path, int64_t run,
                    measure_take take_measure, void *context, struct trail_error *error)
{
    struct side side = {0};
    struct measuring measuring = {
        .side = &side, .take = take_measure, .context = context, .error = error};
    int result = -1;

    if (begin(measures) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (recordings_read(measures->recordings, &measures->statements, db, path, run, error) != 0)
        return -1;
    if (keep_modules(measures) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (keys_assign(measures->recordings, error) == 0 &&
        side_init(&side, measures->recordings, 0, 1, error) == 0)
        result = take_spans(&measuring);
    if (result == 0)
        result = take_gaps(&measuring);
    if (result == 0)
        result = take_count(&measuring, &measures->recordings->items[0]);
    for (size_t i = 0; i < side.module_count && result == 0; i++)
        result = take_module(&measuring, &side.modules[i]);
    buffer_release(&measuring.name);
    side_release(&side);
    return result;
}

void measures_release(struct measures *measures)
{
    statements_release(&measures->statements);
    recordings_free(measures->recordings);
    free(measures->keys);
    memset(measures, 0, sizeof *measures);
}
