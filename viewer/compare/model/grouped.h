/* Positions of an array, those that belong together side by side and ascending. Main thread. */
#ifndef TRAIL_GROUPED_H
#define TRAIL_GROUPED_H

#include <stddef.h>

struct grouped {
    size_t *positions, *starts;
    size_t count; /* groups */
};

/* What of an array is in a group: positions, ascending; `items` is NULL where it is all of it. */
struct part {
    const size_t *items;
    size_t count;
};

/*
 * `group_of` says in which group an item is; those beyond the last group are left out. Returns 0,
 * or -1 without memory; release also after a failure.
 */
int grouped_init(struct grouped *grouped, size_t groups, size_t items,
                 size_t (*group_of)(const void *context, size_t item), const void *context);
void grouped_release(struct grouped *grouped);

struct part grouped_part(const struct grouped *grouped, size_t group);

static inline size_t part_at(const struct part *part, size_t i)
{
    return part->items != NULL ? part->items[i] : i;
}

#endif
