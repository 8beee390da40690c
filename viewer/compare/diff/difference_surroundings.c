/* See difference_surroundings.h. */
#include "difference_surroundings.h"

#include "array.h"

#include <string.h>

/* A name that is looked for, and where its text is. */
struct wanted {
    const struct recordings *all;
    uint32_t name;
};

static int compare_to_wanted(const void *item, const void *key)
{
    const struct wanted *wanted = key;

    return strcmp(recordings_text(wanted->all, ((const struct recorded_variable *)item)->name),
                  recordings_text(wanted->all, wanted->name));
}

/* They are in the order of their names (recording_surroundings.sql). */
static const struct recorded_variable *find(const struct recordings *all,
                                            const struct recording *recording, uint32_t name)
{
    const struct wanted wanted = {all, name};
    size_t at = array_lower_bound(recording->variables, recording->variable_count,
                                  sizeof *recording->variables, &wanted, compare_to_wanted);

    return at < recording->variable_count && recording->variables[at].name == name
               ? &recording->variables[at]
               : NULL;
}

static uint32_t value_in(const struct recordings *all, const struct recording *recording,
                         uint32_t name)
{
    const struct recorded_variable *variable = find(all, recording, name);

    return variable != NULL ? variable->value : TEXT_NONE;
}

/* The value that all runs of a side have, TEXT_NONE for none. False if they differ. */
static bool usual_value(const struct side *side, uint32_t name, uint32_t *value)
{
    const struct recording *runs = &side->all->items[side->first];

    *value = value_in(side->all, &runs[0], name);
    for (size_t i = 1; i < side->count; i++)
        if (value_in(side->all, &runs[i], name) != *value)
            return false;
    return true;
}

static void compare(struct differences *differences, const struct recorded_variable *variable)
{
    bool are_sets = differences->a->count > 1 || differences->b->count > 1;
    struct difference *row;
    uint32_t a, b;

    if (!usual_value(differences->a, variable->name, &a) ||
        !usual_value(differences->b, variable->name, &b) || a == b ||
        difference_ignores(differences, variable->name, variable->name))
        return;
    row = difference_add(differences, SECTION_ENVIRONMENT,
                         a == TEXT_NONE   ? CHANGE_ADDED
                         : b == TEXT_NONE ? CHANGE_REMOVED
                                          : CHANGE_REPLACED,
                         variable->steers || (variable->is_variable && are_sets));
    row->name = variable->name;
    row->a = a;
    row->b = b;
    row->a_runs = a != TEXT_NONE ? differences->a->count : 0;
    row->b_runs = b != TEXT_NONE ? differences->b->count : 0;
}

void difference_surroundings_find(struct differences *differences)
{
    const struct recording *a = &differences->all->items[differences->a->first],
                           *b = &differences->all->items[differences->b->first];

    if (a->is_attach || b->is_attach)
        return; /* it does not know the environment */
    for (size_t i = 0; i < a->variable_count; i++)
        compare(differences, &a->variables[i]);
    for (size_t i = 0; i < b->variable_count; i++)
        if (find(differences->all, a, b->variables[i].name) == NULL)
            compare(differences, &b->variables[i]);
}
