/* See options.h. */
#include "options.h"

#include "human.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option_description descriptions[OPTIONS] = {
#define OPTION(id, ...) [OPTION_##id] = {__VA_ARGS__},
#include "options.def"
#undef OPTION
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
