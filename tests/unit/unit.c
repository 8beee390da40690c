/* See unit.h. */
#define _GNU_SOURCE /* setresuid */
#include "unit.h"

#include "program.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATHS = 8, SKIPPED = 77, NOBODY = 65534 };

static char folder[64];
static pid_t folder_owner;
static int became_nobody;

int unit_choose(const struct CMUnitTest *tests, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tests[i].name, name) == 0) {
            cmocka_set_test_filter(name);
            return 0;
        }
    }
    fprintf(stderr, "there is no case '%s': is it in the table of tests?\n", name);
    return -1;
}

void unit_skip(const char *why)
{
    printf("skipped: %s\n", why);
    exit(SKIPPED);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (getpid() != folder_owner)
        return;
    if (became_nobody && setresuid(0, 0, 0) != 0)
        return;
    chmod(folder, 0700);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *unit_path(const char *name)
{
    static char paths[PATHS][256];
    static int next;
    char *path = paths[next++ % PATHS];

    if (folder[0] == '\0') {
        strcpy(folder, "/tmp/trail-unit-XXXXXX");
        assert_non_null(mkdtemp(folder));
        folder_owner = getpid();
        atexit(remove_folder);
    }
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void unit_become_nobody(const char *path_of_folder)
{
    if (geteuid() != 0)
        return;
    /* The real id counts for access(2); the saved one leads back, to clean up. */
    if (chown(path_of_folder, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, 0) != 0)
        unit_skip("running as root, and cannot become somebody else");
    became_nobody = 1;
    if (access(path_of_folder, W_OK) != 0)
        unit_skip("running as root, and somebody else cannot enter the folder");
}

void unit_write(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

char *unit_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    char *bytes;

    if (file == NULL || fstat(fileno(file), &status) != 0)
        return NULL;
    bytes = malloc((size_t)status.st_size + 1);
    assert_non_null(bytes);
    *length = fread(bytes, 1, (size_t)status.st_size, file);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

/* In place of program.c, which has a main of its own: tests have no terminal. */
const char *program_environment(const char *name)
{
    return getenv(name);
}

bool program_is_terminal(FILE *stream)
{
    (void)stream;
    return false;
}

int program_terminal_width(FILE *stream)
{
    (void)stream;
    return 0;
}
