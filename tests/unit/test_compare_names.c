/* By which names and places modules are matched, and patterns of debug strings. */
#include "unit.h"

#include "compare/model/module_key.h"
#include "compare/model/place.h"
#include "compare/match/pattern.h"

#include <stdlib.h>
#include <string.h>

static void expect_key(const char *name, bool folds_case, const char *key)
{
    struct buffer out = {0};

    module_key_add(&out, name, folds_case);
    assert_string_equal(buffer_text(&out), key);
    buffer_release(&out);
}

static void test_keys_without_versions(void **state)
{
    expect_key("libfoo.so.1.2", false, "libfoo.so");
    expect_key("libfoo-1.3.so", false, "libfoo.so");
    expect_key("libc-2.36.so", false, "libc.so");
    expect_key("libstdc++.so.6.0.30", false, "libstdc++.so");
    expect_key("_json.cpython-311-x86_64-linux-gnu.so", false, "_json.so");
    expect_key("_cffi.abi3.so", false, "_cffi.so");
    expect_key("_foo.cp311-win_amd64.pyd", true, "_foo.pyd");
    expect_key("libgfortran-040039e1.so.5.0.0", false, "libgfortran.so");
    expect_key("foo-1.2.dll", true, "foo.dll");
    expect_key("Foo_1.3.0.DLL", true, "foo.dll");
    expect_key("boost_1_82_0.dll", true, "boost.dll");
    expect_key("app-v2.1.exe", true, "app.exe");
    expect_key("python3.11", false, "python");
    expect_key("foo_v9.dll", true, "foo.dll");
    expect_key("foo-v9.dll", true, "foo.dll");
    expect_key("foo-v9-8f3a2b1c.dll", true, "foo.dll");
    expect_key("libfoo-8f3a2b1c-1.2.so", false, "libfoo.so");
    expect_key("libfoo_1.2_8f3a2b1c.so.3", false, "libfoo.so");
}

static void test_keys_of_varying_names(void **state)
{
    expect_key("jna1234567890.tmp", false, "jna{n}.tmp");
    expect_key("snappy-6f9619ff-8b86-d011-b42d-00c04fc964ff-libsnappyjava.so", false,
               "snappy-{uuid}-libsnappyjava.so");
    expect_key("6F9619FF-8B86-D011-B42D-00C04FC964FF.dll", true, "{uuid}.dll");
    expect_key("8f3a2b1c9d.addon.node", false, "{n}.addon.node");
    expect_key("_MEI81234", false, "_MEI{n}");
    expect_key("tmp.FmdWtEnrdq", false, "tmp.{n}");
    expect_key("libfoo.so.Xa3k9Q", false, "libfoo.so.{n}");
}

static void test_keys_that_stay(void **state)
{
    static const char *const names[] = {"user32.dll",
                                        "ws2_32.dll",
                                        "msvcp140.dll",
                                        "ld-linux-x86-64.so",
                                        "d3dcompiler_47.dll",
                                        "lib64.so",
                                        "_sqlite3.so",
                                        "a",
                                        "1",
                                        "1.2.3",
                                        ".so",
                                        "..",
                                        "libdeadbeef.so",
                                        ""};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        expect_key(names[i], false, names[i]);
    expect_key("KERNEL32.dll", true, "kernel32.dll");
    expect_key("libFoo.so", false, "libFoo.so");
    expect_key("ÄPFEL.DLL", true, "äpfel.dll");
    expect_key("ÄPFEL.DLL", false, "ÄPFEL.DLL");
}

static void expect_place(const char *path, const char *app, bool is_windows, const char *place)
{
    struct buffer out = {0};

    place_add(&out, path, &(struct place_roots){.app = app, .temps = {"/scratch/ada"}}, is_windows);
    assert_string_equal(buffer_text(&out), place);
    buffer_release(&out);
}

static void test_places_on_windows(void **state)
{
    expect_place("C:\\Windows\\System32\\ntdll.dll", "c:/app", true, "{system}");
    expect_place("d:\\WINDOWS\\syswow64\\drivers\\x.dll", "", true, "{system}/drivers");
    expect_place("\\\\?\\C:\\Program Files\\Shop\\plugins\\tax.dll", "c:/program files/shop", true,
                 "{app}/plugins");
    expect_place("C:\\Program Files\\Shopping\\a.dll", "c:/program files/shop", true,
                 "c:/program files/shopping");
    expect_place("C:\\Users\\ada\\AppData\\Local\\Temp\\_MEI12345\\a.dll", "c:/app", true,
                 "{temp}/{n}");
    expect_place("C:\\Users\\bob\\AppData\\Local\\Temp\\_MEI812\\lib2\\a.dll", "c:/app", true,
                 "{temp}/{n}/lib2");
    expect_place("Z:\\tmp\\a\\b\\a.dll", "c:/app", true, "{temp}/{n}/b");
    expect_place("D:\\setup\\is-4QK2P.tmp\\a.dll", "", true, "d:/setup/is-{n}.tmp");
    expect_place("D:\\setup\\nsx1A2B.tmp\\a.dll", "", true, "d:/setup/ns{n}.tmp");
    expect_place("D:\\x\\_MEI81234\\a.dll", "", true, "d:/x/_mei{n}");
    expect_place("C:\\Users\\ada\\Downloads\\version.dll", "c:/app", true, "{home}/downloads");
    expect_place("C:\\ProgramData\\{6F9619FF-8B86-D011-B42D-00C04FC964FF}\\a.dll", "", true,
                 "c:/programdata/{{uuid}}");
    expect_place("C:\\Obst\\ÄPFEL\\Kern\\a.dll", "c:/obst/äpfel", true, "{app}/kern");
}

