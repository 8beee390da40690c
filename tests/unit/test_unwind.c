/* Who asked the loader, which events keep a stack, and what is believed of a worker's results. */
#include "stack_choice.h"
#include "stack_copy.h"
#include "unit.h"
#include "unwind/cause.h"
#include "unwind/job.h"

#include <stdlib.h>
#include <string.h>

static void test_cause_is_behind_the_loader_and_dlopen(void **state)
{
    static const struct cause_frame stack[] = {
        {"ld-linux-x86-64.so.2", "_dl_debug_state"},
        {"libc.so.6", "_dl_catch_exception"},
        {"ld-linux-x86-64.so.2", "_dl_open"},
        {"libc.so.6", NULL},
        {"libc.so.6", "dlopen"},
        {"plugin.so", "init"},
        {"app", "main"},
    };
    static const struct cause_frame windows[] = {
        {"ntdll.dll", "LdrLoadDll"}, {"KERNELBASE.dll", "LoadLibraryExW"}, {"app.exe", NULL}};
    static const struct cause_frame late[] = {{"ntdll.dll", "LdrLoadDll"},
                                              {"kernelbase.dll", "LoadLibraryExA"},
                                              {"app.exe", "__delayLoadHelper2"},
                                              {"app.exe", "__tailMerge_codec"},
                                              {"app.exe", "decode"}};
    static const struct cause_frame loaders_own[] = {{"ntdll.dll", "LdrpMapDll"},
                                                     {"ntdll.dll", "TppWorkerThread"},
                                                     {"KERNEL32.DLL", "BaseThreadInitThunk"},
                                                     {"ntdll.dll", "RtlUserThreadStart"}};

    assert_int_equal(cause_find(stack, 7), 5);
    assert_int_equal(cause_find(stack, 5), -1);
    assert_int_equal(cause_find(windows, 3), 2);
    assert_int_equal(cause_find(late, 5), 4);
    assert_int_equal(cause_find(loaders_own, 4), -1);
}

static void test_cause_in_the_c_library_is_its_function_with_a_name(void **state)
{
    static const struct cause_frame stack[] = {{"ld-linux-x86-64.so.2", "_dl_open"},
                                               {"libc.so.6", "__libc_dlopen_mode"},
                                               {"libc.so.6", NULL},
                                               {"libc.so.6", "getpwnam"},
                                               {"app", "main"}};

    assert_int_equal(cause_find(stack, 5), 3);
}

static void test_callers_and_constructors(void **state)
{
    static const struct cause_frame windows[] = {
        {"codec.dll", "slow_start"}, {"codec.dll", "DllMainCRTStartup"},
        {"ntdll.dll", NULL},         {"ntdll.dll", "LdrLoadDll"},
        {"app.exe", "main"},         {"KERNEL32.DLL", "BaseThreadInitThunk"}};
    static const struct cause_frame in_dlopen[] = {{"libc.so.6", "nanosleep"},
                                                   {"plugin.so", "begin"},
                                                   {"ld-linux-x86-64.so.2", NULL},
                                                   {"libc.so.6", "_dl_catch_exception"},
                                                   {"libc.so.6", "dlopen"},
                                                   {"app", "main"}},
                                    at_start[] = {{NULL, NULL},
                                                  {"plugin.so", "wait"},
                                                  {"plugin.so", "begin"},
                                                  {"ld-linux-x86-64.so.2", NULL}},
                                    at_end[] = {{"plugin.so", "end"},
                                                {"ld-linux-x86-64.so.2", NULL},
                                                {"libc.so.6", NULL},
                                                {"libc.so.6", "exit"}},
                                    chooses[] = {{"plugin.so", "choose"},
                                                 {"ld-linux-x86-64.so.2", NULL},
                                                 {"app", "main"}};

    assert_int_equal(cause_find_caller(in_dlopen, 6), 1);
    assert_int_equal(cause_find_caller(windows, 6), 0);
    assert_int_equal(cause_find_constructor(windows, 6), 1);
    assert_int_equal(cause_find_constructor(windows + 4, 2), -1);
    assert_int_equal(cause_find_constructor(in_dlopen, 6), 1);
    assert_int_equal(cause_find_caller(at_start, 4), 1);
    assert_int_equal(cause_find_constructor(at_start, 4), 2);
    assert_int_equal(cause_find_constructor(at_start, 3), -1);
    assert_int_equal(cause_find_constructor(at_end, 4), -1);
    assert_int_equal(cause_find_constructor(chooses, 3), -1);
    assert_int_equal(cause_find_caller(in_dlopen, 1), -1);
}

