/* What a rule can be about: the words of the language (rules.h) as numbers. */
#ifndef TRAIL_RULE_KINDS_H
#define TRAIL_RULE_KINDS_H

enum rule_kind {
    RULE_REQUIRE,
    RULE_ALLOW,
    RULE_FORBID,
    RULE_ORDER,
    RULE_PATH,
    RULE_CAUSE,
    RULE_IDENTITY,
    RULE_ARGUMENTS,
    RULE_ENVIRONMENT,
    RULE_LIMIT,
    RULE_KINDS
};

/* What a REQUIRE, ALLOW or FORBID is about. */
enum rule_about { ABOUT_MODULES, ABOUT_PROCESSES, ABOUT_FAILURES, ABOUT_VARIABLES };

enum rule_measure {
    MEASURE_LOADS,
    MEASURE_EXCEPTIONS,
    MEASURE_THREADS,
    MEASURE_PROCESSES,
    MEASURE_TIME,
    MEASURES
};

enum rule_identity { IDENTITY_VERSION, IDENTITY_BUILD_ID, IDENTITY_PDB, IDENTITY_SIZE, IDENTITIES };

enum rule_point_kind {
    POINT_START,
    POINT_END,
    POINT_ENTRY,
    POINT_FIRST_LOAD,
    POINT_LAST_LOAD,
    POINT_MARK,
    POINT_LOAD,
    POINT_KINDS
};

#endif
