/* Static causes of loads: requests with and without brackets, roots, and whose import a load is. */
#include "store/causes.h"
#include "unit.h"

#include <stdio.h>

static struct causes *causes;

static int make(void **state)
{
    (void)state;
    causes = causes_new();
    return causes == NULL ? -1 : 0;
}

static int drop(void **state)
{
    (void)state;
    causes_free(causes);
    return 0;
}

/* Imports are written as in a list of imports.h: "a" is needed, "b" delayed, "g" the interpreter.
 */
static void begin_image(bool has_brackets, const char *imports)
{
    struct causes_load image = {.seq = 1, .has_brackets = has_brackets, .imports = imports};

    assert_int_equal(causes_image(causes, &image), 0);
}

static void expect(const struct causes_load *load, uint64_t cause, uint64_t request, uint64_t by)
{
    struct cause found;

    assert_int_equal(causes_load(causes, load, &found), 0);
    assert_int_equal(found.cause, cause);
    assert_int_equal(found.request_seq, request);
    assert_int_equal(found.by_seq, by);
}

static struct causes_load load(uint64_t seq, uint64_t t_ns, uint64_t phase, const char *name,
                               const char *imports)
{
    return (struct causes_load){.seq = seq,
                                .t_ns = t_ns,
                                .phase = phase,
                                .has_brackets = true,
                                .names = {NULL, name},
                                .imports = imports};
}

static void expect_linux(uint64_t seq, uint64_t t_ns, uint64_t phase, const char *name,
                         const char *imports, uint64_t cause, uint64_t request, uint64_t by)
{
    struct causes_load one = load(seq, t_ns, phase, name, imports);

    expect(&one, cause, request, by);
}

static void expect_windows(uint64_t seq, uint64_t phase, const char *name, const char *imports,
                           uint64_t cause, uint64_t request, uint64_t by)
{
    struct causes_load one = load(seq, seq, phase, name, imports);

    one.has_brackets = false;
    expect(&one, cause, request, by);
}

static void test_start_up(void **state)
{
    (void)state;
    begin_image(true, "aliba.so.1\nalibc.so.6\ng/lib64/ld.so.2\n");
    expect_linux(2, 5, LOAD_PHASE_STARTUP, "spy.so", "", CAUSE_PRELOADED, 1, 0);
    expect_linux(3, 5, LOAD_PHASE_STARTUP, "liba.so.1", "alibb.so\nalibc.so.6\n", CAUSE_NEEDED, 1,
                 1);
    expect_linux(4, 5, LOAD_PHASE_STARTUP, "libc.so.6", "", CAUSE_NEEDED, 1, 1);
    expect_linux(5, 5, LOAD_PHASE_STARTUP, "libb.so", "", CAUSE_NEEDED, 1, 3);
    expect_linux(6, 5, LOAD_PHASE_STARTUP, "ld.so.2", "", CAUSE_LOADER, 1, 0);
}

static void test_names_by_which_it_is_imported(void **state)
{
    struct causes_load by_soname = {.seq = 2,
                                    .phase = LOAD_PHASE_STARTUP,
                                    .has_brackets = true,
                                    .names = {"libz.so.1", "libz.so.1.2.13"}};
    struct causes_load as_asked = {.seq = 3,
                                   .phase = LOAD_PHASE_STARTUP,
                                   .has_brackets = true,
                                   .names = {"", "real.so", "link.so"}};

    (void)state;
    begin_image(true, "alibz.so.1\na./dir/link.so\n");
    expect(&by_soname, CAUSE_NEEDED, 1, 1);
    expect(&as_asked, CAUSE_NEEDED, 1, 1);
}

static void test_audit_modules(void **state)
{
    struct causes_load audit = load(2, 5, LOAD_PHASE_STARTUP, "audit.so", "alibc.so.6\n");

    (void)state;
    audit.is_audit = true;
    begin_image(true, "alibc.so.6\n");
    expect(&audit, CAUSE_AUDIT, 1, 0);
}

/* One stop is one request, also if two of them load what the other's newcomers import. */
static void test_brackets_part_requests(void **state)
{
    (void)state;
    begin_image(true, "");
    expect_linux(2, 10, LOAD_PHASE_RUNTIME, "p.so", "aq.so\n", CAUSE_ASKED, 2, 0);
    expect_linux(3, 10, LOAD_PHASE_RUNTIME, "q.so", "ar.so\n", CAUSE_NEEDED, 2, 2);
    expect_linux(4, 20, LOAD_PHASE_RUNTIME, "r.so", "", CAUSE_ASKED, 4, 0);
    expect_linux(5, 30, LOAD_PHASE_RUNTIME, "p.so", "aq.so\n", CAUSE_ASKED, 5, 0);
    expect_linux(6, 30, LOAD_PHASE_RUNTIME, "q.so", "ar.so\n", CAUSE_NEEDED, 5, 5);
    expect_linux(7, 30, LOAD_PHASE_RUNTIME, "z.so", "", CAUSE_ASKED, 5, 0);
}

