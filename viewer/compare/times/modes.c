/* See modes.h. */
#include "modes.h"

#include "compare/order/statistics.h"

enum { VALUES_AT_LEAST = 3 };
#define APART 5.0 /* standard deviations within the modes */

/* Where the squared distances from the means of both parts are least. */
static size_t best_split(const double *sorted, size_t count)
{
    double sum = 0, all = 0, most = -1;
    size_t best = 0;

    for (size_t i = 0; i < count; i++)
        all += sorted[i] - sorted[0];
    for (size_t i = 1; i < count; i++) {
        double between, low, high;
        sum += sorted[i - 1] - sorted[0];
        low = sum / (double)i;
        high = (all - sum) / (double)(count - i);
        between = (high - low) * (high - low) * (double)i * (double)(count - i);
        if (between > most) {
            most = between;
            best = i;
        }
    }
    return best;
}

/* Of sorted values, half of the middle half's width as in the normal distribution. */
static double width(const double *sorted, size_t count)
{
    return (statistics_quantile(sorted, count, 0.75) - statistics_quantile(sorted, count, 0.25)) /
           1.349;
}

size_t modes_split(const double *sorted, size_t count)
{
    size_t low = count > 0 ? best_split(sorted, count) : 0, high = count - low;
    double apart, low_width, high_width;

    if (low < VALUES_AT_LEAST || high < VALUES_AT_LEAST)
        return 0;
    apart = statistics_quantile(sorted + low, high, 0.5) - statistics_quantile(sorted, low, 0.5);
    low_width = width(sorted, low);
    high_width = width(sorted + low, high);
    return apart * apart * (double)count > APART * APART *
                                               ((double)low * low_width * low_width +
                                                (double)high * high_width * high_width)
               ? low
               : 0;
}
