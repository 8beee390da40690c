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

static void compare(struct differences *differences, const struct usual *a, const struct usual *b)
{
    bool counts = differences->a->count > 1 || differences->b->count > 1;
    struct difference *row;

    if (a->state != USUAL || b->state != USUAL || (a->cause == b->cause && a->by == b->by) ||
        difference_ignores_module(differences, b->load->module))
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

    if (usual == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    take_side(usual, differences->a);
    take_side(usual + count, differences->b);
    for (size_t i = 0; i < count; i++)
        compare(differences, &usual[i], &usual[count + i]);
    free(usual);
    return 0;
}
