/*
 * The steps of a run by who asked for them, which is what an order can be of (order.h). Pure
 * functions.
 */
#ifndef TRAIL_ASKED_H
#define TRAIL_ASKED_H

#include "compare/model/recordings.h"

/* A step: who asked for it, and its position in `steps` of its stream. */
struct asked {
    /*
     * a position in `threads`, or behind them one in `processes`: of a process of which no thread
     * was recorded
     */
    size_t by;
    size_t step;
};

/*
 * Who asked for a step, or RECORDING_NONE: of a load that is somebody's import or the loader
 * itself, and where the thread of it is not known though threads were recorded. Of other streams:
 * whose it is.
 */
size_t asked_by(const struct recording *recording, enum recorded_stream stream,
                const struct recorded_step *step);

/*
 * All steps of a stream that somebody asked for, those of one together and in order. To be freed;
 * NULL without memory.
 */
struct asked *asked_sort(const struct recording *recording, enum recorded_stream stream,
                         size_t *count);

#endif
