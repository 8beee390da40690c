/*
 * The memory of files that were identified: the same path and stamp, and nothing else, is the same
 * file.
 */
#include "image/identity_cache.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct module_identity identity; /* large */

static const struct file_stamp first = {
    .volume = 1, .number = 2, .bytes = 3, .modified = 4, .changed = 5};

static void remember(const char *path, const struct file_stamp *stamp, const char *build_id)
{
    snprintf(identity.path, sizeof identity.path, "%s", path);
    snprintf(identity.build_id, sizeof identity.build_id, "%s", build_id);
    identity_cache_remember(path, stamp, &identity);
}

static void test_what_was_remembered_is_found(void **state)
{
    const struct module_identity *found;

    assert_null(identity_cache_find("/a", &first));
    assert_null(identity_cache_find_path("/a"));
    remember("/a", &first, "aa");
    found = identity_cache_find("/a", &first);
    assert_non_null(found);
    assert_string_equal(found->path, "/a");
    assert_string_equal(found->build_id, "aa");
    assert_ptr_equal(identity_cache_find_path("/a"), found);
    assert_null(identity_cache_find("/b", &first));
}

static void test_any_other_stamp_is_another_file(void **state)
{
    struct file_stamp stamps[5] = {first, first, first, first, first};

    stamps[0].volume++;
    stamps[1].number++;
    stamps[2].bytes++;
    stamps[3].modified++;
    stamps[4].changed++;
    remember("/a", &first, "aa");
    for (int i = 0; i < 5; i++)
        assert_null(identity_cache_find("/a", &stamps[i]));
    remember("/a", &stamps[3], "bb");
    assert_null(identity_cache_find("/a", &first));
    assert_string_equal(identity_cache_find("/a", &stamps[3])->build_id, "bb");
}

/* More paths than it has room for: each is its own or forgotten, never another's. */
static void test_many_paths(void **state)
{
    unsigned found = 0;
    char path[32];

    for (int i = 0; i < 2000; i++) {
        snprintf(path, sizeof path, "/many/%d", i);
        remember(path, &first, path);
    }
    for (int i = 0; i < 2000; i++) {
        const struct module_identity *known;
        snprintf(path, sizeof path, "/many/%d", i);
        known = identity_cache_find(path, &first);
        if (known == NULL)
            continue;
        assert_string_equal(known->path, path);
        assert_string_equal(known->build_id, path);
        found++;
    }
    assert_in_range(found, 1, 2000);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_was_remembered_is_found),
    cmocka_unit_test(test_any_other_stamp_is_another_file),
    cmocka_unit_test(test_many_paths),
};
UNIT_MAIN(tests)
