/* See side.h. */
#include "side.h"

#include "array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* Samples for all runs, none of them there yet. */
static double *new_samples(const struct side *side)
{
    double *samples = malloc(side->count * sizeof *samples);

    for (size_t i = 0; samples != NULL && i < side->count; i++)
        samples[i] = -1;
    return samples;
}

/*
 * The module of a load, made if it is new. The index holds positions + 1; the array is only sorted
 * at the end.
 */
static struct side_module *take_module(struct side *side, uint32_t role,
                                       const struct recorded_load *load)
{
    uint32_t *position = tuple_map_at(&side->module_index, role, load->key, 0);
    struct side_module *modules, *module;

    if (side->module_index.failed)
        return NULL;
    if (*position != 0)
        return &side->modules[*position - 1];
    if ((modules = array_with_room(side->modules, side->module_count, sizeof *modules)) == NULL)
        return NULL;
    side->modules = modules;
    module = &modules[side->module_count];
    *module = (struct side_module){.role = role,
                                   .key = load->key,
                                   .name = load->name,
                                   .element = UINT32_MAX,
                                   .least = SIZE_MAX};
    side->module_count++;
    module->times = new_samples(side);
    module->gaps = new_samples(side);
    *position = (uint32_t)side->module_count;
    return module->times != NULL && module->gaps != NULL ? module : NULL;
}

/* One that is there and the same build, at the same place; or NULL. */
static struct side_variant *find_variant(const struct side *side, const struct side_module *module,
                                         uint32_t first, const struct recorded_load *load)
{
    for (uint32_t i = first; i != 0; i = module->variants[i - 1].next)
        if (identity_equal(&side->all->modules[module->variants[i - 1].module].identity,
                           &side->all->modules[load->module].identity))
            return &module->variants[i - 1];
    return NULL;
}

/* The index holds, by place, the first variant + 1 there, and that of each module that was seen. */
static int take_variant(struct side *side, struct side_module *module,
                        const struct recorded_load *load, size_t run)
{
    uint32_t at = (uint32_t)(module - side->modules),
             *first = tuple_map_at(&side->variant_index, at, load->place, UINT32_MAX),
             first_there = *first;
    uint32_t *known = tuple_map_at(&side->variant_index, at, load->place, (uint32_t)load->module);
    struct side_variant *variants, *variant = NULL;

    if (side->variant_index.failed)
        return -1;
    variant =
        *known != 0 ? &module->variants[*known - 1] : find_variant(side, module, first_there, load);
    if (variant == NULL) {
        if ((variants = array_with_room(module->variants, module->variant_count,
                                        sizeof *variants)) == NULL)
            return -1;
        module->variants = variants;
        variant = &variants[module->variant_count++];
        *variant = (struct side_variant){load->module, load->place, 0, SIZE_MAX, first_there};
        *known = (uint32_t)module->variant_count;
        /* which may move the map */
        *tuple_map_at(&side->variant_index, at, load->place, UINT32_MAX) =
            (uint32_t)module->variant_count;
    } else {
        *known = (uint32_t)(variant - module->variants) + 1;
    }
    variant->runs += variant->last_run != run;
    variant->last_run = run;
    return 0;
}

/* A run while it is taken in. */
struct taking {
    struct side *side;
    const struct recording *recording;
    size_t run;
    double *last;           /* by thread: when it last did something */
    struct tuple_map loads; /* how often each module (position) */
};

static int take_load(struct taking *taking, const struct recorded_load *load)
{
    const struct recording *recording = taking->recording;
    uint32_t role = load->process != RECORDING_NONE ? recording->processes[load->process].role
                                                    : TEXT_NONE,
             *loads;
    struct side_module *module = take_module(taking->side, role, load);

    if (module == NULL || take_variant(taking->side, module, load, taking->run) != 0)
        return -1;
    loads = tuple_map_at(&taking->loads, (uint32_t)(module - taking->side->modules), 0, 0);
    if (++*loads == 1) {
        module->runs++;
        if (!load->is_synthetic) {
            module->element = load->element;
            module->times[taking->run] = (double)load->net_ns;
            if (load->thread != RECORDING_NONE)
                module->gaps[taking->run] = (double)load->net_ns - taking->last[load->thread];
        }
    }
    if (load->thread != RECORDING_NONE)
        taking->last[load->thread] = (double)load->net_ns;
    return taking->loads.failed ? -1 : 0;
}

/* How often the modules of this run were loaded. */
static void count_loads(const struct taking *taking)
{
    for (size_t i = 0; i < taking->loads.capacity; i++) {
        const struct tuple_slot *slot = &taking->loads.slots[i];
        struct side_module *module;
        if (!slot->used)
            continue;
        module = &taking->side->modules[slot->key[0]];
        module->least = slot->value < module->least ? slot->value : module->least;
        module->most = slot->value > module->most ? slot->value : module->most;
    }
}

