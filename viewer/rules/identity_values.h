/* Which values an identity rule gives, and which a module has. Pure functions. */
#ifndef TRAIL_IDENTITY_VALUES_H
#define TRAIL_IDENTITY_VALUES_H

#include "rules.h"

#include "compare/model/recordings.h"

enum { IDENTITY_ROOM = 24 };

/* Whether the rule gives values for a key, and whether this is one of them. */
bool identity_values_have_key(const struct rule *rule, enum rule_identity key);
bool identity_values_match(const struct rule *rule, enum rule_identity key, const char *value);

/*
 * What a module (a position in recordings->modules) has, as text; "" if that is not known. `room`
 * has IDENTITY_ROOM bytes.
 */
const char *identity_values_of(const struct recordings *recordings, size_t module,
                               enum rule_identity key, char *room);

/* The first key for which the module has none of the values, or IDENTITIES. */
enum rule_identity identity_values_differ(const struct recordings *recordings,
                                          const struct rule *rule, size_t module);

#endif
