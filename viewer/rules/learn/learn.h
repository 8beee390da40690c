/*
 * Rules from runs: what all of them have in common, written so that the next good run breaks none
 * of it.
 *
 *   require, allow  a module that every run (in a section: every such process) loaded, or only
 *                   some; then `forbid *`
 *   order           what compare/order.h learned of first loads, without what follows from others
 *   path            the folders that it came from, with placeholders
 *   identity        if asked for, since every rebuild changes them: version and build of the
 *                   program and each module, or else the file's size
 *   cause           of modules that were imports in all runs: all that import them
 *   environment     of the program: values that all runs have, or several of them each; of the
 *                   variables of which the value is kept, no others
 *   arguments       of each program, without what varies; none where they are other ones each time
 *   limit           of each process, the loads: a fifth more than the most that was seen, and at
 *                   least five; of a module that is loaded again and again, of exceptions of a
 *                   kind, of threads and of processes of a program: the most that was seen, and as
 *                   many more as that is above the least, and for threads and processes the least
 *                   likewise; with fewer than ten runs a tenth and one more; of other modules one,
 *                   of other exceptions none
 *   limit time      if asked for, since it holds for one machine: for the spans between marks and
 *                   the whole. For one run, the longest that was seen and as much more as that is
 *                   above the shortest (at least a tenth of the median); for the median of ten runs
 *                   or more, the median and 1.3 times the distance of the quartiles (at least a
 *                   twentieth of it) - left out where the longest is more than twice the median
 *
 * Lines are in the order of their text, so that a change is a line or two in git. Main thread.
 */
#ifndef TRAIL_LEARN_H
#define TRAIL_LEARN_H

#include "rules/rules.h"

#include "buffer.h"
#include "compare/order/side.h"

struct learn_options {
    bool with_identity, with_time;
    /*
     * what stands in the file already; not learned again is what its hand-written rules say
     * otherwise. Or NULL
     */
    const struct rules *own;
    /* lines that the learned part begins with: on its error, on the runs (named_runs.h); or NULL */
    const char *preface;
};

/*
 * Adds the learned part of a rules file, with the two lines around it. Returns 0, or -1 and error.
 */
int learn_rules(const struct side *side, const struct learn_options *options, struct buffer *out,
                struct trail_error *error);

/*
 * Adds a whole rules file: the one that is there with another learned part (at its end, if it has
 * none yet), or a new one that begins with `head`, its first line and comments. Returns 0, or -1
 * and error.
 */
int learn_file(const struct side *side, const struct learn_options *options, const char *head,
               struct buffer *out, struct trail_error *error);

#endif
