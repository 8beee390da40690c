/* See turns.h. */
#include "turns/turns.h"

#include "array.h"

#include <stdlib.h>

unsigned turns_whose(unsigned turn, unsigned sides)
{
    unsigned place = turn % sides;

    return turn / sides % 2 == 0 ? place : sides - 1 - place;
}

int turns_add(struct turns_side *side, const struct session_result *result)
{
    bool is_zero = result->exit.ended && result->exit.signal == 0 && result->exit.exit_code == 0;
    bool asked_for = result->end == SESSION_TIMED_OUT || result->end == SESSION_UNTIL;
    uint64_t *walls = array_with_room(side->wall_ns, side->runs, sizeof *walls), *holds;

    if (walls == NULL)
        return -1;
    side->wall_ns = walls;
    if ((holds = array_with_room(side->hold_ns, side->runs, sizeof *holds)) == NULL)
        return -1;
    side->hold_ns = holds;
    if (side->runs == 0)
        side->only_run = result->run_id;
    walls[side->runs] = result->wall_ns;
    holds[side->runs++] = result->counts.hold_ns;
    side->not_zero += !is_zero && !asked_for;
    return 0;
}

void turns_release(struct turns_side *side)
{
    free(side->wall_ns);
    free(side->hold_ns);
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

struct turns_times turns_times(uint64_t *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare);
    return (struct turns_times){(values[(count - 1) / 2] + values[count / 2]) / 2, values[0],
                                values[count - 1]};
}
