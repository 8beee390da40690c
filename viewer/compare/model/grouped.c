/* See grouped.h. */
#include "grouped.h"

#include <stdlib.h>
#include <string.h>

int grouped_init(struct grouped *grouped, size_t groups, size_t items,
                 size_t (*group_of)(const void *context, size_t item), const void *context)
{
    size_t *starts = calloc(groups + 2, sizeof *starts),
           *positions = malloc((items + 1) * sizeof *positions);

    *grouped = (struct grouped){positions, starts, groups};
    if (starts == NULL || positions == NULL)
        return -1;
    for (size_t i = 0; i < items; i++)
        if (group_of(context, i) < groups)
            starts[group_of(context, i) + 1]++;
    for (size_t i = 0; i < groups; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < items; i++)
        if (group_of(context, i) < groups)
            positions[starts[group_of(context, i)]++] = i;
    /* each now stands at its end, which is the next one's start */
    memmove(starts + 1, starts, groups * sizeof *starts);
    starts[0] = 0;
    return 0;
}

void grouped_release(struct grouped *grouped)
{
    free(grouped->positions);
    free(grouped->starts);
    memset(grouped, 0, sizeof *grouped);
}

struct part grouped_part(const struct grouped *grouped, size_t group)
{
    size_t start = grouped->starts[group];

    return (struct part){grouped->positions + start, grouped->starts[group + 1] - start};
}
