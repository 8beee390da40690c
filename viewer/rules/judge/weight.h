/*
 * Which findings are violations and which only notices. What breaks one rule by one module or
 * process is weighed together, by the number of runs that show it.
 *
 *   Rules that somebody wrote, and what a learned rule says of places, builds and identities: once
 *   is enough.
 *   Soft rules: in one run or two a notice; of three a violation if all show it; of more from
 *   weight_at_least() of them on.
 *   Other learned rules: in one run or two a violation; of more as soft rules, since baselines of
 *   few runs have not seen all that good runs do, and three runs have three times the chance.
 *
 * Main thread.
 */
#ifndef TRAIL_WEIGHT_H
#define TRAIL_WEIGHT_H

#include "judge.h"

/*
 * Weighs all findings, which judge has already done with `at_least` 0. at_least: the K of
 * `--at-least`, from which on learned rules are violated; 0: as above. Returns 0, or -1 and error.
 */
int judgement_weigh(struct judgement *judgement, size_t at_least, struct trail_error *error);

/*
 * The smallest K such that good runs alarm in no more than a third of the budget of all checks of
 * `checked` of them: at something that a share p of good runs do, and none of the `learned` ones
 * did, whatever p is; and as there may be several such things, one more than `seen` of the learned
 * runs had one that the others had not. Never more than `checked`.
 */
size_t weight_at_least(size_t checked, size_t learned, size_t seen, double budget);

#endif
