/* A variable of the environment as rules have it. Pure function. */
#ifndef TRAIL_VARIABLE_VALUE_H
#define TRAIL_VARIABLE_VALUE_H

#include "buffer.h"
#include "compare/model/recordings.h"

/* What stands for an empty text, which the language has no word for. */
#define RULES_NOTHING "{none}"

/*
 * Adds the value; folders in it, also those of a list of folders, with the placeholders of place.h.
 */
void variable_value_add(struct buffer *out, const struct recordings *recordings,
                        const struct recording *run, const struct recorded_variable *variable);

#endif
