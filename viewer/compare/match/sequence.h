/*
 * Two sequences of steps, aligned: what both have in the same order, what stands elsewhere, and
 * what only one has. As few steps as can be are said to have moved: in one thread exactly so, since
 * the alignment is a longest one, where threads mingle nearly. Main thread.
 */
#ifndef TRAIL_SEQUENCE_H
#define TRAIL_SEQUENCE_H

#include "align.h"
#include "compare/model/recordings.h"

/* What happened to a step of one of the sequences. */
enum step_status {
    STEP_SAME,
    STEP_CHANGED,    /* where it was, but something of it changed: set by the caller */
    STEP_CONCURRENT, /* elsewhere, but only among steps of threads that ran at the same time */
    STEP_MOVED,
    STEP_ALONE,
    STEP_BREAKS /* while they are compared */
};

struct sequence {
    const struct recording *recording;
    const struct recorded_step **steps;
    uint32_t *keys;   /* steps with equal keys are the same */
    size_t *partners; /* positions in the other sequence, or ALIGN_NONE */
    enum step_status *statuses;
    size_t *stayed; /* private: the last position before each that has not moved, or ALIGN_NONE */
    size_t count;
};

/*
 * Room for so many steps of a recording. Returns 0, or -1 and error; sequence_release in either
 * case.
 */
int sequence_init(struct sequence *sequence, const struct recording *recording, size_t room,
                  struct trail_error *error);
void sequence_release(struct sequence *sequence);

void sequence_add(struct sequence *sequence, const struct recorded_step *step, uint32_t key);

/* Fills partners and statuses of both. Returns 0, or -1 and error without memory. */
int sequences_compare(struct sequence *a, struct sequence *b, struct trail_error *error);

/*
 * What a place is told by: the last step before `at` that has not moved and is no matter of chance,
 * as are those of threads that ran at the same time (where there are too many of those, simply the
 * last one). ALIGN_NONE at the beginning.
 */
size_t sequence_anchor(const struct sequence *sequence, size_t at);

#endif
