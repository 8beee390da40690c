/*
 * See hold.h. A value's bucket is its highest bit and the four bits below it, so that a bucket is
 * at most 1/16 as wide as its values: up to 15 each value has a bucket of its own.
 */
#include "hold.h"

#include <sqlite3.h>

enum { BITS = 4, STEPS = 1 << BITS };

static unsigned bucket_of(uint64_t value)
{
    unsigned shift = 0;

    while (value >> shift >= 2 * STEPS)
        shift++;
    return shift * STEPS + (unsigned)(value >> shift);
}

/* The middle of a bucket. */
static uint64_t value_of(unsigned bucket)
{
    unsigned shift = bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;
    uint64_t low = (uint64_t)(bucket - shift * STEPS) << shift;

    return low + ((UINT64_C(1) << shift) >> 1);
}

void hold_add(struct hold_statistics *statistics, unsigned kind, uint64_t hold_ns)
{
    struct hold_of_kind *of_kind = &statistics->kinds[kind];

    if (hold_ns == 0)
        return;
    of_kind->total_ns += hold_ns;
    of_kind->stops++;
    of_kind->buckets[bucket_of(hold_ns)]++;
}

uint64_t hold_percentile(const struct hold_statistics *statistics, unsigned kind, double fraction)
{
    const struct hold_of_kind *of_kind = &statistics->kinds[kind];
    double wanted = fraction * of_kind->stops;
    uint64_t seen = 0;

    for (unsigned bucket = 0; bucket < HOLD_BUCKETS; bucket++) {
        seen += of_kind->buckets[bucket];
        if (of_kind->buckets[bucket] > 0 && (double)seen >= wanted)
            return value_of(bucket);
    }
    return 0;
}

char *hold_json(const struct hold_statistics *statistics)
{
    sqlite3_str *json = sqlite3_str_new(NULL);
    const char *separator = "{";

    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        if (statistics->kinds[kind].stops == 0)
            continue;
        sqlite3_str_appendf(
            json, "%s\"%s\":{\"stops\":%u,\"total_ns\":%llu,\"p50_ns\":%llu,\"p99_ns\":%llu}",
            separator, event_kind_descriptor(kind)->name, statistics->kinds[kind].stops,
            (unsigned long long)statistics->kinds[kind].total_ns,
            (unsigned long long)hold_percentile(statistics, kind, 0.5),
            (unsigned long long)hold_percentile(statistics, kind, 0.99));
        separator = ",";
    }
    sqlite3_str_appendall(json, *separator == '{' ? "{}" : "}");
    return sqlite3_str_finish(json);
}
