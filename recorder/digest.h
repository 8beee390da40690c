/*
 * What trailrec says on stderr about a recording: how it ended, and what is left to do. Main
 * thread.
 */
#ifndef TRAIL_DIGEST_H
#define TRAIL_DIGEST_H

#include "options.h"
#include "turns/turns.h"

/* One run of that side: how it ended, how long it took, what it has. */
void digest_print_run(const struct options *options, unsigned side,
                      const struct session_result *result);

/*
 * After the last of `count` runs, of which the first DIGEST_IDS_MAX or fewer have these numbers:
 * where to look. Nothing with --nop.
 */
enum { DIGEST_IDS_MAX = 8 };
void digest_print_look(const struct options *options, const int64_t *run_ids, unsigned count);

/* What the runs of each side were like, where commands took turns, and how to compare them. */
void digest_print_turns(const struct options *options, struct turns_side *sides);

/* What stands still, and how it goes on. */
void digest_print_standing(const struct session_result *result);

/* What goes on after the end of what was launched. */
void digest_print_waiting(const struct session_processes *others);

#endif
