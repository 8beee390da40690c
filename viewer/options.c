/* See options.h. */
#include "options.h"

#include "human.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option_description descriptions[OPTIONS] = {
    [OPTION_DATABASE] = {"database", 'd', "FILE",
                         "the trail file (default: $TRAIL_DB, else ./trail.db)"},
    [OPTION_FORMAT] = {"format", 'f', "FORMAT",
                       "table (default), json, ndjson, csv, markdown or html"},
    [OPTION_COLOR] = {"color", '\0', "WHEN",
                      "auto (default: on a terminal, unless NO_COLOR is set), always or never"},
    [OPTION_HELP] = {"help", 'h', NULL, "explain the command"},
    [OPTION_VERSION] = {"version", '\0', NULL, "print the version"},
    [OPTION_KIND] =
        {"kind", 'k', "KIND[,KIND]",
         "only events of these kinds: LoadDll,Exception, or how they begin: load,exc; any case"},
    [OPTION_PID] = {"pid", 'p', "PID", "only this process"},
    [OPTION_TID] = {"tid", 't', "TID", "only this thread"},
    [OPTION_MODULE] =
        {"module", 'm', "GLOB",
         "only modules of this name (or path, if GLOB has a / or \\); * ? [a-z], any case"},
    [OPTION_FROM] =
        {"from", '\0', "TIME",
         "only from this time of the run on: 1.5s, 300ms, 20us, 5ns; a plain number is seconds"},
    [OPTION_TO] = {"to", '\0', "TIME", "only up to this time of the run"},
    [OPTION_TEXT] = {"text", '\0', "STRING", "only where a text contains STRING, in any case"},
    [OPTION_SORT] = {"sort", 's', "KEY", "another order; a - before KEY reverses it"},
    [OPTION_REVERSE] = {"reverse", 'r', NULL, "the last first"},
    [OPTION_LIMIT] = {"limit", 'n', "N", "at most N rows"},
    [OPTION_ONLY] = {"only", '\0', "PART[,PART]",
                     "only these parts: of diff loads, order, identity, path, processes, threads, "
                     "exceptions, output, time"},
    [OPTION_IGNORE] = {"ignore", 'i', "GLOB",
                       "leave these out, by name (or path, if GLOB has a / or \\); * ? [a-z], any "
                       "case; repeatable"},
    [OPTION_FOLLOW] = {"follow", 'F', NULL,
                       "while the run is recorded, go on with what comes; ends when the run does, "
                       "or after N rows"},
    [OPTION_OUTPUT] = {"output", 'o', "FILE", "write to FILE instead of standard output"},
    [OPTION_UPDATE] =
        {"update", 'u', "FILE",
         "learn the learned part of this rules file anew, and leave the rest of it as it is"},
    [OPTION_IDENTITY] = {"identity", '\0', NULL,
                         "also which builds the modules are: version, build-id, PDB"},
    [OPTION_TIME] = {"time", '\0', NULL,
                     "also how long the spans between marks take: for runs on this machine"},
    [OPTION_EXPLAIN] =
        {"explain", '\0', NULL,
         "say of every rule what it means and how it was judged, also of those that hold"},
};

const struct option_description *options_description(enum option_id option)
{
    return &descriptions[option];
}

static void fill_getopt(struct option *longs, char *shorts)
{
    *shorts++ = ':'; /* tells a missing argument from an unknown option */
    for (int i = 0; i < OPTIONS; i++) {
        longs[i].name = descriptions[i].name;
        longs[i].has_arg = descriptions[i].argument != NULL ? required_argument : no_argument;
        longs[i].flag = NULL;
        longs[i].val = 256 + i;
        if (descriptions[i].letter != '\0') {
            *shorts++ = descriptions[i].letter;
            if (descriptions[i].argument != NULL)
                *shorts++ = ':';
        }
    }
    memset(&longs[OPTIONS], 0, sizeof longs[OPTIONS]);
    *shorts = '\0';
}

static int find_letter(int letter)
{
    for (int i = 0; i < OPTIONS; i++)
        if (descriptions[i].letter != '\0' && descriptions[i].letter == letter)
            return i;
    return -1;
}

static int bad_option(const char *word, int letter, struct trail_error *error)
{
    char name[64];
    const char *nearest;

    if (letter > 0 && letter < 256)
        return error_set(error, TRAIL_FAILED, 0, "unknown option '-%c'; 'trailview help' explains",
                         letter);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest = human_nearest(name, &descriptions[0].name, OPTIONS, sizeof descriptions[0]);
    if (nearest != NULL)
        return error_set(error, TRAIL_FAILED, 0, "unknown option '--%s'; did you mean '--%s'?",
                         name, nearest);
    return error_set(error, TRAIL_FAILED, 0, "unknown option '--%s'; 'trailview help' explains",
                     name);
}

int options_parse(int argument_count, char **arguments, struct options *options,
                  struct trail_error *error)
{
    struct option longs[OPTIONS + 1];
    char shorts[2 * OPTIONS + 2];
    int found;

    memset(options, 0, sizeof *options);
    fill_getopt(longs, shorts);
    opterr = 0;
    while ((found = getopt_long(argument_count, arguments, shorts, longs, NULL)) != -1) {
        const char *word = arguments[optind - 1];
        if (found == ':')
            return error_set(error, TRAIL_FAILED, 0, "option '%s' needs an argument", word);
        /* a known long option: it was given an argument it does not take */
        if (found == '?' && optopt >= 256)
            return error_set(error, TRAIL_FAILED, 0, "option '--%s' takes no argument",
                             descriptions[optopt - 256].name);
        if (found == '?')
            return bad_option(word, optopt, error);
        found = found >= 256 ? found - 256 : find_letter(found);
        options->given[found] = true;
        options->argument[found] = optarg;
        if (found == OPTION_IGNORE && options->ignored_count == OPTION_IGNORES_AT_MOST)
            return error_set(
                error, TRAIL_FAILED, 0,
                "--ignore can be given %d times at most; one glob can stand for several names",
                (int)OPTION_IGNORES_AT_MOST);
        if (found == OPTION_IGNORE)
            options->ignored[options->ignored_count++] = optarg;
    }
    options->positional_count = argument_count - optind;
    options->positional = arguments + optind;
    return 0;
}

int options_check(const struct options *options, unsigned accepted, const char *command,
                  struct trail_error *error)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options->given[i] && !(accepted & OPTION_BIT(i)))
            return error_set(error, TRAIL_FAILED, 0,
                             "'%s' takes no option '--%s'; 'trailview help %s' lists what it takes",
                             command, descriptions[i].name, command);
    return 0;
}