/* A stack that is kept as what has changed since another, deeper or less deep one. */
static void test_changes_of_stacks(void **state)
{
    static const unsigned char base[] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const uint64_t starts[] = {100, 97, 103, 107, 108, 92, 93, 0, UINT64_MAX};
    unsigned char copy[8];
    uint64_t place[] = {4711, 1}, start;

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        unsigned same = 0;
        for (size_t k = 0; k < sizeof copy; k++) {
            uint64_t above = starts[i] + k - 100;
            copy[k] = above < sizeof base ? base[above] : 99;
        }
        stack_copy_xor(copy, starts[i], sizeof copy, base, 100, sizeof base);
        for (size_t k = 0; k < sizeof copy; k++)
            same += copy[k] == 0;
        assert_int_equal(same, i < 4 ? 8 - (starts[i] > 100 ? starts[i] - 100 : 100 - starts[i])
                                     : starts[i] == 93);
    }
    assert_true(stack_copy_start(place, sizeof place, &start));
    assert_int_equal(start, 4711);
    assert_false(stack_copy_start(place, 8, &start));
}

static struct event *load_of(const char *name, uint64_t t_ns)
{
    static struct event event;

    event_begin(&event, EVENT_LOAD_DLL, 7, 7, t_ns);
    event_set(&event, FIELD(LOAD_DLL, load_phase), LOAD_PHASE_RUNTIME);
    event.image.path = event_put_bytes(&event, name, strlen(name));
    return &event;
}

static void test_first_loads_keep_a_stack_once(void **state)
{
    static struct stack_choice choice;
    struct event *startup;

    choice.kinds = stack_kinds_default;
    assert_true(stack_choice_wants(&choice, load_of("/a.so", 1)));
    assert_false(stack_choice_wants(&choice, load_of("/b.so", 1))); /* of the same stop */
    assert_false(stack_choice_wants(&choice, load_of("/a.so", 2)));
    assert_true(stack_choice_wants(&choice, load_of("/c.so", 3)));
    startup = load_of("/d.so", 4);
    event_set(startup, FIELD(LOAD_DLL, load_phase), LOAD_PHASE_STARTUP);
    assert_false(stack_choice_wants(&choice, startup));
}

static void test_kinds_are_read(void **state)
{
    struct stack_kinds kinds;
    struct trail_error error;

    assert_int_equal(stack_kinds_read(&kinds, "none", &error), 0);
    assert_int_equal(kinds.bits, 0);
    assert_int_equal(stack_kinds_read(&kinds, "first,failed,fault", &error), 0);
    assert_int_equal(kinds.bits, stack_kinds_default.bits);
    assert_int_equal(stack_kinds_read(&kinds, "first,", &error), -1);
    assert_int_equal(stack_kinds_read(&kinds, "foo", &error), -1);
}

static void test_what_a_worker_made_up_is_not_believed(void **state)
{
    size_t size = job_size(1, 1, 0);
    struct job *job = calloc(1, size), *known;
    char symbol[JOB_SYMBOL_BYTES_MAX];
    uint32_t frames[JOB_FRAMES_PER_STACK];
    struct job_frame frame;

    job_begin(job, 1, 1, size);
    known = malloc(job->frames_at);
    memcpy(known, job, job->frames_at);
    memset((unsigned char *)job + known->frames_at, 0xFF, size - known->frames_at);
    assert_int_equal(job_read_result(job, known, 0, frames), 0);
    assert_false(job_read_frame(job, known, 0, &frame, symbol));
    job_frames(job)[0] = (struct job_frame){.module = 1, .symbol = {known->texts_end - 1, 2}};
    assert_false(job_read_frame(job, known, 0, &frame, symbol));
    job_frames(job)[0].symbol.at--;
    assert_true(job_read_frame(job, known, 0, &frame, symbol));
    assert_false(job_read_frame(job, known, JOB_FRAMES_MAX, &frame, symbol));
    free(known);
    free(job);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cause_is_behind_the_loader_and_dlopen),
    cmocka_unit_test(test_cause_in_the_c_library_is_its_function_with_a_name),
    cmocka_unit_test(test_callers_and_constructors),
    cmocka_unit_test(test_changes_of_stacks),
    cmocka_unit_test(test_first_loads_keep_a_stack_once),
    cmocka_unit_test(test_kinds_are_read),
    cmocka_unit_test(test_what_a_worker_made_up_is_not_believed),
};
UNIT_MAIN(tests)
