/* See conclusion.h. */
#include "conclusion.h"

#include "compare/order/statistics.h"

#include <math.h>

/* What a set's order was learned from, or why none was. */
static void add_order(struct buffer *out, const struct differences *differences)
{
    const struct side *a = differences->a, *b = differences->b, *learned = a->order != NULL ? a : b;

    if (!differences->options->only[SECTION_ORDER])
        return;
    if (differences->concurrent > 0)
        buffer_format(
            out,
            "order: %zu load%s elsewhere only among those of threads that ran at the same time\n",
            differences->concurrent, differences->concurrent == 1 ? " stands" : "s stand");
    if (a->count == 1 && b->count == 1)
        return;
    if (learned->order == NULL)
        buffer_format(
            out,
            "order: not compared, since neither side has the %d runs from which one is learned\n",
            (int)ORDER_RUNS_AT_LEAST);
    else
        buffer_format(out, "order: %zu pairs learned from %s\n", order_pair_count(learned->order),
                      learned == a ? "A" : "B");
    if (learned->order != NULL && order_left_out(learned->order) > 0)
        buffer_format(out, "order: %zu loads were left out, since there are more than %d\n",
                      order_left_out(learned->order), (int)ORDER_ELEMENTS_AT_MOST);
}

/* What could have been seen of the whole, where nothing was. */
static void add_sensitivity(struct buffer *out, const struct differences *differences)
{
    double share = differences->sensitivity.share, runs = differences->sensitivity.runs_of_five;

    if (differences->times_tested == 0 || differences->whole_changed)
        return;
    if (isfinite(share))
        buffer_format(out, "time: a change of the whole by %.*f %% would be found 19 times in 20\n",
                      share < 0.0995 ? 1 : 0, share * 100);
    else
        buffer_add_text(out, "time: no change of the whole could be found\n");
    if (isfinite(runs))
        buffer_format(out, "time: to find 5 %% takes some %.0f runs a side%s\n",
                      fmax(ceil(runs), STATISTICS_RUNS_AT_LEAST),
                      differences->take_turns ? "" : " that take turns");
}

static void add_times(struct buffer *out, const struct differences *differences)
{
    size_t claimed = 0;

    if (!differences->options->only[SECTION_TIME] ||
        (differences->a->count == 1 && differences->b->count == 1))
        return;
    for (size_t i = 0; i < differences->count; i++)
        claimed += differences->items[i].section == SECTION_TIME && differences->items[i].differs;
    if (differences->times_tested == 0)
        buffer_format(out, "time: too few runs to tell; it takes %d or more on each side\n",
                      (int)STATISTICS_RUNS_AT_LEAST);
    else if (claimed == 0)
        buffer_format(out, "time: no evidence of a change in any of %zu times\n",
                      differences->times_tested);
    else
        buffer_format(out, "time: evidence of a change in %zu of %zu times\n", claimed,
                      differences->times_tested);
    add_sensitivity(out, differences);
    if (differences->times_tested > 0 && claimed > 0 && !differences->take_turns)
        buffer_add_text(out, "time: the runs of A and B did not take turns, so what "
                             "else the machine did may be part of it\n");
}

void conclusion_find(struct buffer *out, const struct differences *differences)
{
    add_order(out, differences);
    add_times(out, differences);
}
