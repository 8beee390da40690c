/* API sets: schemas that are made here, as Windows 7, 8.1 and 10 have them. */
#include "image/api_sets.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static unsigned char schema[2048];
static size_t used;

static void put(size_t at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        schema[at + (size_t)i] = (unsigned char)(number >> 8 * i);
}

static uint32_t add_text(const char *text)
{
    uint32_t at = (uint32_t)used;

    for (; *text != '\0'; text++) {
        schema[used++] = (unsigned char)*text;
        schema[used++] = 0;
    }
    return at;
}

static void put_text(size_t at, const char *text)
{
    put(at, add_text(text));
    put(at + 4, 2 * (uint32_t)strlen(text));
}

/* Two sets: of the first another module stands for it where b.dll asks, for the second nothing. */
static struct api_sets make(void)
{
    enum { ENTRIES = 28, VALUES = ENTRIES + 2 * 24 };
    static const char *const names[] = {"api-ms-win-core-file-l1-2", "ext-ms-win-none-l1-1"};

    memset(schema, 0, sizeof schema);
    used = VALUES + 3 * 20;
    put(0, 6);
    put(12, 2);
    put(16, ENTRIES);
    for (size_t i = 0; i < 2; i++) {
        put_text(ENTRIES + 24 * i + 4, names[i]);
        put(ENTRIES + 24 * i + 12, 2 * (uint32_t)strlen(names[i]));
        add_text("-0"); /* the rest of the name */
        put(ENTRIES + 24 * i + 16, (uint32_t)(VALUES + 40 * i));
        put(ENTRIES + 24 * i + 20, i == 0 ? 2 : 1);
    }
    put_text(VALUES + 12, "kernelbase.dll");
    put_text(VALUES + 20 + 4, "b.dll");
    put_text(VALUES + 20 + 12, "other.dll");
    put(4, (uint32_t)used);
    return (struct api_sets){schema, used};
}

/* The same as Windows 7 (2) and 8.1 (4) have it: whole names without what they begin with. */
static struct api_sets make_old(uint32_t version)
{
    static const char *const names[] = {"ms-win-core-file-l1-2-0", "ms-win-none-l1-1-0"};
    const size_t head = version == 2 ? 8 : 16, entry = version == 2 ? 12 : 24,
                 count = version == 2 ? 4 : 8, value = version == 2 ? 16 : 20,
                 name = version == 2 ? 0 : 4, values = head + 2 * entry;
    size_t at[2] = {values, values + count + 2 * value};

    memset(schema, 0, sizeof schema);
    used = at[1] + count + value;
    put(0, version);
    put(head == 8 ? 4 : 12, 2);
    for (size_t i = 0; i < 2; i++) {
        put_text(head + entry * i + name, names[i]);
        put(head + entry * (i + 1) - 4, (uint32_t)at[i]);
        put(at[i] + count - 4, i == 0 ? 2 : 1);
    }
    put_text(at[0] + count + name + 8, "kernelbase.dll");
    put_text(at[0] + count + value + name, "b.dll");
    put_text(at[0] + count + value + name + 8, "other.dll");
    return (struct api_sets){schema, used};
}

static const char *host_of(const struct api_sets *sets, const char *name, const char *importer)
{
    static char host[64];

    return api_sets_find(sets, name, importer, host, sizeof host) ? host : "none";
}

static void test_who_stands_for_it(void **state)
{
    struct api_sets sets = make();

    assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "a.dll"),
                        "kernelbase.dll");
    assert_string_equal(host_of(&sets, "API-MS-Win-Core-File-L1-2-4.DLL", "a.dll"),
                        "kernelbase.dll");
    assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-0", "B.dll"), "other.dll");
    assert_string_equal(host_of(&sets, "ext-ms-win-none-l1-1-0.dll", "a.dll"), "none");
    assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-3-0.dll", "a.dll"), "none");
    assert_string_equal(host_of(&sets, "kernelbase.dll", "a.dll"), "none");
    assert_string_equal(host_of(&sets, "", "a.dll"), "none");
    put(0, 5);
    assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "a.dll"), "none");
}

static void test_as_older_systems_have_them(void **state)
{
    for (uint32_t version = 2; version <= 4; version += 2) {
        struct api_sets sets = make_old(version);
        assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "a.dll"),
                            "kernelbase.dll");
        assert_string_equal(host_of(&sets, "API-MS-Win-Core-File-L1-2-0", "B.dll"), "other.dll");
        assert_string_equal(host_of(&sets, "ext-ms-win-none-l1-1-0.dll", "a.dll"), "none");
        /* there is just this number of it */
        assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-1.dll", "a.dll"), "none");
        assert_string_equal(host_of(&sets, "ms-win-core-file-l1-2-0.dll", "a.dll"), "none");
        assert_string_equal(host_of(&sets, "api-.dll", "a.dll"), "none");
        assert_string_equal(host_of(&sets, "api-", "a.dll"), "none");
    }
}

static struct api_sets make_any(uint32_t version)
{
    return version == 6 ? make() : make_old(version);
}

static void cut(uint32_t version)
{
    struct api_sets sets = make_any(version);
    size_t whole = sets.size;

    for (sets.size = 0; sets.size < whole; sets.size++) {
        const char *host = host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "b.dll");
        assert_true(strcmp(host, "none") == 0 || strcmp(host, "kernelbase.dll") == 0);
    }
    for (size_t at = 0; at + 4 <= whole; at += 4) { /* an offset or a length from afar */
        sets = make_any(version);
        put(at, 0xFFFFFFF0);
        host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "b.dll");
    }
}

static void test_a_schema_that_is_cut(void **state)
{
    for (uint32_t version = 2; version <= 6; version += 2)
        cut(version);
}

static void test_imports(void **state)
{
    static struct module_identity identity;
    struct api_sets sets = make(), none = {.schema = NULL};
    static const char imports[] = "aapi-ms-win-core-file-l1-2-0.dll\n"
                                  "akernel32.dll\n"
                                  "bext-ms-win-none-l1-1-0.dll\n"
                                  "capi-ms-win-core-file-l1-2-1.dll\n"
                                  "h\n";

    strcpy(identity.path, "C:\\Windows\\b.dll");
    strcpy(identity.imports, imports);
    api_sets_resolve(&none, &identity);
    assert_string_equal(identity.imports, imports);
    api_sets_resolve(&sets, &identity);
    assert_string_equal(identity.imports, "aapi-ms-win-core-file-l1-2-0.dll\tother.dll\n"
                                          "akernel32.dll\n"
                                          "bext-ms-win-none-l1-1-0.dll\n"
                                          "capi-ms-win-core-file-l1-2-1.dll\tother.dll\n"
                                          "h\n");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_who_stands_for_it),
    cmocka_unit_test(test_as_older_systems_have_them),
    cmocka_unit_test(test_a_schema_that_is_cut),
    cmocka_unit_test(test_imports),
};
UNIT_MAIN(tests)
