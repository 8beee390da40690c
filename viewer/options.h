/*
 * The command line: every option of every command stands in one list, a command's descriptor says
 * which of them it takes. Options may stand anywhere. Parsing knows nothing of databases.
 */
#ifndef TRAIL_OPTIONS_H
#define TRAIL_OPTIONS_H

#include "error.h"
#include "manual.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "options.def"
#undef OPTION
    OPTIONS
};

#define OPTION_BIT(option) (UINT64_C(1) << (option))
#define OPTIONS_COMMON                                                                    \
    (OPTION_BIT(OPTION_DATABASE) | OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_COLOR) | \
     OPTION_BIT(OPTION_SAFE) | OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_VERSION))

enum { OPTION_REPEATS_AT_MOST = 64 };

struct options {
    bool given[OPTIONS];
    const char *argument[OPTIONS]; /* NULL unless given with an argument; the last one wins */
    const char *repeated[OPTION_REPEATS_AT_MOST]; /* all that --ignore, --rules or --accept said */
    size_t repeated_count;
    int positional_count;
    char **positional; /* what is no option, in order: points into the argument list */
};

/* All of them, by their identifiers. */
extern const struct manual_option options_list[OPTIONS];

/*
 * Reorders the argument list. Returns 0, or -1 and a sentence about the first thing that is wrong.
 */
int options_parse(int argument_count, char **arguments, struct options *options,
                  struct trail_error *error);

/*
 * Whether only options of the set (OPTION_BITs) were given: 0, or -1 and a sentence that names
 * `command`.
 */
int options_check(const struct options *options, uint64_t accepted, const char *command,
                  struct trail_error *error);

#endif