static void test_places_on_linux(void **state)
{
    expect_place("/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin", false, "{system}");
    expect_place("/lib64/ld-linux-x86-64.so.2", "/usr/bin", false, "{system}");
    expect_place("/usr/lib/python3.11/lib-dynload/_json.so", "/usr/bin", false,
                 "{system}/python{n}/lib-dynload");
    expect_place("/usr/local/lib/libfoo.so", "/usr/bin", false, "/usr/local/lib");
    expect_place("/home/ada/x/libfoo.so", "/home/ada/x", false, "{app}");
    expect_place("/home/ada/y/libfoo.so", "/home/ada/x", false, "{home}/y");
    expect_place("/tmp/tmpx3k_9ab/libfoo.so", "/opt/a", false, "{temp}/{n}");
    expect_place("/tmp/job7/libfoo.so", "/opt/a", false, "{temp}/{n}");
    expect_place("/tmp/plugins/libfoo.so", "/opt/a", false, "{temp}/{n}");
    expect_place("/tmp/plugins/v/libfoo.so", "/tmp", false, "{app}/{n}/v");
    expect_place("/scratch/ada/plugins/a/libfoo.so", "/opt/a", false, "{temp}/{n}/a");
    expect_place("/scratch/adam/libfoo.so", "/opt/a", false, "/scratch/adam");
    expect_place("/opt/b/run.Xa3k9Q/libfoo.so", "/opt/a", false, "/opt/b/run.{n}");
    expect_place("/opt/com.Oracle/tmpfiles/libfoo.so", "/opt/a", false, "/opt/com.Oracle/tmpfiles");
    expect_place("/proc/1234/root/libfoo.so", "/opt/a", false, "/proc/{n}/root");
    expect_place("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-glibc-2.37/lib/libc.so.6", "/opt/a",
                 false, "/nix/store/{n}-glibc-{n}/lib");
    expect_place("/libfoo.so", "/", false, "/");
    expect_place("libfoo.so", "", false, "");
    expect_place("", "", false, "");
}

static void test_patterns(void **state)
{
    struct buffer out = {0};

    pattern_add(&out, "pid 4711 at 0x7ffe12: deadbeef01 is bad, 3 left");
    assert_string_equal(buffer_text(&out), "pid {n} at {n}: {n} is bad, 3 left");
    buffer_release(&out);
}

static void expect_pattern(const char *text, const char *pattern)
{
    struct buffer out = {0};

    pattern_add(&out, text);
    assert_string_equal(buffer_text(&out), pattern);
    buffer_release(&out);
}

/* What looks at each rest of a run anew takes minutes for the long ones. */
static void test_patterns_of_long_runs(void **state)
{
    enum { LENGTH = 2 * 1000 * 1000 };
    char *text = malloc(LENGTH + 1);
    struct buffer out = {0};

    assert_non_null(text);
    memset(text, 'a', LENGTH);
    text[LENGTH] = '\0';
    pattern_add(&out, text);
    assert_int_equal(out.length, LENGTH);
    assert_memory_equal(buffer_text(&out), text, LENGTH);
    buffer_clear(&out);
    for (size_t i = 8; i < LENGTH; i += 9)
        text[i] = ' '; /* the decimal digit that each run lacks is nowhere behind it either */
    pattern_add(&out, text);
    assert_int_equal(out.length, LENGTH);
    buffer_release(&out);
    free(text);
    expect_pattern("deadbeef", "deadbeef");
    expect_pattern("abcdefabcdef1", "{n}");
    expect_pattern("abcdefab 1 12", "abcdefab 1 {n}");
    expect_pattern("faced0x12", "faced{n}");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_keys_without_versions), cmocka_unit_test(test_keys_of_varying_names),
    cmocka_unit_test(test_keys_that_stay),        cmocka_unit_test(test_places_on_windows),
    cmocka_unit_test(test_places_on_linux),       cmocka_unit_test(test_patterns),
    cmocka_unit_test(test_patterns_of_long_runs),
};

UNIT_MAIN(tests)
