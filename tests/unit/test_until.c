/* Stop conditions: what they are read from, and which events meet them. */
#include "unit.h"

#include "script.h"
#include "until.h"

#include <string.h>

static struct trail_error error;
static struct event event;

static struct until *conditions(const char *const *texts)
{
    struct until *until = until_new();

    assert_non_null(until);
    for (; *texts != NULL; texts++)
        if (until_add(until, *texts, &error) != 0)
            fail_msg("%s", error.sentence);
    return until;
}

/*
 * Shows the events of a script to conditions; returns at which line, from 1, one was met first, and
 * which; 0 if none was.
 */
static size_t meets_any(const char *const *texts, const char *script_text, const char **met)
{
    struct until *until = conditions(texts);
    struct script *script = script_parse("script", script_text, strlen(script_text), &error);
    size_t line = 0;

    if (script == NULL)
        fail_msg("%s", error.sentence);
    *met = NULL;
    for (size_t i = 0; i < script_count(script) && *met == NULL; i++) {
        script_get(script, i, &event);
        if ((until_kinds(until) >> event.kind & 1) != 0)
            *met = until_match(until, &event);
        if (*met != NULL)
            line = i + 1;
    }
    script_free(script);
    until_free(until);
    return line;
}

static size_t meets(const char *text, const char *script_text)
{
    const char *const texts[] = {text, NULL};
    const char *met;

    return meets_any(texts, script_text, &met);
}

static void refuses(const char *text, const char *sentence)
{
    struct until *until = until_new();

    assert_int_equal(until_add(until, text, &error), -1);
    assert_non_null(strstr(error.sentence, sentence));
    assert_int_equal(until_count(until), 0);
    assert_int_equal(until_kinds(until), 0);
    until_free(until);
}

static void test_wrong(void **state)
{
    refuses("", "not ''");
    refuses("lode", "not 'lode'");
    refuses("loads", "not 'loads'");
    refuses(":x", "not ':x'");
    refuses("load:", "no pattern behind the colon");
    refuses("load:dir/x.so", "without its folder");
    refuses("process:C:\\x.exe", "without its folder");
    refuses("exception:SIGUSR", "'SIGUSR' is no number");
    refuses("exit:SIGRTMIN+31", "is no number");
    refuses("exit:12x", "is no number");
    refuses("exit:4294967296", "is no number");
    refuses("ExitThread:3", "nothing that a pattern could mean");
}

static void test_kinds(void **state)
{
    static const char story[] =
        "pid=4 CreateProcess via=launch path=/bin/app\nLoadDll path=/lib/a.so base=1\nUnloadDll "
        "base=1\n"
        "Exception code=11 si_code=1\nOutputDebugString text=a\nMark name=b\ntid=5 CreateThread\n"
        "ExitThread exit_code=1\nRipEvent error=1\ntid=4 ExitProcess exit_code=0\n";

    assert_int_equal(meets("process", story), 1);
    assert_int_equal(meets("load", story), 2);
    assert_int_equal(meets("unload", story), 3);
    assert_int_equal(meets("exception", story), 4);
    assert_int_equal(meets("output", story), 5);
    assert_int_equal(meets("mark", story), 6);
    assert_int_equal(meets("thread", story), 7);
    assert_int_equal(meets("ExitThread", story), 8);
    assert_int_equal(meets("ripevent", story), 9);
    assert_int_equal(meets("exit", story), 10);
    assert_int_equal(meets("load:b*", story), 0);
}

