/*
 * Which runs an update of rules may learn from: none that violates them, alone or together with the
 * others, unless what it violates is accepted. Else a planted module would be learned, and be good
 * from then on. Main thread.
 */
#ifndef TRAIL_ADMIT_H
#define TRAIL_ADMIT_H

#include "compare/model/recordings.h"
#include "rules/rules.h"

/* What is accepted: texts of rules; also `allow NAME` for what `forbid *` forbids. */
struct accepted {
    const char *const *texts;
    size_t count;
};

/*
 * Takes the runs out of the recordings that must not be learned from, and says which and why. Of
 * those that are `known` (by position: the rules were learned from them), only what somebody wrote
 * is held against them. Returns 0, or -1 and error.
 */
int admit_runs(const struct rules *rules, struct recordings *recordings, const bool *known,
               const struct accepted *accepted, void (*say)(const char *sentence),
               struct trail_error *error);

#endif
