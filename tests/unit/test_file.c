/*
 * file.c where the user matters: what a plain user may not write, folders without permission, and
 * what becomes of modes. What may stand in a file's place is tried in trace/programs/files.sh.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "db.h"
#include "file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct trail_error error;

static void expect_mode(const char *path, unsigned mode)
{
    struct stat status;

    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
}

static void expect_content(const char *path, const char *expected)
{
    size_t length;
    char *bytes = unit_read(path, &length);

    assert_non_null(bytes);
    assert_string_equal(bytes, expected);
    free(bytes);
}

static void expect_code(int result, enum trail_error_code code)
{
    assert_int_equal(result, -1);
    if (error.code != code)
        fail_msg("code %d, not %d: %s", (int)error.code, (int)code, error.sentence);
}

/* A folder that is ours, which unit_become_nobody gives away; what is in it stays root's. */
static const char *make_folder(const char *name)
{
    const char *folder = unit_path(name);

    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(unit_path("."), 0755), 0);
    return folder;
}

static void test_replacing_keeps_the_mode(void **state)
{
    const char *path = unit_path("rules");

    umask(022);
    assert_int_equal(file_replace(path, "a", 1, &error), 0);
    expect_mode(path, 0644);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(file_replace(path, "bc", 2, &error), 0);
    expect_mode(path, 0600);
    expect_content(path, "bc");
}

static void test_draft_that_is_not_whole_changes_nothing(void **state)
{
    const char *folder = make_folder("drafts"), *path = unit_path("drafts/rules");
    struct file_draft *draft;

    unit_write(path, "mine", 4);
    assert_non_null(draft = file_draft_open(path, &error));
    fputs("half", file_draft_stream(draft));
    expect_content(path, "mine");
    assert_int_equal(file_draft_close(draft, false, &error), -1);
    expect_content(path, "mine");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing is left beside it */
}

static void test_draft_that_cannot_be_written(void **state)
{
    const char *path = unit_path("large");
    struct rlimit limit = {4096, RLIM_INFINITY};
    struct file_draft *draft = file_draft_open(path, &error);

    assert_non_null(draft);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (int i = 0; i < 100000; i++)
        fputs("more", file_draft_stream(draft));
    expect_code(file_draft_close(draft, true, &error), TRAIL_NO_SPACE);
    assert_int_equal(file_look(path, NULL, &error), 0);
    limit.rlim_cur = RLIM_INFINITY;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_new_file_is_like_the_database(void **state)
{
    const char *like = unit_path("like"), *path = unit_path("new");
    file_handle file;

    umask(0);
    unit_write(like, "", 0);
    assert_int_equal(chmod(like, 0600), 0);
    file = file_make(path, like, &error);
    assert_true(file != FILE_NONE);
    file_close(file);
    expect_mode(path, 0600);
    assert_true(file_make(path, like, &error) == FILE_NONE);
    assert_int_equal(error.code, TRAIL_FOREIGN);
}

static void test_links_are_not_made_through_nor_opened(void **state)
{
    const char *link = unit_path("link"), *target = unit_path("target");

    assert_int_equal(symlink("target", link), 0);
    assert_true(file_make(link, NULL, &error) == FILE_NONE);
    assert_int_equal(access(target, F_OK), -1);
    unit_write(target, "victim", 6);
    assert_true(file_make(link, NULL, &error) == FILE_NONE);
    assert_true(file_open_own(link, true, &error) == FILE_NONE);
    assert_int_equal(error.code, TRAIL_FOREIGN);
    expect_content(target, "victim");
}

static void test_read_only_file_is_not_replaced(void **state)
{
    const char *folder = make_folder("readonly"), *path = unit_path("readonly/rules");

    unit_write(path, "mine", 4);
    assert_int_equal(chmod(path, 0444), 0);
    unit_become_nobody(folder);
    expect_code(file_replace(path, "x", 1, &error), TRAIL_READ_ONLY);
    expect_content(path, "mine");
    expect_mode(path, 0444);
}

static void test_other_users_file_is_not_replaced(void **state)
{
    const char *folder = make_folder("others"), *path = unit_path("others/rules");
    sqlite3 *db;

    if (geteuid() != 0)
        unit_skip("not running as root, so there is no other user");
    unit_write(path, "mine", 4);
    assert_int_equal(chmod(path, 0644), 0);
    unit_become_nobody(folder);
    expect_code(file_replace(path, "x", 1, &error), TRAIL_READ_ONLY);
    expect_code(db_open_for_recording(path, &db, &error), TRAIL_READ_ONLY);
    expect_content(path, "mine");
}

static void test_folder_without_permission(void **state)
{
    const char *folder = make_folder("closed"), *path = unit_path("closed/rules");

    unit_write(path, "mine", 4);
    assert_int_equal(chmod(path, 0666), 0);
    unit_become_nobody(folder);
    assert_int_equal(chmod(folder, 0555), 0);
    expect_code(file_replace(path, "x", 1, &error), TRAIL_READ_ONLY);
    expect_code(file_replace(unit_path("closed/new"), "x", 1, &error), TRAIL_READ_ONLY);
    expect_content(path, "mine");
    assert_int_equal(chmod(folder, 0), 0);
    expect_code(file_look(path, NULL, &error), TRAIL_READ_ONLY);
    assert_int_equal(chmod(folder, 0755), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_replacing_keeps_the_mode),
    cmocka_unit_test(test_draft_that_is_not_whole_changes_nothing),
    cmocka_unit_test(test_draft_that_cannot_be_written),
    cmocka_unit_test(test_new_file_is_like_the_database),
    cmocka_unit_test(test_links_are_not_made_through_nor_opened),
    cmocka_unit_test(test_read_only_file_is_not_replaced),
    cmocka_unit_test(test_other_users_file_is_not_replaced),
    cmocka_unit_test(test_folder_without_permission),
};

UNIT_MAIN(tests)
