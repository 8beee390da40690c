/*
 * trailview on a file that somebody damaged: each command ends with one of its exit statuses. Seeds
 * are files, made from fixtures.
 */
#include "fuzz.h"
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { ARGUMENTS = 6 };

static const char *const commands[][ARGUMENTS] = {
    {"runs"},
    {"summary"},
    {"events", "--format", "json"},
    {"loads"},
    {"tree"},
    {"threads"},
    {"exceptions"},
    {"output", "--format", "csv"},
    {"diff", "1", "2"},
    {"diff", "1", "last", "--format", "html"},
    {"stats", "--format", "markdown"},
    {"baseline", "--identity", "--time"},
    {"info"},
    {"verify"},
    {"sql", "SELECT * FROM events ORDER BY seq DESC"},
    {"recover"},
};

static void run(const char *const *command)
{
    char words[ARGUMENTS + 3][64] = {"trailview", "-d", "fuzz.db"},
                           *arguments[ARGUMENTS + 4] = {NULL};
    int count = 3, status;

    for (int i = 0; i < ARGUMENTS && command[i] != NULL; i++)
        snprintf(words[count++], sizeof words[0], "%s", command[i]);
    for (int i = 0; i < count; i++)
        arguments[i] = words[i];
    optind = 0; /* begin anew: getopt keeps its place */
    status = cli_main(count, arguments);
    FUZZ_EXPECT(status >= 0 && status <= 2);
}

/* One command, chosen by the bytes, so that it is the same for the same input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + data[i];
    fuzz_write_file("fuzz.db", data, size);
    run(commands[sum % (sizeof commands / sizeof commands[0])]);
    remove("fuzz.db");
    remove("fuzz.db-wal");
    remove("fuzz.db-shm");
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    (void)number;
    (void)out;
    (void)room;
    return 0;
}
