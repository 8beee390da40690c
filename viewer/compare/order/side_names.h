/* What the times of a side are called, in all tables alike. Main thread. */
#ifndef TRAIL_SIDE_NAMES_H
#define TRAIL_SIDE_NAMES_H

#include "side.h"

/* Adds a name, of a long one the beginning. */
void side_add_name(struct buffer *out, const struct recordings *all, uint32_t name);
/* "libcodec.so -> libnet.so" */
void side_add_gap_name(struct buffer *out, const struct recordings *all,
                       const struct side_gap *gap);
/* "mark:loaded..end" */
void side_add_phase_name(struct buffer *out, const struct recordings *all,
                         const struct side_phase *phase);

#endif
