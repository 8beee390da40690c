/* See rule_class.h. */
#include "rule_class.h"

enum rule_class rule_class(const struct rule *rule)
{
    if (!rule->is_learned)
        return CLASS_HARD;
    switch (rule->kind) {
    case RULE_REQUIRE:
        return CLASS_MISSING;
    case RULE_ORDER:
        return CLASS_ORDER;
    case RULE_ENVIRONMENT:
        return CLASS_ENVIRONMENT;
    case RULE_CAUSE:
        return CLASS_CAUSE;
    case RULE_ARGUMENTS:
        return CLASS_ARGUMENTS;
    case RULE_ALLOW:
    case RULE_FORBID:
        return rule->about == ABOUT_VARIABLES ? CLASS_ENVIRONMENT : CLASS_NEW;
    case RULE_LIMIT:
        return rule->measure == MEASURE_TIME ? CLASS_TIME : CLASS_NEW;
    default:
        return CLASS_HARD;
    }
}
