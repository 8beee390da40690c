/* See difference.h. */
#include "difference.h"

#include "difference_causes.h"
#include "difference_loads.h"
#include "difference_modules.h"
#include "difference_order.h"
#include "difference_steps.h"
#include "difference_surroundings.h"
#include "difference_tallies.h"
#include "difference_times.h"

#include <stdlib.h>
#include <string.h>

static int find(struct differences *differences, struct trail_error *error)
{
    const bool *only = differences->options->only;
    bool is_single = differences->a->count == 1 && differences->b->count == 1,
         of_modules = only[SECTION_LOADS] || only[SECTION_IDENTITY] || only[SECTION_PATH],
         of_steps = only[SECTION_PROCESSES] || only[SECTION_THREADS] || only[SECTION_EXCEPTIONS] ||
                    only[SECTION_OUTPUT] || only[SECTION_FAILED];

    if ((of_steps || of_modules) &&
        (tally_init(&differences->tally_a, differences->a, error) != 0 ||
         tally_init(&differences->tally_b, differences->b, error) != 0))
        return -1;
    if (is_single ? (of_modules || only[SECTION_ORDER]) && difference_loads_find(differences, error)
                  : of_modules && difference_modules_find(differences, error))
        return -1;
    if ((of_modules || of_steps) && difference_tallies_find(differences, error) != 0)
        return -1;
    if (is_single ? of_steps && difference_steps_find(differences, error)
                  : (of_steps || only[SECTION_ORDER]) && difference_order_find(differences, error))
        return -1;
    if (only[SECTION_CAUSE] && difference_causes_find(differences, error) != 0)
        return -1;
    if (only[SECTION_ENVIRONMENT])
        difference_surroundings_find(differences);
    return only[SECTION_TIME] ? difference_times_find(differences, error) : 0;
}

/*
 * What is about modules stays in the order of the loads; the other sections follow, each as it was
 * found.
 */
static int rank(enum difference_section section)
{
    return section <= SECTION_PATH ? 0 : (int)section;
}

static int sort_by_section(struct differences *differences)
{
    struct difference *sorted = malloc((differences->count + 1) * sizeof *sorted);
    size_t count = 0;

    if (sorted == NULL)
        return -1;
    for (int of = 0; of < SECTIONS; of++)
        for (size_t i = 0; i < differences->count; i++)
            if (rank(differences->items[i].section) == of)
                sorted[count++] = differences->items[i];
    free(differences->items);
    differences->items = sorted;
    return 0;
}

int differences_find(struct differences *differences, const struct side *a, const struct side *b,
                     const struct difference_options *options, struct trail_error *error)
{
    differences->all = a->all;
    differences->a = a;
    differences->b = b;
    differences->options = options;
    if (find(differences, error) != 0)
        return -1;
    if (differences->failed || differences->scratch.failed || recordings_have_failed(a->all) ||
        sort_by_section(differences) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    return 0;
}

void differences_release(struct differences *differences)
{
    free(differences->items);
    tally_release(&differences->tally_a);
    tally_release(&differences->tally_b);
    buffer_release(&differences->scratch);
    memset(differences, 0, sizeof *differences);
}
