/* See difference_causes.h. */
#include "difference_causes.h"

#include <stdlib.h>
#include <string.h>

/* The cause that all runs of a side give an element; by: the importer's key. */
struct usual {
    enum { UNSEEN, USUAL, VARIES } state;
    uint32_t cause, by;
    const struct recorded_load *load; /* of the side's last run */
};

static void take(struct usual *usual, const struct recorded_load *load)
{
    if (usual->state == USUAL && (usual->cause != load->cause || usual->by != load->by))
        usual->state = VARIES;
    if (usual->state == UNSEEN)
        *usual = (struct usual){.state = USUAL, .cause = load->cause, .by = load->by};
    usual->load = load;
}

static void take_side(struct usual *usual, const struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct recording *run = &side->all->items[side->first + i];
        for (size_t k = 0; k < run->load_count; k++)
            if (run->loads[k].element != UINT32_MAX &&
                recordings_know_cause(side->all, &run->loads[k]))
                take(&usual[run->loads[k].element], &run->loads[k]);
    }
}

static uint32_t describe(struct differences *differences, const struct usual *usual)
{
    buffer_add_text(&differences->scratch, recordings_text(differences->all, usual->cause));
    if (usual->by != TEXT_NONE) {
        buffer_add_text(&differences->scratch, " by ");
        difference_add_name(differences, usual->by);
    }
    return difference_text(differences);
}

/*
 * Notes for what each module imports that it does: (import, module, number of the side) -> 1; and
 * that it is there: (module, module, 2 + that) -> 1.
 */
static void take_imports(struct tuple_map *importers, const struct recordings *all, size_t module,
                         uint32_t side)
{
    const struct recorded_module *of = &all->modules[module];

    *tuple_map_at(importers, of->key, of->key, 2 + side) = 1;
    for (size_t i = 0; i < of->import_count; i++)
        *tuple_map_at(importers, of->imports[i], of->key, side) = 1;
}

static void find_importers(struct tuple_map *importers, const struct side *side, uint32_t number)
{
    struct tuple_map seen = {0};

    for (size_t i = 0; i < side->count; i++) {
        const struct recording *run = &side->all->items[side->first + i];
        for (size_t k = 0; k < run->load_count; k++)
            if ((*tuple_map_at(&seen, (uint32_t)run->loads[k].module, 0, 0))++ == 0)
                take_imports(importers, side->all, run->loads[k].module, number);
        for (size_t k = 0; k < run->process_count; k++)
            if (run->processes[k].module != RECORDING_NONE &&
                (*tuple_map_at(&seen, (uint32_t)run->processes[k].module, 0, 0))++ == 0)
                take_imports(importers, side->all, run->processes[k].module, number);
    }
    importers->failed |= seen.failed;
    tuple_map_release(&seen);
}

/* Whether both importers are there on both sides, so that only another one came first. */
static bool are_importers(const struct tuple_map *importers, const struct usual *a,
                          const struct usual *b)
{
    return a->by != TEXT_NONE && b->by != TEXT_NONE &&
           tuple_map_find(importers, b->load->key, b->by, 0) != 0 &&
           tuple_map_find(importers, b->load->key, a->by, 1) != 0;
}

/*
 * Whether the importer is on the other side, too: what came by one that only this side has came so
 * since that is there, which is said of it, or is chance.
 */
static bool is_there(const struct tuple_map *importers, const struct usual *usual, uint32_t side)
{
    return usual->by == TEXT_NONE || tuple_map_find(importers, usual->by, usual->by, 2 + side) != 0;
}

static void compare(struct differences *differences, const struct tuple_map *importers,
                    const struct usual *a, const struct usual *b)
{
    bool counts = differences->a->count > 1 || differences->b->count > 1;
    struct difference *row;

    if (a->state != USUAL || b->state != USUAL || (a->cause == b->cause && a->by == b->by) ||
        are_importers(importers, a, b) || !is_there(importers, a, 1) ||
        !is_there(importers, b, 0) || difference_ignores_module(differences, b->load->module))
        return;
    row = difference_add(differences, SECTION_CAUSE, CHANGE_REPLACED, counts);
    row->name = b->load->name;
    row->role = differences->all->elements[b->load->element].role;
    row->a = describe(differences, a);
    row->b = describe(differences, b);
    row->a_runs = differences->a->count;
    row->b_runs = differences->b->count;
}

int difference_causes_find(struct differences *differences, struct trail_error *error)
{
    size_t count = differences->all->element_count;
    struct usual *usual = calloc(2 * count + 1, sizeof *usual);
    struct tuple_map importers = {0};
    bool has_failed;

    if (usual == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    find_importers(&importers, differences->a, 0);
    find_importers(&importers, differences->b, 1);
    take_side(usual, differences->a);
    take_side(usual + count, differences->b);
    for (size_t i = 0; i < count; i++)
        compare(differences, &importers, &usual[i], &usual[count + i]);
    has_failed = importers.failed;
    tuple_map_release(&importers);
    free(usual);
    return has_failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}