static void test_modules(void **state)
{
    static const char linux_load[] = "pid=4 LoadDll path=/usr/lib/libSSL.so.3 base=1\n";
    static const char windows_load[] =
        "pid=4 LoadDll path=\"\\\\Device\\\\HarddiskVolume3\\\\Windows\\\\Version.DLL\" base=1\n";
    static const char no_name[] = "pid=4 LoadDll base=1\n";

    assert_int_equal(meets("load:libSSL.so.3", linux_load), 1);
    assert_int_equal(meets("load:libSSL*", linux_load), 1);
    assert_int_equal(meets("load:libssl.so.3", linux_load), 0);
    assert_int_equal(meets("load:lib", linux_load), 0);
    assert_int_equal(meets("load:*usr*", linux_load), 0);
    assert_int_equal(meets("load:version.dll", windows_load), 1);
    assert_int_equal(meets("load:VERSION.*", windows_load), 1);
    assert_int_equal(meets("load:ÄPFEL*", "pid=4 LoadDll path=\"x:\\\\äpfel.dll\" base=1\n"), 1);
    assert_int_equal(meets("load:ÄPFEL*", "pid=4 LoadDll path=/x/äpfel.dll base=1\n"), 0);
    assert_int_equal(meets("load:[tuv]ersion.dll", windows_load), 1);
    assert_int_equal(meets("load:*", no_name), 0);
    assert_int_equal(meets("load", no_name), 1);
    assert_int_equal(meets("process:app", "pid=4 CreateProcess path=/bin/app\n"), 1);
    assert_int_equal(
        meets("process:app",
              "pid=4 CreateProcess via=launch path=/bin/sh\npid=5 CreateProcess via=fork\n"
              "CreateProcess via=exec path=/bin/app\n"),
        3);
}

static void test_failed_loads(void **state)
{
    static const char story[] =
        "pid=4 LoadFailed what=call words=\"invalid mode\"\nLoadFailed what=symbol name=libx.so\n"
        "LoadFailed what=module name=/lib/libx.so.1 words=no\nLoadFailed what=module "
        "name=liby.so\n";

    assert_int_equal(meets("failed", story), 3);
    assert_int_equal(meets("failed:libx*", story), 3);
    assert_int_equal(meets("failed:liby.so", story), 4);
    assert_int_equal(meets("failed:LIBY.SO", story), 0);
    refuses("failed:/lib/libx.so.1", "without its folder");
}

static void test_unloads(void **state)
{
    static const char forked[] =
        "pid=4 CreateProcess via=launch\nLoadDll path=/lib/a.so base=1\nLoadDll path=/lib/b.so "
        "base=2\n"
        "pid=5 CreateProcess via=fork parent_pid=4\nUnloadDll base=1\nUnloadDll base=2\n"
        "pid=4 UnloadDll base=2\n";
    static const char executed[] =
        "pid=4 CreateProcess via=launch\nLoadDll path=/lib/b.so base=2\nCreateProcess via=exec\n"
        "UnloadDll base=2\n";
    static const char ended[] =
        "pid=4 LoadDll path=/lib/b.so base=2\npid=4 ExitProcess exit_code=0\nUnloadDll base=2\n";
    static const char attached[] =
        "pid=4 synthetic LoadDll path=/lib/b.so base=2\nUnloadDll base=2\n";

    assert_int_equal(meets("unload:b.so", forked), 6);
    assert_int_equal(meets("unload:c.so", forked), 0);
    assert_int_equal(meets("unload:b.so", executed), 0);
    assert_int_equal(meets("unload:b.so", ended), 0);
    assert_int_equal(meets("unload:b.so", attached), 2);
}

/* More modules than are watched: nothing is overrun, and those that are watched are still seen. */
static void test_many_unloads(void **state)
{
    static const char *const texts[] = {"unload:x*", NULL};
    struct until *until = conditions(texts);

    for (uint32_t i = 0; i < 6000; i++) {
        event_begin(&event, EVENT_LOAD_DLL, 4, 4, 1);
        event.image.path = event_put_bytes(&event, "/x", 2);
        event_set(&event, FIELD(LOAD_DLL, base), i);
        assert_null(until_match(until, &event));
    }
    event_begin(&event, EVENT_UNLOAD_DLL, 4, 4, 1);
    event_set(&event, FIELD(UNLOAD_DLL, base), 4000);
    assert_string_equal(until_match(until, &event), "unload:x*");
    assert_null(until_match(until, &event));
    until_restart(until);
    event_set(&event, FIELD(UNLOAD_DLL, base), 3);
    assert_null(until_match(until, &event));
    until_free(until);
}

