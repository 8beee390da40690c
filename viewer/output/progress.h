/*
 * A line on standard error about what takes longer than a second: "merge: 120 of 200 files". Only
 * on a terminal; whoever prints something else there ends or hides it before. Main thread.
 */
#ifndef TRAIL_PROGRESS_H
#define TRAIL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what, *unit; /* "merge", "files" */
    int64_t total, done;     /* total 0: not known */
    int64_t next, start_ms, shown_ms;
    bool is_terminal, is_shown;
};

void progress_begin(struct progress *progress, const char *what, const char *unit, int64_t total);
/* Costs next to nothing. NULL is accepted. */
void progress_to(struct progress *progress, int64_t done);
/* Takes the line away; the next progress_to may show it again. NULL is accepted. */
void progress_hide(struct progress *progress);

#endif
