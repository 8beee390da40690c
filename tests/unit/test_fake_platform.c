/*
 * The scripted platform as a platform: launch, replay, kill, detach, identity, and its generators.
 */
#define _POSIX_C_SOURCE 200809L
#include "unit.h"

#include "os.h"
#include "platform.h"

#include <stdlib.h>
#include <string.h>

static struct trail_error error;
static struct event event;

static struct platform *launch(const char *name)
{
    struct platform *platform = platform_new(&error);
    char *arguments[] = {(char *)name, NULL};
    struct platform_launch what = {.arguments = arguments, .command_line = name};

    assert_non_null(platform);
    if (platform_launch(platform, &what, &error) == 0)
        return platform;
    platform_free(platform);
    return NULL;
}

static struct platform *launch_script(const char *text)
{
    const char *path = unit_path("script.trail");
    struct platform *platform;

    unit_write(path, text, strlen(text));
    platform = launch(path);
    if (platform == NULL)
        fail_msg("%s", error.sentence);
    return platform;
}

/* Waits for the next event and resumes if its stop is over. */
static enum event_kind next(struct platform *platform)
{
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_EVENT);
    if (!event.more)
        platform_resume(platform);
    return event.kind;
}

static void expect_end(struct platform *platform)
{
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_END);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_END);
}

static void test_replay(void **state)
{
    uint64_t before = os_monotonic_ns(), start;
    struct platform *platform = launch_script(
        "t=10 pid=4 CreateProcess via=launch path=/bin/app\n"
        "more t=20 LoadDll path=a\nLoadDll path=b\nquiet\npid=5 ExitProcess exit_code=9\n"
        "pid=4 ExitProcess exit_code=3\npid=4 ExitProcess exit_code=4");
    struct platform_exit ended;

    assert_int_equal(next(platform), EVENT_CREATE_PROCESS);
    start = event.t_ns - 10;
    assert_true(start + 20 >= before && start + 20 <= os_monotonic_ns()); /* ends at the launch */
    assert_int_equal(next(platform), EVENT_LOAD_DLL);
    assert_int_equal(event.t_ns, start + 20);
    assert_true(event.more);
    assert_int_equal(next(platform), EVENT_LOAD_DLL);
    assert_int_equal(next(platform), EVENT_NONE);
    platform_exit_of_launched(platform, &ended);
    assert_false(ended.ended);
    assert_int_equal(next(platform), EVENT_EXIT_PROCESS);
    platform_exit_of_launched(platform, &ended);
    assert_false(ended.ended);
    next(platform);
    next(platform);
    platform_exit_of_launched(platform, &ended);
    assert_true(ended.ended);
    assert_int_equal(ended.exit_code, 3);
    assert_int_equal(ended.signal, 0);
    expect_end(platform);
    platform_free(platform);
}

static void test_launch_errors(void **state)
{
    assert_null(launch("/nowhere/script.trail"));
    assert_int_equal(error.code, TRAIL_NOT_FOUND);
    unit_write(unit_path("bad.trail"), "nonsense", 8);
    assert_null(launch(unit_path("bad.trail")));
    assert_int_equal(error.code, TRAIL_NOT_EXECUTABLE);
    assert_non_null(strstr(error.sentence, "bad.trail:1:1: expected"));
    platform_free(NULL);
}

static void test_kill_ends_what_lives(void **state)
{
    struct platform *platform = launch_script(
        "pid=1 CreateProcess\npid=2 CreateProcess\npid=3 CreateProcess\npid=2 ExitProcess\nhang");
    struct platform_exit ended;
    unsigned pids = 0;

    for (int i = 0; i < 4; i++)
        next(platform);
    assert_int_equal(platform_wait(platform, 0, &event, &error), PLATFORM_TIMEOUT);
    platform_kill(platform);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(next(platform), EVENT_EXIT_PROCESS);
        assert_int_equal(event.value[FIELD(EXIT_PROCESS, signal)], 9);
        pids |= 1u << event.pid;
    }
    assert_int_equal(pids, 1u << 1 | 1u << 3);
    expect_end(platform);
    platform_exit_of_launched(platform, &ended);
    assert_true(ended.ended);
    assert_int_equal(ended.signal, 9);
    platform_free(platform);
}

