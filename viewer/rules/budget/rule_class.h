/*
 * What rules are made hard or soft together: where good runs break one of them now and then, they
 * will break another of its kind, too. What a run has for the first time - a module, a process, a
 * load in vain, more of something than there ever was - is one class, since what brings one brings
 * others; what was always there and is missing is another. Pure functions.
 */
#ifndef TRAIL_RULE_CLASS_H
#define TRAIL_RULE_CLASS_H

#include "rules/rules.h"

enum rule_class {
    CLASS_NEW,
    CLASS_MISSING,
    CLASS_ORDER,
    CLASS_CAUSE,
    CLASS_ARGUMENTS,
    CLASS_TIME,
    CLASS_ENVIRONMENT,
    CLASS_HARD, /* never soft: places, identities, and what somebody wrote */
    RULE_CLASSES
};

/* A set of classes: one bit each. */
#define CLASS_BIT(class) (1u << (class))

enum rule_class rule_class(const struct rule *rule);

#endif