static int take_loads(struct taking *taking)
{
    const struct recording *recording = taking->recording;
    int result = 0;

    if ((taking->last = calloc(recording->thread_count + 1, sizeof *taking->last)) == NULL)
        return -1;
    for (size_t i = 0; i < recording->thread_count; i++)
        if (recording->threads[i].start_net_ns != RECORDING_UNKNOWN)
            taking->last[i] = (double)recording->threads[i].start_net_ns;
    for (size_t i = 0; i < recording->load_count && result == 0; i++)
        result = take_load(taking, &recording->loads[i]);
    count_loads(taking);
    return taking->loads.failed ? -1 : result;
}

static int take_phase(struct side *side, size_t run, uint32_t from, uint32_t to, int64_t ns,
                      int64_t gross_ns)
{
    uint32_t *position = tuple_map_at(&side->phase_index, from, to, 0);
    struct side_phase *phases, *phase;

    if (side->phase_index.failed)
        return -1;
    if (*position == 0) {
        if ((phases = array_with_room(side->phases, side->phase_count, sizeof *phases)) == NULL)
            return -1;
        side->phases = phases;
        phases[side->phase_count++] =
            (struct side_phase){from, to, 0, new_samples(side), new_samples(side)};
        *position = (uint32_t)side->phase_count;
    }
    phase = &side->phases[*position - 1];
    if (phase->times == NULL || phase->held == NULL)
        return -1;
    if (ns >= 0 && phase->times[run] < 0) {
        phase->times[run] = (double)ns;
        phase->held[run] = gross_ns > ns ? (double)(gross_ns - ns) : 0;
        phase->runs++;
    }
    return 0;
}

static uint32_t mark_point(struct side *side, uint32_t name)
{
    char text[256];

    snprintf(text, sizeof text, "mark:%s", recordings_text(side->all, name));
    return text_pool_add_text(side->all->texts, text);
}

/* From one mark to the next, and from the last to the end. */
static int take_mark_phases(struct taking *taking, uint32_t start, uint32_t end)
{
    const struct recording *recording = taking->recording;
    struct recorded_mark last = {0};
    uint32_t from = start;
    int result = 0;

    for (size_t i = 0; i < recording->mark_count && result == 0; i++) {
        const struct recorded_mark *mark = &recording->marks[i];
        uint32_t point = mark_point(taking->side, mark->name);
        result = take_phase(taking->side, taking->run, from, point, mark->net_ns - last.net_ns,
                            mark->t_ns - last.t_ns);
        from = point;
        last = *mark;
    }
    if (result == 0 && from != start)
        result = take_phase(taking->side, taking->run, from, end,
                            recording->net_wall_ns - last.net_ns, recording->wall_ns - last.t_ns);
    return result;
}

static int take_load_phase(struct taking *taking, uint32_t start, const char *name,
                           const struct recorded_load *load)
{
    return load == NULL ? 0
                        : take_phase(taking->side, taking->run, start,
                                     text_pool_add_text(taking->side->all->texts, name),
                                     load->net_ns, load->t_ns);
}

/* Until its program begins, and from there or from the last load on until the process ends. */
static int take_program_phases(struct taking *taking, uint32_t start,
                               const struct recorded_load *last)
{
    const struct recorded_process *process = taking->recording->processes;
    struct text_pool *texts = taking->side->all->texts;
    uint32_t entry = text_pool_add_text(texts, "entry"), exit = text_pool_add_text(texts, "exit");
    bool is_entered =
        taking->recording->process_count > 0 && process->entry_net_ns != RECORDING_UNKNOWN;

    if (is_entered && take_phase(taking->side, taking->run, start, entry, process->entry_net_ns,
                                 process->entry_t_ns) != 0)
        return -1;
    if ((!is_entered && last == NULL) || process->end_net_ns == RECORDING_UNKNOWN)
        return 0;
    if (is_entered && take_phase(taking->side, taking->run, entry, exit,
                                 process->end_net_ns - process->entry_net_ns,
                                 process->end_t_ns - process->entry_t_ns) != 0)
        return -1;
    return last == NULL
               ? 0
               : take_phase(taking->side, taking->run, text_pool_add_text(texts, "last load"), exit,
                            process->end_net_ns - last->net_ns, process->end_t_ns - last->t_ns);
}

static int take_phases(struct taking *taking)
{
    const struct recording *recording = taking->recording;
    struct text_pool *texts = taking->side->all->texts;
    uint32_t start = text_pool_add_text(texts, "start"), end = text_pool_add_text(texts, "end");
    const struct recorded_load *first = NULL, *last = NULL;

    for (size_t i = 0; i < recording->load_count; i++) {
        if (recording->loads[i].is_synthetic || recording->loads[i].process != 0)
            continue;
        last = &recording->loads[i];
        first = first != NULL ? first : last;
    }
    if (take_mark_phases(taking, start, end) != 0 ||
        take_load_phase(taking, start, "first load", first) != 0 ||
        take_load_phase(taking, start, "last load", last) != 0 ||
        take_program_phases(taking, start, last) != 0)
        return -1;
    return take_phase(taking->side, taking->run, start, end, recording->net_wall_ns,
                      recording->wall_ns);
}