static void test_detach(void **state)
{
    struct platform *platform = launch_script("pid=1 CreateProcess\nLoadDll\nExitProcess");
    struct platform_exit ended;

    next(platform);
    platform_detach(platform, PLATFORM_RUN_ON);
    expect_end(platform);
    platform_exit_of_launched(platform, &ended);
    assert_false(ended.ended);
    platform_free(platform);
}

static void test_interrupt_and_hang(void **state)
{
    struct platform *platform = launch_script("pid=1 CreateProcess\nhang\nExitProcess");

    platform_interrupt(platform);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_TIMEOUT);
    assert_int_equal(next(platform), EVENT_CREATE_PROCESS);
    platform_interrupt(platform);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_TIMEOUT);
    assert_int_equal(platform_wait(platform, 1, &event, &error), PLATFORM_TIMEOUT);
    platform_free(platform);
}

static void test_fail(void **state)
{
    struct platform *platform = launch_script("pid=1 CreateProcess\nfail");

    next(platform);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_FAILED);
    assert_string_equal(error.sentence, "the script says fail");
    platform_free(platform);
}

static void test_attach(void **state)
{
    struct platform *platform = platform_new(&error);
    const char *path = unit_path("attach.trail");
    static const char text[] = "pid=8 synthetic CreateProcess via=attach\nExitProcess";

    unsetenv("TRAIL_FAKE_SCRIPT");
    assert_int_equal(platform_attach(platform, 8, false, -1, &error), -1);
    unit_write(path, text, sizeof text - 1);
    setenv("TRAIL_FAKE_SCRIPT", path, 1);
    assert_int_equal(platform_attach(platform, 8, false, -1, &error), 0);
    assert_int_equal(platform_attach(platform, 9, false, -1, &error), 0);
    assert_int_equal(next(platform), EVENT_CREATE_PROCESS);
    assert_int_equal(next(platform), EVENT_EXIT_PROCESS);
    expect_end(platform);
    platform_free(platform);
}

static void test_identify(void **state)
{
    static struct module_identity identity;
    struct platform *platform = launch_script(
        "pid=1 LoadDll path=/lib/x.so build_id=00ABcd size=8192\nLoadDll\nExitThread");

    next(platform);
    platform_identify(&event, &identity);
    assert_string_equal(identity.path, "/lib/x.so");
    assert_string_equal(identity.build_id, "00abcd");
    assert_int_equal(identity.image_bytes, 8192);
    assert_int_equal(identity.file_bytes, 0);
    for (int i = 0; i < 2; i++) {
        next(platform);
        memset(&identity, 0xAA, sizeof identity);
        platform_identify(&event, &identity);
        assert_string_equal(identity.path, "");
        assert_string_equal(identity.build_id, "");
        assert_string_equal(identity.soname, "");
    }
    platform_free(platform);
}

/* Paths and build-ids longer than an identity has room for are cut, not written beyond it. */
static void test_identify_long(void **state)
{
    static struct module_identity identity;
    static char bytes[8192];

    memset(bytes, 'p', sizeof bytes);
    event_begin(&event, EVENT_LOAD_DLL, 1, 1, 1);
    event.image.path = event_put_bytes(&event, bytes, sizeof bytes);
    event.image.build_id = event_put_bytes(&event, bytes, sizeof bytes);
    platform_identify(&event, &identity);
    assert_int_equal(strlen(identity.path), sizeof identity.path - 1);
    assert_int_equal(strlen(identity.build_id), 128);
}