static void test_exceptions(void **state)
{
    static const char fault[] = "pid=4 Exception code=0xc0000005 first_chance=1\n",
                      signal[] = "pid=4 Exception code=10 si_code=0\n";
    static const char breakpoint[] = "pid=4 Exception code=0x80000003 first_chance=1\n",
                      realtime[] = "pid=4 Exception code=35 si_code=-1\n";
    static const char fast[] = "pid=4 Exception code=0xc0000409 first_chance=0\n",
                      ten[] = "pid=4 Exception code=10 first_chance=1\n";

    assert_int_equal(meets("exception:c0000005", fault), 1);
    assert_int_equal(meets("exception:C0000005", fault), 1);
    assert_int_equal(meets("exception:0xC0000005", fault), 1);
    assert_int_equal(meets("exception:3221225477", fault), 1);
    assert_int_equal(meets("exception:access_violation", fault), 1);
    assert_int_equal(meets("exception:EXCEPTION_ACCESS_VIOLATION", fault), 1);
    assert_int_equal(meets("exception:*violation", fault), 1);
    assert_int_equal(meets("exception:SIGSEGV", fault), 0);
    assert_int_equal(meets("exception:80000003", breakpoint), 1);
    assert_int_equal(meets("exception:breakpoint", breakpoint), 1);
    assert_int_equal(meets("exception:STATUS_STACK_BUFFER_OVERRUN", fast), 1);
    assert_int_equal(meets("exception:SIGUSR1", signal), 1);
    assert_int_equal(meets("exception:usr1", signal), 1);
    assert_int_equal(meets("exception:10", signal), 1);
    assert_int_equal(meets("exception:SIGUSR?", signal), 1);
    assert_int_equal(meets("exception:SIGUSR2", signal), 0);
    assert_int_equal(meets("exception:1", signal), 0);
    assert_int_equal(meets("exception:SIGUSR1", ten), 0);
    assert_int_equal(meets("exception:SIGRTMIN+1", realtime), 1);
    assert_int_equal(meets("exception:SIGRTMAX-29", realtime), 1);
    assert_int_equal(meets("exception:35", realtime), 1);
    assert_int_equal(meets("exception:SIGRTMIN", realtime), 0);
}

/* The loader's breakpoint and its like are no exceptions of the program. */
static void test_debuggers_own(void **state)
{
    static const char *const texts[] = {"exception", "exception:80000003", NULL};
    struct until *until = conditions(texts);

    event_begin(&event, EVENT_EXCEPTION, 4, 4, 1);
    event_set(&event, FIELD(EXCEPTION, code), 0x80000003);
    event.debuggers_own = true;
    assert_null(until_match(until, &event));
    event.debuggers_own = false;
    assert_string_equal(until_match(until, &event), "exception");
    until_free(until);
}

static void test_exits(void **state)
{
    static const char seven[] = "pid=4 ExitProcess exit_code=7\n",
                      killed[] = "pid=4 ExitProcess signal=11\n";
    static const char fault[] = "pid=4 ExitProcess exit_code=0xc0000005\n",
                      digits[] = "pid=4 ExitProcess exit_code=10000000\n";

    assert_int_equal(meets("exit:7", seven), 1);
    assert_int_equal(meets("exit:0x7", seven), 1);
    assert_int_equal(meets("exit:[!0]*", seven), 1);
    assert_int_equal(meets("exit:[!0]*", "pid=4 ExitProcess exit_code=0\n"), 0);
    assert_int_equal(meets("exit:11", seven), 0);
    assert_int_equal(meets("exit:SIGSEGV", killed), 1);
    assert_int_equal(meets("exit:11", killed), 0);
    assert_int_equal(meets("exit:0", killed), 0);
    assert_int_equal(meets("exit:access_violation", fault), 1);
    assert_int_equal(meets("exit:C0000005", fault), 1);
    assert_int_equal(meets("exit:3221225477", fault), 1);
    assert_int_equal(meets("exit:10000000", digits), 1);
    assert_int_equal(meets("exit:10000000", "pid=4 ExitProcess exit_code=0x10000000\n"), 1);
    assert_int_equal(meets("exit", "pid=4 synthetic ExitProcess exit_code=1\n"), 1);
}

