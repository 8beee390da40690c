/* See happenings.h. */
#include "happenings.h"

#include <stdlib.h>
#include <string.h>

struct grouping {
    const struct side *side;
    const struct happenings *happenings;
    enum happening what;
};

static size_t count_of(const struct recording *run, enum happening what)
{
    const size_t counts[HAPPENINGS] = {
        [HAPPENED_PROCESSES] = run->process_count,
        [HAPPENED_THREADS] = run->thread_count,
        [HAPPENED_LOADS] = run->load_count,
        [HAPPENED_EXCEPTIONS] = run->step_count[STREAM_EXCEPTIONS],
    };

    return counts[what];
}

size_t happenings_process(const struct recording *run, enum happening what, size_t item)
{
    switch (what) {
    case HAPPENED_THREADS:
        return run->threads[item].process;
    case HAPPENED_LOADS:
        return run->loads[item].process;
    case HAPPENED_EXCEPTIONS:
        return run->steps[STREAM_EXCEPTIONS][item].process;
    default:
        return item;
    }
}

static size_t group_of(const void *context, size_t position)
{
    const struct grouping *grouping = context;
    const struct happened *at = &grouping->happenings->items[grouping->what][position];
    const struct recording *run = &grouping->side->all->items[at->run];
    size_t process = happenings_process(run, grouping->what, at->item);

    /* one beyond the last, SIZE_MAX, where there is none */
    return process >= run->process_count
               ? SIZE_MAX
               : (size_t)tuple_map_find(&grouping->happenings->programs,
                                        run->processes[process].key, 0, 0) -
                     1;
}

/* Of what has a process. */
static int list(struct happenings *happenings, const struct side *side, enum happening what)
{
    struct grouping grouping = {side, happenings, what};
    size_t count = 0;

    for (size_t r = side->first; r < side->first + side->count; r++)
        count += count_of(&side->all->items[r], what);
    happenings->items[what] = calloc(count + 1, sizeof *happenings->items[what]);
    if (happenings->items[what] == NULL)
        return -1;
    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        for (size_t i = 0; i < count_of(run, what); i++)
            if (happenings_process(run, what, i) < run->process_count)
                happenings->items[what][happenings->count[what]++] = (struct happened){r, i};
    }
    return grouped_init(&happenings->by_program[what], happenings->programs.count,
                        happenings->count[what], group_of, &grouping);
}

int happenings_init(struct happenings *happenings, const struct side *side)
{
    memset(happenings, 0, sizeof *happenings);
    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        for (size_t p = 0; p < run->process_count; p++) {
            uint32_t *group = tuple_map_at(&happenings->programs, run->processes[p].key, 0, 0);
            if (*group == 0)
                *group = (uint32_t)happenings->programs.count;
        }
    }
    if (happenings->programs.failed)
        return -1;
    for (int what = 0; what < HAPPENINGS; what++)
        if (list(happenings, side, (enum happening)what) != 0)
            return -1;
    return 0;
}

void happenings_release(struct happenings *happenings)
{
    for (int what = 0; what < HAPPENINGS; what++) {
        free(happenings->items[what]);
        grouped_release(&happenings->by_program[what]);
    }
    tuple_map_release(&happenings->programs);
}

struct part happenings_of(const struct happenings *happenings, enum happening what,
                          uint32_t program)
{
    uint32_t group = tuple_map_find(&happenings->programs, program, 0, 0);

    if (program == TEXT_NONE)
        return (struct part){NULL, happenings->count[what]};
    if (group == 0)
        return (struct part){NULL, 0};
    return grouped_part(&happenings->by_program[what], group - 1);
}
