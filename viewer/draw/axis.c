/* See axis.h. */
#include "axis.h"

#include <inttypes.h>

int64_t axis_step(int64_t span_ns, size_t steps_at_most)
{
    int64_t step = 1, power = 1, steps = (int64_t)(steps_at_most > 0 ? steps_at_most : 1);

    for (int i = 0; step < INT64_MAX / 20 && span_ns / step + (span_ns % step > 0) > steps; i++) {
        power *= i % 3 == 2 ? 10 : 1;
        step = power * (i % 3 == 0 ? 2 : i % 3 == 1 ? 5 : 1);
    }
    return step;
}

int64_t axis_first(int64_t from_ns, int64_t step_ns)
{
    return (from_ns / step_ns + (from_ns % step_ns > 0)) * step_ns;
}

void axis_label(struct buffer *out, int64_t ns, int64_t step_ns, int64_t largest_ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    size_t unit = 0;
    int decimals = 0;
    int64_t part;

    while (units[unit].ns > largest_ns && units[unit].ns > 1)
        unit++;
    if (ns == 0) {
        buffer_add_char(out, '0');
        return;
    }
    for (part = units[unit].ns; part > 1 && step_ns % part != 0; decimals++)
        part /= 10;
    buffer_format(out, "%" PRId64, ns / units[unit].ns);
    if (decimals > 0)
        buffer_format(out, ".%0*" PRId64, decimals, ns % units[unit].ns / part);
    buffer_format(out, " %s", units[unit].name);
}