static void test_texts(void **state)
{
    assert_int_equal(
        meets("output:server ready", "pid=4 OutputDebugString text=\"server ready\\x0D\\n\"\n"), 1);
    assert_int_equal(meets("output:server", "pid=4 OutputDebugString text=\"server ready\"\n"), 0);
    assert_int_equal(
        meets("output:*ready*", "pid=4 OutputDebugString raw=ff text=\"server ready now\"\n"), 1);
    assert_int_equal(meets("output:a:b", "pid=4 OutputDebugString text=a:b\n"), 1);
    assert_int_equal(meets("output:*", "pid=4 OutputDebugString text=\"\"\n"), 1);
    assert_int_equal(meets("mark:ready", "pid=4 Mark name=ready\n"), 1);
    assert_int_equal(meets("mark:ready", "pid=4 Mark name=Ready\n"), 0);
    assert_int_equal(
        meets("thread:w*",
              "pid=4 tid=5 CreateThread\nException code=0x406D1388 thread_name=worker\n"),
        2);
    assert_int_equal(meets("thread:w*", "pid=4 tid=5 ExitThread exit_code=0 thread_name=worker\n"),
                     1);
    assert_int_equal(meets("thread:w*", "pid=4 tid=5 synthetic CreateThread thread_name=worker\n"),
                     0);
}

/* What an attach finds is state, not an event. */
static void test_synthetic(void **state)
{
    assert_int_equal(
        meets("load:a.so",
              "pid=4 synthetic LoadDll path=/a.so base=1\nLoadDll path=/a.so base=2\n"),
        2);
    assert_int_equal(meets("process", "pid=4 synthetic CreateProcess via=attach path=/a\n"), 0);
}

static void test_several(void **state)
{
    static const char *const texts[] = {"mark:never", "unload:a.so", "load:b.so", NULL};
    const char *met;

    assert_int_equal(
        meets_any(texts,
                  "pid=4 LoadDll path=/a.so base=1\nUnloadDll base=1\nLoadDll path=/b.so base=1\n",
                  &met),
        2);
    assert_string_equal(met, "unload:a.so");
    assert_int_equal(
        meets_any(texts, "pid=4 LoadDll path=/a.so base=1\nLoadDll path=/b.so base=2\n", &met), 2);
    assert_string_equal(met, "load:b.so");
}

/* The longest text that an event can hold, against a pattern that must look at all of it. */
static void test_longest_text(void **state)
{
    static const char *const texts[] = {"output:*b*c", NULL};
    static char text[EVENT_BYTES_MAX];
    struct until *until = conditions(texts);

    memset(text, 'b', sizeof text);
    event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 4, 4, 1);
    assert_int_equal(event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), text, sizeof text),
                     sizeof text);
    assert_null(until_match(until, &event));
    text[sizeof text - 1] = 'c';
    event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 4, 4, 1);
    event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), text, sizeof text);
    assert_non_null(until_match(until, &event));
    until_free(until);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_wrong),        cmocka_unit_test(test_kinds),
    cmocka_unit_test(test_modules),      cmocka_unit_test(test_failed_loads),
    cmocka_unit_test(test_unloads),      cmocka_unit_test(test_many_unloads),
    cmocka_unit_test(test_exceptions),   cmocka_unit_test(test_debuggers_own),
    cmocka_unit_test(test_exits),        cmocka_unit_test(test_texts),
    cmocka_unit_test(test_synthetic),    cmocka_unit_test(test_several),
    cmocka_unit_test(test_longest_text),
};
UNIT_MAIN(tests)
