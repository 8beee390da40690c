/*
 * How long the target was held, per kind of event: total and percentiles, without keeping the
 * single values. Writer thread, or recovery.
 */
#ifndef TRAIL_HOLD_H
#define TRAIL_HOLD_H

#include "event_kinds.h"

enum { HOLD_BUCKETS = 1024 };

/* Zeroed, it is empty. A plain value: a copy can be kept and put back. */
struct hold_statistics {
    struct hold_of_kind {
        uint64_t total_ns;
        /* events that stand for a stop: of several of one stop only the last has a hold */
        uint32_t stops;
        uint32_t buckets[HOLD_BUCKETS];
    } kinds[EVENT_KINDS];
};

void hold_add(struct hold_statistics *statistics, unsigned kind, uint64_t hold_ns);

/*
 * The value that `fraction` (0 to 1) of the kind's stops do not exceed, exact to 1/16 of itself; 0
 * if there were none.
 */
uint64_t hold_percentile(const struct hold_statistics *statistics, unsigned kind, double fraction);

/*
 * {"LoadDll":{"stops":..,"total_ns":..,"p50_ns":..,"p99_ns":..},..}: to be freed with sqlite3_free;
 * NULL if out of memory.
 */
char *hold_json(const struct hold_statistics *statistics);

#endif
