/* Who asked the loader, which events keep a stack, and what is believed of a worker's results. */
#include "stack_choice.h"
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
    cmocka_unit_test(test_first_loads_keep_a_stack_once),
    cmocka_unit_test(test_kinds_are_read),
    cmocka_unit_test(test_what_a_worker_made_up_is_not_believed),
};
UNIT_MAIN(tests)
