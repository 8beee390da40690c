/*
 * What a recording on Linux cannot show: that the alarm is off when it should be, that a launch
 * which fails leaves nothing behind, where a command line is cut, and when a hold ends.
 */
#define _GNU_SOURCE
#include "event.h"
#include "os.h"
#include "platform.h"
#include "platform/linux/tracing/alarm.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char program[] = "/bin/true";
static int allocations_left = -1; /* negative: as many as are wanted */

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __real_malloc(bytes);
}

/* How long the next request to go on takes after it has done its work. */
static long preempted_ns;

long __real_ptrace(enum __ptrace_request request, pid_t tid, void *address, void *data);
long __wrap_ptrace(enum __ptrace_request request, pid_t tid, void *address, void *data);
long __wrap_ptrace(enum __ptrace_request request, pid_t tid, void *address, void *data)
{
    long result = __real_ptrace(request, tid, address, data);
    struct timespec pause = {0, preempted_ns};

    if (request == PTRACE_CONT && preempted_ns > 0) {
        preempted_ns = 0;
        nanosleep(&pause, NULL);
    }
    return result;
}

static bool is_set(const struct alarm *alarm)
{
    struct itimerspec left;

    assert_int_equal(timer_gettime(alarm->timer, &left), 0);
    return left.it_value.tv_sec != 0 || left.it_value.tv_nsec != 0;
}

static void test_alarm_is_off_once_heard(void **state)
{
    struct alarm alarm = {.rung = 0};
    struct trail_error error;

    assert_int_equal(alarm_begin(&alarm, &error), 0);
    assert_false(is_set(&alarm));
    alarm_ring(&alarm);
    assert_true(alarm_heard(&alarm));
    assert_false(alarm_heard(&alarm));
    alarm_set(&alarm, 0);
    assert_false(is_set(&alarm));
    alarm_end(&alarm);
}

static void test_alarm_rings_in_a_wait_that_begins_later(void **state)
{
    struct alarm alarm = {.rung = 0};
    struct trail_error error;
    struct timespec now;

    assert_int_equal(alarm_begin(&alarm, &error), 0);
    clock_gettime(CLOCK_MONOTONIC, &now);
    alarm_set(&alarm, (uint64_t)(now.tv_sec + 100) * 1000000000);
    alarm_ring(&alarm);
    alarm_set(&alarm, 0);
    assert_true(is_set(&alarm));
    assert_true(alarm_heard(&alarm));
    alarm_end(&alarm);
}

static void test_launch_out_of_memory_leaves_no_child(void **state)
{
    char *arguments[] = {program, NULL};
    struct platform_launch launch = {.arguments = arguments};
    struct trail_error error;

    for (int allocations = 0; allocations < 2; allocations++) {
        struct platform *platform = platform_new(&error);
        assert_non_null(platform);
        allocations_left = allocations;
        assert_int_equal(platform_launch(platform, &launch, &error), -1);
        allocations_left = -1;
        assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
        assert_int_equal(platform_processes(platform, NULL, 0), 0);
        platform_free(platform);
    }
}

/* The command line that is told of /bin/true with an argument of so many bytes, in `line`. */
static size_t launch_with(size_t argument_bytes, char *line, size_t capacity)
{
    static char argument[64 * 1024];
    static struct event event;
    char *arguments[] = {program, argument, NULL};
    struct platform_launch launch = {.arguments = arguments};
    struct trail_error error;
    struct platform *platform = platform_new(&error);
    struct event_span span;

    memset(argument, 'x', argument_bytes);
    argument[argument_bytes] = '\0';
    assert_int_equal(platform_launch(platform, &launch, &error), 0);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_EVENT);
    span = event_span_of(&event, FIELD(CREATE_PROCESS, command_line));
    assert_true(span.length <= capacity);
    memcpy(line, event_bytes_at(&event, span), span.length);
    platform_kill(platform);
    platform_resume(platform);
    while (platform_wait(platform, -1, &event, &error) == PLATFORM_EVENT)
        platform_resume(platform);
    platform_free(platform);
    return span.length;
}

static void test_command_line_that_is_cut_says_so(void **state)
{
    enum { LIMIT = 16 * 1024, BEFORE = sizeof program };
    static const char mark[] = " \xE2\x80\xA6";
    static char line[64 * 1024];
    size_t length;

    length = launch_with(LIMIT - BEFORE - 1, line, sizeof line);
    assert_int_equal(length, LIMIT - 1);
    assert_int_equal(line[length - 1], 'x');
    length = launch_with(LIMIT - BEFORE, line, sizeof line);
    assert_int_equal(length, LIMIT + sizeof mark - 1);
    assert_memory_equal(line + length - (sizeof mark - 1), mark, sizeof mark - 1);
    length = launch_with(2 * LIMIT, line, sizeof line);
    assert_int_equal(length, LIMIT + sizeof mark - 1);
    assert_memory_equal(line + length - (sizeof mark - 1), mark, sizeof mark - 1);
}

static void test_target_is_not_held_while_the_recorder_is_preempted(void **state)
{
    static struct event event;
    char *arguments[] = {program, NULL};
    struct platform_launch launch = {.arguments = arguments};
    struct trail_error error;
    struct platform *platform = platform_new(&error);
    uint64_t resumed_ns;

    assert_int_equal(platform_launch(platform, &launch, &error), 0);
    assert_int_equal(platform_wait(platform, -1, &event, &error), PLATFORM_EVENT);
    preempted_ns = 20 * 1000 * 1000;
    resumed_ns = platform_resume(platform);
    assert_int_equal(preempted_ns, 0);
    assert_true(resumed_ns >= event.t_ns);
    assert_true(os_monotonic_ns() - resumed_ns >= 20 * 1000 * 1000);
    while (platform_wait(platform, -1, &event, &error) == PLATFORM_EVENT)
        platform_resume(platform);
    platform_free(platform);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_alarm_is_off_once_heard),
    cmocka_unit_test(test_alarm_rings_in_a_wait_that_begins_later),
    cmocka_unit_test(test_launch_out_of_memory_leaves_no_child),
    cmocka_unit_test(test_command_line_that_is_cut_says_so),
    cmocka_unit_test(test_target_is_not_held_while_the_recorder_is_preempted),
};
UNIT_MAIN(tests)
