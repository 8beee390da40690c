/* How lanes.c fills its lanes from the tables. Main thread. */
#ifndef TRAIL_LANES_READ_H
#define TRAIL_LANES_READ_H

#include "lanes.h"

/*
 * Reads all but what lanes_read_holds does, the bars without their ends, and with the CPU time that
 * their process had used by then. Events from *from_seq to before *to_seq were read. Returns 0, or
 * -1 and error.
 */
int lanes_read_rows(struct lanes *lanes, const struct lanes_options *options, int64_t *from_seq,
                    int64_t *to_seq, struct trail_error *error);

/* Fills held_ns of the bars, which are ordered by seq in each process. Returns 0, or -1, error. */
int lanes_read_holds(struct lanes *lanes, int64_t from_seq, int64_t to_seq,
                     struct trail_error *error);

/* The time of an event, or of the next one that there is; LANES_UNKNOWN. */
int64_t lanes_event_time(struct lanes *lanes, int64_t seq);

/* The first event at or after a time: events are in the order of time. */
int64_t lanes_first_event_at(struct lanes *lanes, int64_t ns);

/* Has room for one more item; see array_with_room. `items` is the address of the array. */
void *lanes_with_room(void *items, size_t count, size_t item_bytes);

#endif
