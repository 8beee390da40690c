/* API sets: a schema that is made here, as Windows 10 has it. */
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
    put(0, 4); /* Windows 8.1 */
    assert_string_equal(host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "a.dll"), "none");
}

static void test_a_schema_that_is_cut(void **state)
{
    struct api_sets sets = make();
    size_t whole = sets.size;

    for (sets.size = 0; sets.size < whole; sets.size++) {
        const char *host = host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "b.dll");
        assert_true(strcmp(host, "none") == 0 || strcmp(host, "kernelbase.dll") == 0);
    }
    for (size_t at = 0; at + 4 <= whole; at += 4) { /* an offset or a length from afar */
        sets = make();
        put(at, 0xFFFFFFF0);
        host_of(&sets, "api-ms-win-core-file-l1-2-0.dll", "b.dll");
    }
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
    cmocka_unit_test(test_a_schema_that_is_cut),
    cmocka_unit_test(test_imports),
};
UNIT_MAIN(tests)
