/* See bounds.h. */
#include "bounds.h"

#include <stdlib.h>
#include <string.h>

static int compare_bounds(const void *left, const void *right)
{
    const struct bound *a = left, *b = right;

    if (a->net_ns != b->net_ns)
        return (a->net_ns > b->net_ns) - (a->net_ns < b->net_ns);
    return a->seq != b->seq ? (a->seq > b->seq) - (a->seq < b->seq)
                            : (a->kind > b->kind) - (a->kind < b->kind);
}

static void add(struct bounds *bounds, enum bound_kind kind, uint32_t id, uint32_t name,
                size_t module, int64_t seq, int64_t net_ns)
{
    if (net_ns != RECORDING_UNKNOWN)
        bounds->items[bounds->count++] = (struct bound){kind, id, name, module, seq, net_ns};
}

int bounds_find(struct bounds *bounds, const struct recording *recording, size_t process)
{
    const struct recorded_process *of = &recording->processes[process];

    bounds->items =
        malloc((recording->load_count + recording->mark_count + 3) * sizeof *bounds->items);
    bounds->count = 0;
    if (bounds->items == NULL)
        return -1;
    add(bounds, BOUND_START, 0, TEXT_NONE, RECORDING_NONE, of->start_seq, of->start_net_ns);
    for (size_t i = 0; i < recording->load_count; i++) {
        const struct recorded_load *load = &recording->loads[i];
        if (load->process == process && !load->is_synthetic)
            add(bounds, BOUND_LOAD, load->element, load->name, load->module, load->seq,
                load->net_ns);
    }
    for (size_t i = 0; i < recording->mark_count; i++) {
        const struct recorded_mark *mark = &recording->marks[i];
        if (mark->process == process)
            add(bounds, BOUND_MARK, mark->name, mark->name, RECORDING_NONE, mark->seq,
                mark->net_ns);
    }
    add(bounds, BOUND_ENTRY, 0, TEXT_NONE, RECORDING_NONE, of->entry_seq, of->entry_net_ns);
    add(bounds, BOUND_END, 0, TEXT_NONE, RECORDING_NONE, of->end_seq, of->end_net_ns);
    qsort(bounds->items, bounds->count, sizeof *bounds->items, compare_bounds);
    return 0;
}

void bounds_release(struct bounds *bounds)
{
    free(bounds->items);
    bounds->items = NULL;
    bounds->count = 0;
}

bool bound_is_same(const struct bound *a, const struct bound *b)
{
    return a->kind == b->kind && a->id == b->id;
}

size_t bounds_position(const struct bounds *bounds, const struct bound *bound)
{
    for (size_t i = 0; i < bounds->count; i++)
        if (bound_is_same(&bounds->items[i], bound))
            return i;
    return RECORDING_NONE;
}

struct numbered {
    struct bound bound;
    size_t position;
};

static int compare_numbered(const void *left, const void *right)
{
    const struct bound *a = &((const struct numbered *)left)->bound,
                       *b = &((const struct numbered *)right)->bound;

    return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind)
                              : (a->id > b->id) - (a->id < b->id);
}

/* The positions in b of what a has, RECORDING_NONE for what b has not. */
static int find_positions(const struct bounds *a, const struct bounds *b, size_t *positions)
{
    struct numbered *sorted = malloc((b->count + 1) * sizeof *sorted), key, *found;

    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < b->count; i++)
        sorted[i] = (struct numbered){b->items[i], i};
    qsort(sorted, b->count, sizeof *sorted, compare_numbered);
    for (size_t i = 0; i < a->count; i++) {
        key.bound = a->items[i];
        found = bsearch(&key, sorted, b->count, sizeof *sorted, compare_numbered);
        positions[i] = found != NULL ? found->position : RECORDING_NONE;
    }
    free(sorted);
    return 0;
}

/* The longest increasing part of the positions, by patience sorting; ends[n] ends one of n + 1. */
static size_t longest_increasing(const size_t *positions, size_t count, size_t *ends,
                                 size_t *before)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = length;
        if (positions[i] == RECORDING_NONE)
            continue;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (positions[ends[middle]] < positions[i])
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = low > 0 ? ends[low - 1] : RECORDING_NONE;
        ends[low] = i;
        length += low == length;
    }
    return length;
}

size_t bounds_common(const struct bounds *a, const struct bounds *b, struct bound_pair *pairs)
{
    size_t *positions = malloc(3 * (a->count + 1) * sizeof *positions), length = RECORDING_NONE;

    if (positions != NULL && find_positions(a, b, positions) == 0) {
        size_t *ends = positions + a->count, *before = ends + a->count;
        length = longest_increasing(positions, a->count, ends, before);
        for (size_t n = length, at = n > 0 ? ends[n - 1] : 0; n > 0; at = before[at])
            pairs[--n] = (struct bound_pair){at, positions[at]};
    }
    free(positions);
    return length;
}
