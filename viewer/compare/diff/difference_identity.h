/* What two builds of a module differ in. Main thread. */
#ifndef TRAIL_DIFFERENCE_IDENTITY_H
#define TRAIL_DIFFERENCE_IDENTITY_H

#include "difference_list.h"

/* Of what is known of both (positions in recordings->modules): fills the row's a, b and note. */
void difference_identity_describe(struct differences *differences, struct difference *row,
                                  size_t module_a, size_t module_b);

enum { DIFFERENCE_IDENTITY_BYTES = 160 };

/*
 * Of that, the part that tells most, of both as text of at most that many bytes with its NUL. False
 * if nothing differs.
 */
bool difference_identity_values(const struct recordings *all, size_t module_a, size_t module_b,
                                char *a, char *b);

/* Whether the sides have these two of one build by different names, for good (match/renamed.h). */
bool difference_identity_is_new_name(const struct recordings *all, size_t module_a,
                                     size_t module_b);

/* By what it is known to be the same one: "the same build". */
const char *difference_identity_likeness(const struct recordings *all, size_t module);

/*
 * That, or whether two loads of one build in two single runs have names that somebody gave: of so
 * few runs a name that is another one counts as one that varies.
 */
bool difference_identity_is_renamed(const struct recordings *all, const struct recorded_load *a,
                                    const struct recorded_load *b);

#endif
