/*
 * Rules that are learned from modules with any names, into a file that anybody wrote: what
 * `baseline --update` writes, `check` reads, and a second --update leaves as it is (status 1 in
 * both: every run violates what stands in the file). The input is a rules file, a line `=`, and the
 * names that modules and marks have then. update.db is in the working directory.
 */
#include "fuzz.h"
#include "cli.h"

#include <getopt.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 200 };

static sqlite3 *db;

static void run_sql(const char *sql)
{
    FUZZ_EXPECT(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void set_text(const char *sql, int64_t id, const char *text, size_t length)
{
    sqlite3_stmt *statement;

    FUZZ_EXPECT(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_text(statement, 2, text, (int)length, SQLITE_STATIC);
    FUZZ_EXPECT(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_finalize(statement);
}

/* A name for each module in turn; the others keep theirs of the last input. */
static void rename_modules(const char *names, size_t length)
{
    char path[NAME_BYTES + 2] = "/";

    run_sql("BEGIN");
    for (int64_t id = 1; length > 0; id++) {
        const char *end = memchr(names, '\n', length);
        size_t name = end != NULL ? (size_t)(end - names) : length,
               taken = name < NAME_BYTES ? name : NAME_BYTES;
        const char *slash = NULL;
        memcpy(path + 1, names, taken);
        for (size_t i = 0; i < taken; i++)
            if (names[i] == '/')
                slash = names + i + 1;
        set_text("UPDATE module SET path = ?2 WHERE id = ?1", id, path, taken + 1);
        set_text("UPDATE module SET name = ?2 WHERE id = ?1", id, slash != NULL ? slash : names,
                 slash != NULL ? taken - (size_t)(slash - names) : taken);
        set_text("UPDATE event_mark SET name = ?2 WHERE seq = ?1", id, names, taken);
        names += name + (end != NULL);
        length -= name + (end != NULL);
    }
    run_sql("COMMIT");
}

static int run(const char *first, const char *second, const char *third)
{
    char words[6][32] = {"trailview", "-d", "update.db"}, *arguments[7] = {NULL};
    const char *more[] = {first, second, third};

    for (size_t i = 0; i < 3; i++)
        strcpy(words[3 + i], more[i]);
    for (size_t i = 0; i < 6; i++)
        arguments[i] = words[i];
    optind = 0; /* begin anew: getopt keeps its place */
    return cli_main(words[5][0] != '\0' ? 6 : 5, arguments);
}

static char *read_rules(size_t *size)
{
    char *text = calloc(1, 1 << 20);
    FILE *file = fopen("update.rules", "rb");

    FUZZ_EXPECT(text != NULL && file != NULL);
    *size = fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t rules = 0, first_size, second_size;
    char *first, *second;
    int status;

    if (db == NULL) {
        FUZZ_EXPECT(sqlite3_open("update.db", &db) == SQLITE_OK);
        run_sql("PRAGMA synchronous = OFF");
    }
    while (rules < size && !(text[rules] == '=' && (rules == 0 || text[rules - 1] == '\n') &&
                             rules + 1 < size && text[rules + 1] == '\n'))
        rules++;
    if (rules + 2 < size)
        rename_modules(text + rules + 2, size - rules - 2);
    fuzz_write_file("update.rules", data, rules);
    status = run("baseline", "--update=update.rules", "--identity");
    if (status == 2)
        return 0;
    first = read_rules(&first_size);
    FUZZ_EXPECT(run("check", "update.rules", "") != 2);
    FUZZ_EXPECT(run("baseline", "--update=update.rules", "--identity") == status);
    second = read_rules(&second_size);
    FUZZ_EXPECT(first_size == second_size && memcmp(first, second, first_size) == 0);
    free(first);
    free(second);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "trail-rules 1\n# mine\nallow own*\nforbid *\n=\nlibodd name.so\nlib\"quoted\".so\n"
        "usr/{apps}/x.so\nlib\xE2\x80\xAE"
        "gnp.so\n#x\n[y]\nprocess\n",
        "trail-rules 1\n[process sub*]\nlimit loads 3\n[run]\norder a < b\n=\n<\n< "
        "\n\t\nlib[*?].so\n"
        "opt/{sytem}/{n}/lib{n}.so.1\n\xFF\xFE\n\xC2\x85\x7F\n",
        "trail-rules 1\n# --- learned\n# --- end of what was learned\npath x {app}\n=\nx\n",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