static void run_generator(const char *name, unsigned total, unsigned counts[EVENT_KINDS])
{
    struct platform *platform = launch(name);
    uint64_t last_ns = 0;
    unsigned events = 0;

    if (platform == NULL)
        fail_msg("%s", error.sentence);
    memset(counts, 0, EVENT_KINDS * sizeof *counts);
    while (platform_wait(platform, -1, &event, &error) == PLATFORM_EVENT) {
        assert_true(event.t_ns >= last_ns);
        last_ns = event.t_ns;
        counts[event.kind]++;
        if (events++ == 0)
            assert_int_equal(event.kind, EVENT_CREATE_PROCESS);
        platform_resume(platform);
    }
    assert_int_equal(event.kind, EVENT_EXIT_PROCESS);
    assert_int_equal(events, total);
    platform_free(platform);
}

static void test_generate_mix(void **state)
{
    unsigned counts[EVENT_KINDS];

    run_generator("generate:10000", 10000, counts);
    assert_int_equal(counts[EVENT_CREATE_PROCESS], 1);
    assert_int_equal(counts[EVENT_EXIT_PROCESS], 1);
    assert_true(counts[EVENT_LOAD_DLL] > 1000 && counts[EVENT_UNLOAD_DLL] > 1000 &&
                counts[EVENT_OUTPUT_DEBUG_STRING] > 3000);
    assert_true(counts[EVENT_CREATE_THREAD] > 1000 && counts[EVENT_EXIT_THREAD] > 1000 &&
                counts[EVENT_EXCEPTION] > 1000);
    run_generator("generate:2", 2, counts);
    run_generator("generate:3", 3, counts);
    assert_int_equal(counts[EVENT_LOAD_DLL], 1);
}

static void test_generate_one_kind(void **state)
{
    unsigned counts[EVENT_KINDS];
    char name[64];

    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        if (kind == NULL)
            continue;
        strcpy(name, "generate:100:");
        strcat(name, kind->name);
        run_generator(name, 100, counts);
        assert_in_range(counts[i], 98, 99);
    }
    run_generator("generate:100:plain", 100, counts);
    assert_int_equal(counts[EVENT_CREATE_THREAD] + counts[EVENT_EXIT_THREAD], 98);
}

static void test_generate_errors(void **state)
{
    static const char *const names[] = {
        "generate:",   "generate:0",     "generate:1",
        "generate:-5", "generate: 5",    "generate:5x",
        "generate:5:", "generate:5:Foo", "generate:99999999999999999999"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(launch(names[i]));
        assert_int_equal(error.code, TRAIL_NOT_EXECUTABLE);
    }
}

static void test_standing_still(void **state)
{
    struct platform *platform = launch_script(
        "pid=4 CreateProcess via=launch path=app\npid=5 CreateProcess via=create path=child\n"
        "pid=4 Mark name=ready\nquiet\npid=4 ExitProcess exit_code=3");
    struct platform_process processes[2];

    next(platform);
    assert_int_equal(platform_processes(platform, NULL, 0), 1);
    next(platform);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_EVENT);
    platform_detach(platform, PLATFORM_STAND_STILL); /* in the place of platform_resume */
    assert_int_equal(platform_processes(platform, processes, 2), 2);
    assert_int_equal(processes[0].pid, 4);
    assert_string_equal(processes[0].name, "app");
    assert_int_equal(processes[1].pid, 5);
    assert_string_equal(processes[1].name, "child");
    expect_end(platform);
    platform_free(platform);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_replay),
    cmocka_unit_test(test_launch_errors),
    cmocka_unit_test(test_kill_ends_what_lives),
    cmocka_unit_test(test_detach),
    cmocka_unit_test(test_interrupt_and_hang),
    cmocka_unit_test(test_fail),
    cmocka_unit_test(test_attach),
    cmocka_unit_test(test_identify),
    cmocka_unit_test(test_identify_long),
    cmocka_unit_test(test_generate_mix),
    cmocka_unit_test(test_generate_one_kind),
    cmocka_unit_test(test_generate_errors),
    cmocka_unit_test(test_standing_still),
};
UNIT_MAIN(tests)
