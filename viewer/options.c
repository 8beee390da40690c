/* See options.h. */
#include "options.h"

#include "option_table.h"

#include <stdio.h>
#include <string.h>

static const char formats_help[] = "one of"
#define FORMAT(name) " " #name
#include "formats/formats.def"
#undef FORMAT
                                   "; default: the first";

const struct manual_option options_list[OPTIONS] = {
#define OPTION(id, ...) [OPTION_##id] = {__VA_ARGS__},
#include "options.def"
#undef OPTION
};

int options_parse(int argument_count, char **arguments, struct options *options,
                  struct trail_error *error)
{
    struct option_table table;
    int found;

    memset(options, 0, sizeof *options);
    /* ":" tells a missing argument from an unknown option */
    option_table_fill(&table, options_list, OPTIONS, ":");
    opterr = 0;
    while ((found = getopt_long(argument_count, arguments, table.shorts, table.longs, NULL)) !=
           -1) {
        if (found == '?' || found == ':')
            return option_table_wrong(options_list, OPTIONS, found, arguments[optind - 1],
                                      "trailview help", error);
        found = option_table_index(options_list, OPTIONS, found);
        options->given[found] = true;
        options->argument[found] = optarg;
        if (found != OPTION_IGNORE && found != OPTION_RULES && found != OPTION_ACCEPT)
            continue;
        if (options->repeated_count == OPTION_REPEATS_AT_MOST)
            return error_set(error, TRAIL_FAILED, 0, "--%s can be given %d times at most%s",
                             options_list[found].name, (int)OPTION_REPEATS_AT_MOST,
                             found == OPTION_IGNORE ? "; one glob can stand for several names"
                                                    : "");
        options->repeated[options->repeated_count++] = optarg;
    }
    options->positional_count = argument_count - optind;
    options->positional = arguments + optind;
    return 0;
}

int options_check(const struct options *options, uint64_t accepted, const char *command,
                  struct trail_error *error)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options->given[i] && !(accepted & OPTION_BIT(i)))
            return error_set(error, TRAIL_FAILED, 0,
                             "'%s' takes no option '--%s'; 'trailview help %s' lists what it takes",
                             command, options_list[i].name, command);
    return 0;
}
