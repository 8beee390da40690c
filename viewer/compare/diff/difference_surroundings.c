/* See difference_surroundings.h. */
#include "difference_surroundings.h"

static const struct recorded_variable *find(const struct recording *recording, uint32_t name)
{
    for (size_t i = 0; i < recording->variable_count; i++)
        if (recording->variables[i].name == name)
            return &recording->variables[i];
    return NULL;
}

static uint32_t value_in(const struct recording *recording, uint32_t name)
{
    const struct recorded_variable *variable = find(recording, name);

    return variable != NULL ? variable->value : TEXT_NONE;
}

/* The value that all runs of a side have, TEXT_NONE for none. False if they differ. */
static bool usual_value(const struct side *side, uint32_t name, uint32_t *value)
{
    const struct recording *runs = &side->all->items[side->first];

    *value = value_in(&runs[0], name);
    for (size_t i = 1; i < side->count; i++)
        if (value_in(&runs[i], name) != *value)
            return false;
    return true;
}

static void compare(struct differences *differences, const struct recorded_variable *variable)
{
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
                         variable->steers);
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
        if (find(a, b->variables[i].name) == NULL)
            compare(differences, &b->variables[i]);
}
