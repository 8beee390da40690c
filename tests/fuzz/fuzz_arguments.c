/*
 * The words that people type: RUNs, --only, times, globs, columns, SQL. One argument a line;
 * trailview runs with them on shop.db, which is in the working directory.
 */
#include "fuzz.h"
#include "cli.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 12 };

/* Words that could write somewhere, follow for ever, or compute for ever. */
static bool is_unwanted(const char *word)
{
    static const char *const unwanted[] = {"/",         "\\",         "fol",     "-o",
                                           "--o",       "--u",        ".db-",    "RECURSIVE",
                                           "recursive", "randomblob", "zeroblob"};

    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        if (strstr(word, unwanted[i]) != NULL)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), program[] = "trailview", option[] = "-d", file[] = "shop.db",
         *arguments[ARGUMENTS + 4] = {program, option, file};
    int count = 3, status;
    bool is_wanted = true;

    FUZZ_EXPECT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *word = text; word != NULL && count < ARGUMENTS + 3;) {
        char *end = strchr(word, '\n');
        if (end != NULL)
            *end++ = '\0';
        is_wanted = is_wanted && !is_unwanted(word);
        arguments[count++] = word;
        word = end;
    }
    optind = 0; /* begin anew: getopt keeps its place */
    status = is_wanted ? cli_main(count, arguments) : 0;
    FUZZ_EXPECT(status >= 0 && status <= 2);
    free(text);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "diff\n1\n2\n--only\nloads,order,time\n--ignore\n*.so",
        "diff\n@build=100\n@build=101\n--format\nmarkdown",
        "loads\nlast~1\n--color\nnever",
        "events\nlast\n--kind\nload,exception\n--match\n*foo*",
        "events\n@branch=main\n--from\n1.5ms\n--to\n2s",
        "stats\n1\n2\n--only\nflaky,order",
        "check\nshop.rules\n1\n--format\nsarif",
        "sql\nSELECT run, name FROM loads LIMIT 3",
        "summary\nshop.db:1",
        "help\ndiff",
        "baseline\n1\n--time",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
