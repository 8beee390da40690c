/*
 * What the threads of a process were seen doing in a gap, and how it is said: main's doing, and
 * where that is a wait for another thread, what that one did. Plain memory, main thread.
 */
#ifndef TRAIL_DOING_H
#define TRAIL_DOING_H

#include "buffer.h"
#include "compare/model/recordings.h"

/* A process's gap: from an event, and before another. */
struct doing_gap {
    const struct recording *run;
    size_t process;
    int64_t from_seq, to_seq, from_net_ns, to_net_ns;
};

/*
 * Adds ": main waits in clock_nanosleep 300 ms, called by libcodec.so!init", or what else is known,
 * made harmless for a terminal. Returns 0, or -1 without memory.
 */
int doing_say(struct buffer *out, const struct recordings *all, const struct doing_gap *gap);

#endif