static int take_run(struct side *side, size_t run)
{
    struct taking taking = {
        .side = side, .recording = &side->all->items[side->first + run], .run = run};
    int result = (!side->without_modules && take_loads(&taking) != 0) ||
                         take_phases(&taking) != 0 ||
                         side_gaps_take(&side->gaps, side->all, taking.recording, run) != 0
                     ? -1
                     : 0;

    free(taking.last);
    tuple_map_release(&taking.loads);
    return result;
}

struct place {
    double rank;
    size_t module;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->rank < b->rank || b->rank < a->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->module > b->module) - (a->module < b->module);
}

/* The mean place of the module's first load among the loads of the runs that have it. */
static void find_ranks(const struct side *side, struct place *places)
{
    for (size_t run = 0; run < side->count; run++) {
        const struct recording *recording = &side->all->items[side->first + run];
        for (size_t i = 0; i < recording->load_count; i++) {
            const struct recorded_load *load = &recording->loads[i];
            uint32_t role = load->process != RECORDING_NONE
                                ? recording->processes[load->process].role
                                : TEXT_NONE;
            const struct side_module *module =
                load->occurrence <= 1 ? side_module(side, role, load->key) : NULL;
            if (module != NULL)
                places[module - side->modules].rank += (double)i / (double)module->runs;
        }
    }
}

static int sort_modules(struct side *side)
{
    struct place *places = calloc(side->module_count + 1, sizeof *places);
    struct side_module *sorted = malloc((side->module_count + 1) * sizeof *sorted);

    if (places == NULL || sorted == NULL) {
        free(places);
        free(sorted);
        return -1;
    }
    for (size_t i = 0; i < side->module_count; i++)
        places[i].module = i;
    find_ranks(side, places);
    qsort(places, side->module_count, sizeof *places, compare_places);
    for (size_t i = 0; i < side->module_count; i++) {
        sorted[i] = side->modules[places[i].module];
        *tuple_map_at(&side->module_index, sorted[i].role, sorted[i].key, 0) = (uint32_t)i + 1;
    }
    free(places);
    free(side->modules);
    side->modules = sorted;
    return 0;
}

int side_init(struct side *side, const struct recordings *recordings, size_t first, size_t count,
              struct trail_error *error)
{
    side->all = recordings;
    side->first = first;
    side->count = count;
    for (size_t run = 0; run < count; run++)
        if (take_run(side, run) != 0)
            return out_of_memory(error);
    for (size_t i = 0; i < side->module_count; i++)
        if (side->modules[i].runs < count)
            side->modules[i].least = 0;
    if ((!side->without_modules && sort_modules(side) != 0) || recordings_have_failed(recordings))
        return out_of_memory(error);
    return 0;
}

int side_learn_order(struct side *side, struct trail_error *error)
{
    if (side->count >= ORDER_RUNS_AT_LEAST)
        side->order = order_learn(side->all, STREAM_LOADS, side->first, side->count, error);
    return side->count >= ORDER_RUNS_AT_LEAST && side->order == NULL ? -1 : 0;
}

void side_release(struct side *side)
{
    for (size_t i = 0; i < side->module_count; i++) {
        free(side->modules[i].variants);
        free(side->modules[i].times);
        free(side->modules[i].gaps);
    }
    for (size_t i = 0; i < side->phase_count; i++) {
        free(side->phases[i].times);
        free(side->phases[i].held);
    }
    free(side->modules);
    free(side->phases);
    side_gaps_release(&side->gaps);
    order_free(side->order);
    tuple_map_release(&side->module_index);
    tuple_map_release(&side->variant_index);
    tuple_map_release(&side->phase_index);
    memset(side, 0, sizeof *side);
}

const struct side_module *side_module(const struct side *side, uint32_t role, uint32_t key)
{
    uint32_t position = tuple_map_find(&side->module_index, role, key, 0);

    return position != 0 ? &side->modules[position - 1] : NULL;
}

const struct side_phase *side_phase(const struct side *side, uint32_t from, uint32_t to)
{
    uint32_t position = tuple_map_find(&side->phase_index, from, to, 0);

    return position != 0 ? &side->phases[position - 1] : NULL;
}

size_t side_samples(const double *samples, size_t count, double *out)
{
    size_t there = 0;

    for (size_t i = 0; i < count; i++)
        if (samples[i] >= 0)
            out[there++] = samples[i];
    return there;
}
