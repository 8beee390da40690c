/*
 * From debug strings of Windows' loader (loader_snap.h) to LoadFailed events. What fails pulls
 * others down with it, which the loader says too: only the first is the cause. Loop thread; nothing
 * is allocated after the start.
 */
#ifndef TRAIL_LOADER_SNAPS_H
#define TRAIL_LOADER_SNAPS_H

#include "event.h"

struct loader_snaps;

/* NULL if out of memory. */
struct loader_snaps *loader_snaps_new(void);
void loader_snaps_free(struct loader_snaps *snaps);

/*
 * To be called with each event. A debug string of the loader's becomes a LoadFailed if it tells of
 * one, else no event (EVENT_NONE); all others stay as they are.
 */
void loader_snaps_take(struct loader_snaps *snaps, struct event *event);

#endif
