/* See silences.h. */
#include "silences.h"

#include "lanes_read.h"

#include <stdlib.h>
#include <string.h>

enum { SPLITS_AT_MOST = 3000, SHARE_AT_LEAST = 50 };

/* Events from one to another, and when those are. */
struct interval {
    int64_t from, to, from_ns, to_ns;
};

struct intervals {
    struct interval *list;
    size_t count;
};

static void sample(struct silences *silences, struct lanes *lanes, int64_t first, int64_t last)
{
    int64_t samples = last - first < SILENCE_SAMPLES ? last - first : SILENCE_SAMPLES;

    for (int64_t i = 0; i <= samples && samples > 0; i++) {
        int64_t seq = first + (int64_t)((double)(last - first) * (double)i / (double)samples),
                ns = lanes_event_time(lanes, seq);
        if (ns == LANES_UNKNOWN)
            break;
        silences->samples[silences->sample_count++] = ns;
    }
}

static size_t longest(const struct intervals *intervals)
{
    size_t found = 0;

    for (size_t i = 1; i < intervals->count; i++)
        if (intervals->list[i].to_ns - intervals->list[i].from_ns >
            intervals->list[found].to_ns - intervals->list[found].from_ns)
            found = i;
    return found;
}

static int by_time(const void *left, const void *right)
{
    const struct silence *a = left, *b = right;

    return (a->t_ns > b->t_ns) - (a->t_ns < b->t_ns);
}

/* Halves what takes longest, until that is one silence. */
static void search(struct silences *silences, struct lanes *lanes, struct intervals *intervals,
                   int64_t shortest_ns)
{
    for (int splits = 0; splits < SPLITS_AT_MOST && silences->count < SILENCES_AT_MOST; splits++) {
        struct interval *found = &intervals->list[longest(intervals)], second = *found;
        if (found->to_ns - found->from_ns < shortest_ns)
            return;
        if (found->to - found->from <= 1) {
            silences->list[silences->count++] =
                (struct silence){found->from, found->from_ns, found->to_ns};
            found->to_ns = found->from_ns;
            continue;
        }
        found->to = second.from = found->from + (found->to - found->from) / 2;
        found->to_ns = second.from_ns = lanes_event_time(lanes, found->to);
        if (found->to_ns < found->from_ns) /* a damaged file */
            return;
        intervals->list[intervals->count++] = second;
    }
}

int silences_find(struct silences *silences, struct lanes *lanes)
{
    int64_t first = lanes_first_event_at(lanes, lanes->from_ns),
            last = lanes_first_event_at(lanes, lanes->to_ns);
    struct intervals intervals = {calloc(SPLITS_AT_MOST + 1, sizeof *intervals.list), 1};

    memset(silences, 0, sizeof *silences);
    if (intervals.list == NULL)
        return -1;
    last = last > lanes->events ? lanes->events : last;
    if (first < last) {
        sample(silences, lanes, first, last);
        intervals.list[0] = (struct interval){first, last, lanes_event_time(lanes, first),
                                              lanes_event_time(lanes, last)};
        if (intervals.list[0].from_ns >= 0)
            search(silences, lanes, &intervals, (lanes->to_ns - lanes->from_ns) / SHARE_AT_LEAST);
    }
    qsort(silences->list, silences->count, sizeof *silences->list, by_time);
    free(intervals.list);
    return 0;
}
