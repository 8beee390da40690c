/*
 * What every unit test needs: cmocka, a main that runs one case by name (so that each case is a
 * CTest entry of its own), skipping with a reason, and a folder of its own for files.
 *
 *     static void test_something(void **state) { ... }
 *     static const struct CMUnitTest tests[] = {cmocka_unit_test(test_something)};
 *     UNIT_MAIN(tests)
 */
#ifndef TRAIL_UNIT_H
#define TRAIL_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Leaves all cases but the named one out. Returns 0, or -1 if there is no such case. */
int unit_choose(const struct CMUnitTest *tests, size_t count, const char *name);

#define UNIT_MAIN(tests)                                                             \
    int main(int argument_count, char **arguments)                                   \
    {                                                                                \
        if (argument_count > 1 &&                                                    \
            unit_choose(tests, sizeof(tests) / sizeof(tests)[0], arguments[1]) != 0) \
            return 2;                                                                \
        return cmocka_run_group_tests(tests, NULL, NULL);                            \
    }

/* Ends the program as skipped, saying why. */
void unit_skip(const char *why);

/* The path of a file in a folder that is made at the first call and removed, with all that is in
 * it, at the end. Keep it short-lived: eight paths stay valid. */
const char *unit_path(const char *name);

/*
 * As root nothing is read-only: from here on the case runs as nobody, to whom the folder is given.
 * Does nothing for other users.
 */
void unit_become_nobody(const char *path_of_folder);

/* What sqlite3_column_text gives, whose bytes are unsigned, against what is expected. */
#define unit_assert_column(text, expected) assert_string_equal((const char *)(text), (expected))

/* Writes a whole file, and reads one (NUL-terminated, to be freed; NULL if it is not there). */
void unit_write(const char *path, const void *bytes, size_t length);
char *unit_read(const char *path, size_t *length);

#endif
