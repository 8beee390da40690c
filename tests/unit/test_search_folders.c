/* Where a loader looks for a module: the order of places, and in which of them it was. */
#include "search_folders.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static char list[4096];

static int add(void *context, const struct search_place *place)
{
    size_t used = strlen(list);

    snprintf(list + used, sizeof list - used, "%s[%s%s%s]", place->is_here ? "*" : "",
             place->source, place->folder[0] != '\0' ? ": " : "", place->folder);
    return 0;
}

static void expect(const struct search_facts *facts, const char *places)
{
    list[0] = '\0';
    assert_int_equal(search_folders(facts, add, NULL), 0);
    assert_string_equal(list, places);
}

static void test_linux_order(void **state)
{
    struct search_facts facts = {
        .path = "/opt/app/lib/libx.so",
        .importer = "app",
        .importer_path = "/opt/app/bin/app",
        .library_path = "/first:/second",
        .runpath = "$ORIGIN/../lib:/third",
    };

    expect(&facts, "[LD_LIBRARY_PATH: /first][LD_LIBRARY_PATH: /second]"
                   "*[RUNPATH of app: /opt/app/bin/../lib][RUNPATH of app: /third]"
                   "[the loader's cache, or a default folder]");
    facts.rpath = facts.runpath;
    facts.runpath = NULL;
    expect(&facts, "*[RPATH of app: /opt/app/bin/../lib][RPATH of app: /third]"
                   "[LD_LIBRARY_PATH: /first][LD_LIBRARY_PATH: /second]"
                   "[the loader's cache, or a default folder]");
}

static void test_folders_of_the_system(void **state)
{
    struct search_facts facts = {.path = "/usr/lib/x86_64-linux-gnu/libz.so.1.2",
                                 .importer = "app"};

    expect(&facts, "*[the loader's cache, or a default folder]");
    facts.path = "/opt/cached/libz.so"; /* asked for by this path, or in the cache */
    expect(&facts, "*[the loader's cache]");
    facts.imported_as = "libz.so";
    expect(&facts, "*[the loader's cache, or a place that is not recorded]");
    facts.path = "/usr/lib/own/libz.so";
    facts.library_path = "/lib/own/";
    expect(&facts, "*[LD_LIBRARY_PATH: /lib/own/][the loader's cache, or a default folder]");
}

static void test_rpath_of_the_program(void **state)
{
    struct search_facts facts = {
        .path = "/opt/app/lib/libx.so",
        .importer = "libmid.so",
        .importer_path = "/opt/app/lib/libmid.so",
        .imported_as = "libx.so",
        .program = "app",
        .program_path = "/opt/app/bin/app",
        .program_rpath = "$ORIGIN/../lib",
        .library_path = "/first",
    };

    expect(&facts, "*[RPATH of app: /opt/app/bin/../lib][LD_LIBRARY_PATH: /first]"
                   "[the loader's cache, or a default folder]");
    facts.runpath = "/other";
    expect(&facts, "[LD_LIBRARY_PATH: /first][RUNPATH of libmid.so: /other]"
                   "*[the loader's cache, or a place that is not recorded]");
}

static void test_found_nowhere(void **state)
{
    struct search_facts facts = {.importer = "app", .library_path = "/first:/"};

    expect(&facts, "[LD_LIBRARY_PATH: /first][LD_LIBRARY_PATH: /]"
                   "[the loader's cache, or a default folder]");
    facts.imported_as = "/x/liby.so";
    expect(&facts, "[its path: /x/liby.so]");
}

static void test_empty_entry_means_the_working_folder(void **state)
{
    struct search_facts facts = {
        .path = "/work/libz.so", .importer = "app", .library_path = ":/a", .directory = "/work"};

    expect(&facts, "*[LD_LIBRARY_PATH: /work][LD_LIBRARY_PATH: /a]"
                   "[the loader's cache, or a default folder]");
}

static void test_relative_folder(void **state)
{
    struct search_facts facts = {.path = "/work/lib/libz.so",
                                 .importer = "app",
                                 .library_path = "./lib",
                                 .directory = "/work"};

    expect(&facts, "*[LD_LIBRARY_PATH: ./lib][the loader's cache, or a default folder]");
}

static void test_import_by_path(void **state)
{
    struct search_facts facts = {
        .path = "/x/libz.so", .importer = "app", .imported_as = "/x/libz.so", .library_path = "/x"};

    expect(&facts, "*[its path: /x/libz.so]");
}

static void test_windows_order(void **state)
{
    struct search_facts facts = {
        .is_windows = true,
        .path = "C:\\WINDOWS\\system32\\version.dll",
        .program_path = "D:\\app\\app.exe",
        .system_root = "C:\\Windows",
        .directory = "D:\\work",
        .path_variable = "E:\\tools;D:\\app",
    };

    expect(&facts, "[the program's folder: D:\\app\\]"
                   "*[KnownDLLs, or the system's folder: C:\\Windows\\System32]"
                   "[the 16-bit system's folder: C:\\Windows\\System][Windows' folder: C:\\Windows]"
                   "[the working folder: D:\\work][PATH: E:\\tools][PATH: D:\\app]");
    facts.path = "d:\\App\\version.dll";
    list[0] = '\0';
    search_folders(&facts, add, NULL);
    assert_int_equal(strncmp(list, "*[the program's folder: D:\\app\\]", 32), 0);
    assert_null(strstr(list + 1, "*"));
}

static void test_unknown_and_long(void **state)
{
    static char path[9000];
    struct search_facts facts = {.path = NULL};

    expect(&facts, "[the loader's cache, or a default folder]");
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[8000] = '/';
    facts.path = path;
    facts.library_path = path;
    list[0] = '\0';
    assert_int_equal(search_folders(&facts, add, NULL), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_linux_order),
    cmocka_unit_test(test_folders_of_the_system),
    cmocka_unit_test(test_rpath_of_the_program),
    cmocka_unit_test(test_found_nowhere),
    cmocka_unit_test(test_empty_entry_means_the_working_folder),
    cmocka_unit_test(test_relative_folder),
    cmocka_unit_test(test_import_by_path),
    cmocka_unit_test(test_windows_order),
    cmocka_unit_test(test_unknown_and_long),
};
UNIT_MAIN(tests)
