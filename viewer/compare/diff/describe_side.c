/* See describe_side.h. */
#include "describe_side.h"

#include "compare/order/statistics.h"
#include "escape.h"
#include "human.h"

#include <stdlib.h>
#include <string.h>

static double median_of(const struct side *side, double (*value)(const struct recording *))
{
    double *values = malloc((side->count + 1) * sizeof *values), median;

    if (values == NULL)
        return 0;
    for (size_t i = 0; i < side->count; i++)
        values[i] = value(&side->all->items[side->first + i]);
    median = statistics_summary(values, side->count).median;
    free(values);
    return median;
}

static double loads_of(const struct recording *recording)
{
    return (double)recording->load_count;
}

static double wall_of(const struct recording *recording)
{
    return (double)recording->wall_ns;
}

static double net_of(const struct recording *recording)
{
    return (double)recording->net_wall_ns;
}

/* A line stays a line, whatever the target's command line has in it. */
static void add_text(struct buffer *out, const struct side *side, uint32_t text)
{
    const char *harmful = recordings_text(side->all, text);

    escape_for_terminal(out, harmful, strlen(harmful));
}

void describe_side(struct buffer *out, const struct side *side, const char *name)
{
    double loads = median_of(side, loads_of);
    const struct recording *first = &side->all->items[side->first];

    escape_for_terminal(out, name, strlen(name));
    if (side->count > 1) {
        buffer_format(out, ": %zu runs (medians: ", side->count);
    } else {
        buffer_add_text(out, ": ");
        add_text(out, side, first->title);
        buffer_add_text(out, " (");
    }
    buffer_format(out, "%.0f load%s, ", loads, loads < 1.5 && loads > 0.5 ? "" : "s");
    human_duration(out, (int64_t)median_of(side, wall_of));
    buffer_add_text(out, ", ");
    human_duration(out, (int64_t)median_of(side, net_of));
    buffer_add_text(out, " without the recorder");
    if (side->count == 1 && strcmp(recordings_text(side->all, first->state), "complete") != 0) {
        buffer_add_text(out, ", ");
        add_text(out, side, first->state);
    }
    buffer_add_text(out, "): ");
    add_text(out, side, first->command_line);
}
