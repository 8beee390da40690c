/* See side_gaps.h. */
#include "side_gaps.h"

#include "array.h"

#include <stdlib.h>
#include <string.h>

/* Where a thread is: the last that bounds a gap in it. */
struct place {
    uint32_t point;
    int64_t ns;
};

struct walk {
    struct side_gaps *gaps;
    const struct recording *recording;
    size_t run;
    uint32_t start, entry, exit; /* names of points */
    struct place *places;        /* by thread */
};

static int add_sample(struct walk *walk, uint32_t role, uint32_t from, uint32_t to, double ns)
{
    struct side_gaps *gaps = walk->gaps;
    uint32_t *position = tuple_map_at(&gaps->index, role, from, to);
    struct side_gap *items, *gap;
    double *times;
    size_t *runs;

    if (gaps->index.failed)
        return -1;
    if (*position == 0) {
        if ((items = array_with_room(gaps->items, gaps->count, sizeof *items)) == NULL)
            return -1;
        gaps->items = items;
        items[gaps->count++] = (struct side_gap){.role = role, .from = from, .to = to};
        *position = (uint32_t)gaps->count;
    }
    gap = &gaps->items[*position - 1];
    if (gap->count > 0 && gap->runs[gap->count - 1] == walk->run)
        return 0;
    if ((times = array_with_room(gap->times, gap->count, sizeof *times)) == NULL)
        return -1;
    gap->times = times;
    if ((runs = array_with_room(gap->runs, gap->count, sizeof *runs)) == NULL)
        return -1;
    gap->runs = runs;
    runs[gap->count] = walk->run;
    times[gap->count++] = ns;
    return 0;
}

/* The thread comes to a point: a gap ends and the next one begins. */
static int reach(struct walk *walk, size_t thread, uint32_t point, int64_t ns)
{
    struct place *place = &walk->places[thread];
    const struct recorded_process *process =
        &walk->recording->processes[walk->recording->threads[thread].process];
    int result = 0;

    if (place->ns != RECORDING_UNKNOWN && ns >= place->ns)
        result = add_sample(walk, process->role, place->point, point, (double)(ns - place->ns));
    *place = (struct place){point, ns};
    return result;
}

/* A main thread passes the entry point of its program before whatever comes after that. */
static int pass_entry(struct walk *walk, size_t thread, int64_t ns)
{
    const struct recorded_thread *of = &walk->recording->threads[thread];
    int64_t entry = walk->recording->processes[of->process].entry_own_ns;

    if (!of->is_main || entry == RECORDING_UNKNOWN || entry > ns ||
        walk->places[thread].ns == RECORDING_UNKNOWN || walk->places[thread].ns > entry ||
        walk->places[thread].point == walk->entry)
        return 0;
    return reach(walk, thread, walk->entry, entry);
}

static int take_loads(struct walk *walk)
{
    for (size_t i = 0; i < walk->recording->load_count; i++) {
        const struct recorded_load *load = &walk->recording->loads[i];
        if (load->thread == RECORDING_NONE || load->is_synthetic)
            continue;
        if (pass_entry(walk, load->thread, load->own_ns) != 0 ||
            reach(walk, load->thread, load->key, load->own_ns) != 0)
            return -1;
    }
    return 0;
}

static int take_ends(struct walk *walk)
{
    for (size_t i = 0; i < walk->recording->process_count; i++) {
        const struct recorded_process *process = &walk->recording->processes[i];
        if (process->main_thread == RECORDING_NONE || process->end_own_ns == RECORDING_UNKNOWN)
            continue;
        if (pass_entry(walk, process->main_thread, process->end_own_ns) != 0 ||
            reach(walk, process->main_thread, walk->exit, process->end_own_ns) != 0)
            return -1;
    }
    return 0;
}

int side_gaps_take(struct side_gaps *gaps, const struct recordings *all,
                   const struct recording *recording, size_t run)
{
    struct walk walk = {.gaps = gaps,
                        .recording = recording,
                        .run = run,
                        .start = text_pool_add_text(all->texts, "start"),
                        .entry = text_pool_add_text(all->texts, "entry"),
                        .exit = text_pool_add_text(all->texts, "exit"),
                        .places = malloc((recording->thread_count + 1) * sizeof *walk.places)};
    int result = -1;

    for (size_t i = 0; i < recording->thread_count && walk.places != NULL; i++)
        walk.places[i] = (struct place){walk.start, recording->threads[i].is_synthetic
                                                        ? RECORDING_UNKNOWN
                                                        : recording->threads[i].start_own_ns};
    if (walk.places != NULL)
        result = take_loads(&walk) == 0 ? take_ends(&walk) : -1;
    free(walk.places);
    return result;
}

void side_gaps_release(struct side_gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++) {
        free(gaps->items[i].runs);
        free(gaps->items[i].times);
    }
    free(gaps->items);
    tuple_map_release(&gaps->index);
    memset(gaps, 0, sizeof *gaps);
}

const struct side_gap *side_gaps_find(const struct side_gaps *gaps, uint32_t role, uint32_t from,
                                      uint32_t to)
{
    uint32_t position = tuple_map_find(&gaps->index, role, from, to);

    return position != 0 ? &gaps->items[position - 1] : NULL;
}