/* Without brackets a request goes on as long as imports reach it; case does not count. */
static void test_requests_without_brackets(void **state)
{
    (void)state;
    begin_image(false, "aKERNEL32.dll\nblazy.dll\n");
    expect_windows(2, LOAD_PHASE_STARTUP, "ntdll.dll", "", CAUSE_LOADER, 1, 0);
    expect_windows(3, LOAD_PHASE_STARTUP, "kernel32.dll", "antdll.dll\n", CAUSE_NEEDED, 1, 1);
    expect_windows(20, LOAD_PHASE_STARTUP, "tzres.dll", "", CAUSE_ASKED, 1, 0);
    expect_windows(4, LOAD_PHASE_RUNTIME, "plug.dll", "aDeep.dll\ncforward.dll\n", CAUSE_ASKED, 4,
                   0);
    expect_windows(5, LOAD_PHASE_RUNTIME, "deep.DLL", "adeeper.dll\n", CAUSE_NEEDED, 4, 4);
    expect_windows(6, LOAD_PHASE_RUNTIME, "deeper.dll", "", CAUSE_NEEDED, 4, 5);
    expect_windows(7, LOAD_PHASE_RUNTIME, "forward.dll", "", CAUSE_FORWARDED, 4, 4);
    expect_windows(8, LOAD_PHASE_RUNTIME, "lazy.dll", "aunder.dll\n", CAUSE_DELAYED, 8, 1);
    expect_windows(9, LOAD_PHASE_RUNTIME, "under.dll", "", CAUSE_NEEDED, 8, 8);
    expect_windows(10, LOAD_PHASE_RUNTIME, "other.dll", "", CAUSE_ASKED, 10, 0);
}

/* What stands for an API set is what is imported. */
static void test_api_sets(void **state)
{
    (void)state;
    begin_image(false, "aapi-ms-win-crt-heap-l1-1-0.dll\tucrtbase.dll\n");
    expect_windows(2, LOAD_PHASE_STARTUP, "ucrtbase.dll", "cext-ms-win-x-l1-1-0.dll\tX.dll\n",
                   CAUSE_NEEDED, 1, 1);
    expect_windows(3, LOAD_PHASE_STARTUP, "x.dll", "", CAUSE_FORWARDED, 1, 2);
}

/* Of the names that it has, and of those who import it, the first that came in this request. */
static void test_first_importer_counts(void **state)
{
    struct causes_load two_names = load(4, 10, LOAD_PHASE_RUNTIME, "real.so", "");

    (void)state;
    two_names.names[0] = "real.so.1";
    begin_image(true, "");
    expect_linux(2, 10, LOAD_PHASE_RUNTIME, "p.so", "aq.so\nareal.so\n", CAUSE_ASKED, 2, 0);
    expect_linux(3, 10, LOAD_PHASE_RUNTIME, "q.so", "areal.so.1\n", CAUSE_NEEDED, 2, 2);
    expect(&two_names, CAUSE_NEEDED, 2, 2);
}

/* A delay import needs nothing yet: who needs it at once counts. */
static void test_delayed_importer_gives_way(void **state)
{
    (void)state;
    begin_image(false, "bshared.dll\naneeds.dll\n");
    expect_windows(2, LOAD_PHASE_STARTUP, "needs.dll", "ashared.dll\n", CAUSE_NEEDED, 1, 1);
    expect_windows(3, LOAD_PHASE_STARTUP, "shared.dll", "", CAUSE_NEEDED, 1, 2);
    expect_windows(4, LOAD_PHASE_STARTUP, "KernelBase.dll", "", CAUSE_LOADER, 1, 0);
}

static void test_many_imports(void **state)
{
    char imports[8 * 1024] = "", name[16];

    (void)state;
    for (unsigned i = 0, used = 0; i < 1000; i++)
        used += (unsigned)snprintf(imports + used, sizeof imports - used, "am%u\n", i);
    begin_image(true, imports);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "m%u", i);
        expect_linux(2 + i, 5, LOAD_PHASE_STARTUP, name, "", CAUSE_NEEDED, 1, 1);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_start_up, make, drop),
    cmocka_unit_test_setup_teardown(test_names_by_which_it_is_imported, make, drop),
    cmocka_unit_test_setup_teardown(test_audit_modules, make, drop),
    cmocka_unit_test_setup_teardown(test_brackets_part_requests, make, drop),
    cmocka_unit_test_setup_teardown(test_requests_without_brackets, make, drop),
    cmocka_unit_test_setup_teardown(test_api_sets, make, drop),
    cmocka_unit_test_setup_teardown(test_first_importer_counts, make, drop),
    cmocka_unit_test_setup_teardown(test_delayed_importer_gives_way, make, drop),
    cmocka_unit_test_setup_teardown(test_many_imports, make, drop),
};
UNIT_MAIN(tests)
