/*
 * The script parser of platform/fake: what it understands, how it complains, and that no input
 * takes it down.
 */
#include "unit.h"

#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct trail_error error;
static struct event event;

static struct script *parse(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length == 0 ? 1 : length); /* of the exact size, for the sanitizer's sake */
    struct script *script;

    memcpy(copy, text, length);
    script = script_parse("s", copy, length, &error);
    free(copy);
    return script;
}

/* A script of one event, left in `event`. */
static void parse_one(const char *text)
{
    struct script *script = parse(text);

    if (script == NULL)
        fail_msg("%s", error.sentence);
    assert_int_equal(script_count(script), 1);
    assert_int_equal(script_get(script, 0, &event), SCRIPT_EVENT);
    script_free(script);
}

static void expect_complaint(const char *text, const char *sentence)
{
    struct script *script = parse(text);

    if (script != NULL)
        fail_msg("no complaint about: %s", text);
    assert_int_equal(error.code, TRAIL_NOT_EXECUTABLE);
    if (strncmp(error.sentence, sentence, strlen(sentence)) != 0)
        fail_msg("the complaint is: %s", error.sentence);
}

static void expect_span(unsigned field, const void *bytes, size_t length)
{
    struct event_span span = event_span_of(&event, field);

    assert_true(event_has(&event, field));
    assert_int_equal(span.length, length);
    assert_memory_equal(event_bytes_at(&event, span), bytes, length);
}

static void test_whole_line(void **state)
{
    parse_one("  t=1500 pid=100 tid=101 synthetic CreateProcess via=attach path=/bin/app "
              "base=0x400000 parent_pid=7 "
              "command_line=\"app --x\" build_id=0aFf size=4096 # done\r\n");
    assert_int_equal(event.kind, EVENT_CREATE_PROCESS);
    assert_int_equal(event.t_ns, 1500);
    assert_int_equal(event.pid, 100);
    assert_int_equal(event.tid, 101);
    assert_true(event.synthetic);
    assert_false(event.more);
    assert_int_equal(event.value[FIELD(CREATE_PROCESS, via)], VIA_ATTACH);
    assert_int_equal(event.value[FIELD(CREATE_PROCESS, base)], 0x400000);
    assert_int_equal(event.value[FIELD(CREATE_PROCESS, parent_pid)], 7);
    expect_span(FIELD(CREATE_PROCESS, command_line), "app --x", 7);
    assert_false(event_has(&event, FIELD(CREATE_PROCESS, start_address)));
    assert_memory_equal(event_bytes_at(&event, event.image.path), "/bin/app", 8);
    assert_int_equal(event.image.path.length, 8);
    assert_memory_equal(event_bytes_at(&event, event.image.build_id), "\x0A\xFF", 2);
    assert_int_equal(event.image.build_id.length, 2);
    assert_int_equal(event.image.size, 4096);
}

static void test_what_is_not_said_is_as_before(void **state)
{
    struct script *script = parse("# a comment\n\npid=5 CreateProcess\nt=2us CreateThread\n\t "
                                  "\ntid=6 ExitThread\npid=7 ExitThread\nt=3ms quiet");
    static const struct {
        uint64_t t_ns;
        uint32_t pid, tid;
    } wanted[] = {{0, 5, 5}, {2000, 5, 5}, {2000, 5, 6}, {2000, 7, 7}, {3000000, 7, 7}};

    assert_non_null(script);
    assert_int_equal(script_count(script), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(script_get(script, i, &event), i == 4 ? SCRIPT_QUIET : SCRIPT_EVENT);
        assert_int_equal(event.t_ns, wanted[i].t_ns);
        assert_int_equal(event.pid, wanted[i].pid);
        assert_int_equal(event.tid, wanted[i].tid);
    }
    assert_int_equal(event.kind, EVENT_NONE);
    script_free(script);
}

static void test_each_type_of_field(void **state)
{
    uint64_t numbers[] = {1, 0xFFFFFFFFFFFFFFFF, UINT64_MAX};

    parse_one("pid=1 exception code=0xC0000005 si_code=-6 first_chance=1 "
              "address=18446744073709551615 parameters=1,-1,0xffffffffffffffff "
              "nested_codes=\"\"");
    assert_int_equal(event.value[FIELD(EXCEPTION, code)], 0xC0000005);
    assert_int_equal((int64_t)event.value[FIELD(EXCEPTION, si_code)], -6);
    assert_int_equal(event.value[FIELD(EXCEPTION, address)], UINT64_MAX);
    expect_span(FIELD(EXCEPTION, parameters), numbers, sizeof numbers);
    expect_span(FIELD(EXCEPTION, nested_codes), "", 0);
    parse_one("pid=1 OutputDebugString text=x encoding=utf-16 truncated=0 raw=00fF");
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, encoding)], ENCODING_UTF16);
    expect_span(FIELD(OUTPUT_DEBUG_STRING, raw), "\x00\xFF", 2);
    parse_one("pid=1 RipEvent type=minor-error");
    assert_int_equal(event.value[FIELD(RIP_EVENT, type)], RIP_TYPE_MINOR_ERROR);
}

static void test_texts(void **state)
{
    const unsigned text = FIELD(OUTPUT_DEBUG_STRING, text);

    parse_one("pid=1 OutputDebugString text=\"a\\n\\t\\\"\\\\\\x01 # no comment\"");
    expect_span(text, "a\n\t\"\\\x01 # no comment", 19);
    parse_one("pid=1 OutputDebugString text=C:\\new\\table#1");
    expect_span(text, "C:\\new\\table#1", 14);
    parse_one("pid=1 OutputDebugString text=\"\"");
    expect_span(text, "", 0);
    parse_one("pid=1 OutputDebugString text=");
    expect_span(text, "", 0);
    parse_one("pid=1 OutputDebugString text=\"a\\x00b\"");
    expect_span(text, "a\0b", 3);
    parse_one("pid=1 OutputDebugString text=\"\\xC3\\xA4\"");
    expect_span(text, "\xC3\xA4", 2);
    parse_one("pid=1 OutputDebugString text=\"\\xFF\""); /* no UTF-8: as a platform hands it over */
    expect_span(text, "\\xFF", 4);
}

/* Whatever is added to event_kinds.def can be said in a script at once. */
static void test_every_field_of_every_kind(void **state)
{
    char line[256];

    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        for (unsigned f = 0; kind != NULL && f < kind->field_count; f++) {
            const struct field_descriptor *field = &kind->fields[f];
            const char *value = event_code_domain(field->type) ? event_code_word(field->type, 1)
                                : field->type == FIELD_BLOB    ? "01"
                                                               : "1";
            if (field->type == FIELD_PROCESS || field->type == FIELD_LOAD)
                continue;
            snprintf(line, sizeof line, "pid=1 %s %s=%s", kind->name,
                     field->type == FIELD_MODULE ? "path" : field->name, value);
            parse_one(line);
            assert_int_equal(event.kind, i);
            assert_true(field->type == FIELD_MODULE ? event.image.path.length == 1
                                                    : event_has(&event, f));
        }
    }
}

static void test_more(void **state)
{
    struct script *script = parse("pid=1 more LoadDll\n# in between\n more LoadDll\nLoadDll\nhang");

    assert_non_null(script);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(script_get(script, i, &event), i == 3 ? SCRIPT_HANG : SCRIPT_EVENT);
        assert_int_equal(event.more, i < 2);
    }
    script_free(script);
    expect_complaint("pid=1 more LoadDll\nquiet", "s:2:1: expected another event of the same stop");
    expect_complaint("pid=1 more LoadDll\n", "s:");
    expect_complaint("pid=1 more quiet\nLoadDll",
                     "s:1:12: expected another event of the same stop");
}

static void test_empty_scripts(void **state)
{
    static const char *const texts[] = {"", "\n", "# nothing", " \t\r\n\n#"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct script *script = parse(texts[i]);
        assert_non_null(script);
        assert_int_equal(script_count(script), 0);
        script_free(script);
    }
}

static void test_complaints_about_lines(void **state)
{
    expect_complaint("LoadDll", "s:1:1: expected pid=NUMBER before the first event");
    expect_complaint("pid=1 quiet\n  Lod",
                     "s:2:3: expected a kind of event, quiet, hang, fail or die, found 'Lod'");
    expect_complaint("pid=1", "s:1:6: expected what happens");
    expect_complaint("pid=1 = LoadDll", "s:1:7: expected a word");
    expect_complaint("pid=1 quiet x=1", "s:1:13: expected the end of the line");
    expect_complaint("pid=1 foo=1 quiet", "s:1:7: expected t=, pid=, tid=");
    expect_complaint("pid=1 foo;", "s:1:10: expected '=' or a space after 'foo'");
    expect_complaint("pid=1 quiet\npid=1 t=5 LoadDll\nt=4 LoadDll",
                     "s:3:1: expected a time not before the line above");
    expect_complaint(
        "pid=1 "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "s:1:7: expected a word of at most 63 letters");
}

static void test_complaints_about_fields(void **state)
{
    expect_complaint("pid=1 ExitThread foo=1",
                     "s:1:18: expected a field of ExitThread (exit_code), found 'foo'");
    expect_complaint("pid=1 ExitThread exit_code", "s:1:18: expected exit_code=VALUE");
    expect_complaint("pid=1 ExitThread exit_code=1 exit_code=2",
                     "s:1:30: expected exit_code only once");
    expect_complaint("pid=1 LoadDll path=a path=b", "s:1:22: expected path only once");
    expect_complaint("pid=1 LoadDll module=a",
                     "s:1:15: expected a field of LoadDll (path, build_id, size, base");
    expect_complaint("pid=1 UnloadDll load=1", "s:1:17: expected a field of UnloadDll (base)");
    expect_complaint("pid=1 LoadDll load_phase=magic",
                     "s:1:26: expected load_phase to be one of: startup, runtime, attach");
    expect_complaint("pid=1 LoadDll build_id=abc", "s:1:24: expected an even number of hex digits");
    expect_complaint("pid=1 LoadDll build_id=xy", "s:1:24: expected hex digits");
    expect_complaint("pid=1 Exception parameters=1,,2",
                     "s:1:28: expected numbers, separated by commas");
    expect_complaint("pid=1 Exception parameters=1,",
                     "s:1:28: expected numbers, separated by commas");
    expect_complaint("pid=1 Exception first_chance=2",
                     "s:1:30: expected first_chance=NUMBER, at most 1");
}

static void test_complaints_about_numbers(void **state)
{
    static const char *const wrong[] = {"",
                                        "x",
                                        "-1",
                                        "1x",
                                        "0x",
                                        "0xg",
                                        "+1",
                                        "1 2",
                                        "\" 1\"",
                                        "4294967296",
                                        "18446744073709551616",
                                        "\"1\\x00\""};
    char line[96];

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(line, sizeof line, "pid=%s quiet", wrong[i]);
        assert_null(parse(line));
        assert_non_null(strstr(error.sentence, "expected"));
    }
    expect_complaint("pid=1 ExitThread exit_code=0x10000000000000000",
                     "s:1:28: expected exit_code=NUMBER");
    expect_complaint("pid=1 Exception si_code=-9223372036854775809",
                     "s:1:25: expected si_code=NUMBER");
    parse_one("pid=1 Exception si_code=-9223372036854775808");
    expect_complaint("pid=1 t=1h quiet", "s:1:7: expected t=NUMBER, with or without a unit");
    expect_complaint("pid=1 t=99999999999s quiet", "s:1:7: expected t=NUMBER");
}

static void test_complaints_about_quotes(void **state)
{
    expect_complaint("pid=1 Mark name=\"abc", "s:1:17: expected a closing quote");
    expect_complaint("pid=1 Mark name=\"abc\\", "s:1:22: expected an escape");
    expect_complaint("pid=1 Mark name=\"\\q\"", "s:1:18: expected an escape");
    expect_complaint("pid=1 Mark name=\"\\x1\"", "s:1:18: expected an escape");
    expect_complaint("pid=1 Mark name=\"a\"b", "s:1:20: expected a space after the closing quote");
}

/* Texts beyond the pool of an event are refused, however they come. */
static void test_too_long(void **state)
{
    static const char *const starts[] = {
        "pid=1 OutputDebugString text=", "pid=1 OutputDebugString raw=", "pid=1 LoadDll path=",
        "pid=1 LoadDll build_id=", "pid=1 Exception parameters="};
    const size_t room = 3 * EVENT_BYTES_MAX;
    char *text = malloc(room);

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t length = strlen(starts[i]);
        memset(text, '1', room);
        memcpy(text, starts[i], length);
        for (size_t at = length; i == 4 && at < room - 1; at += 2)
            text[at] = ',';
        assert_null(script_parse("s", text, room, &error));
        assert_int_equal(error.code, TRAIL_NOT_EXECUTABLE);
    }
    /* Escapes grow: 100000 bytes that are no UTF-8 become 400000. */
    memset(text, 0xFF, 100000);
    memcpy(text, starts[0], strlen(starts[0]));
    assert_null(script_parse("s", text, 100000, &error));
    assert_non_null(strstr(error.sentence, "at most"));
    free(text);
}

static void test_files(void **state)
{
    struct script *script;

    assert_null(script_read(unit_path("missing.trail"), &error));
    assert_int_equal(error.code, TRAIL_NOT_FOUND);
    assert_null(script_read("/tmp", &error));
    assert_int_equal(error.code, TRAIL_NOT_EXECUTABLE);
    unit_write(unit_path("s.trail"), "pid=1 quiet\nbad", 15);
    assert_null(script_read(unit_path("s.trail"), &error));
    assert_non_null(strstr(error.sentence, "s.trail:2:1: expected"));
    unit_write(unit_path("s.trail"), "pid=1 quiet\n", 12);
    assert_non_null(script = script_read(unit_path("s.trail"), &error));
    assert_int_equal(script_count(script), 1);
    script_free(script);
    script_free(NULL);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* A good script with random damage: parsed or refused, and whatever is parsed can be replayed. */
static void test_random_damage(void **state)
{
    static const char good[] = "t=1000 pid=100 tid=100 CreateProcess via=launch path=/bin/app "
                               "base=0x400000 command_line=\"app \\x41\\n\"\n"
                               "more LoadDll path=C:\\Windows\\ntdll.dll base=0x7ff0 "
                               "load_phase=startup build_id=abcdef size=4096\n"
                               "t=2ms Exception code=0xc0000005 si_code=-1 first_chance=1 "
                               "address=0x401000 parameters=1,-2,0x3 # x\n"
                               "synthetic OutputDebugString text=\"\\xff\\\\\" encoding=ansi "
                               "raw=00ff truncated=1\nquiet\nExitProcess\n";
    static const char alphabet[] = "= \n\"\\x#,0123456789abcdef\t\r-more";
    char text[sizeof good];
    uint32_t seed = 7;
    unsigned parsed = 0;

    for (int round = 0; round < 20000; round++) {
        struct script *script;
        size_t length = sizeof good - 1;
        memcpy(text, good, sizeof good);
        for (uint32_t n = 1 + next_random(&seed) % 4; n > 0; n--) {
            char c = next_random(&seed) % 4 ? alphabet[next_random(&seed) % (sizeof alphabet - 1)]
                                            : (char)next_random(&seed);
            text[next_random(&seed) % length] = c;
        }
        if (next_random(&seed) % 3 == 0)
            length = next_random(&seed) % length;
        script = script_parse("s", text, length, &error);
        if (script == NULL)
            continue;
        parsed++;
        for (size_t i = 0; i < script_count(script); i++)
            script_get(script, i, &event);
        script_free(script);
    }
    assert_in_range(parsed, 100, 19900);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_whole_line),
    cmocka_unit_test(test_what_is_not_said_is_as_before),
    cmocka_unit_test(test_each_type_of_field),
    cmocka_unit_test(test_texts),
    cmocka_unit_test(test_every_field_of_every_kind),
    cmocka_unit_test(test_more),
    cmocka_unit_test(test_empty_scripts),
    cmocka_unit_test(test_complaints_about_lines),
    cmocka_unit_test(test_complaints_about_fields),
    cmocka_unit_test(test_complaints_about_numbers),
    cmocka_unit_test(test_complaints_about_quotes),
    cmocka_unit_test(test_too_long),
    cmocka_unit_test(test_files),
    cmocka_unit_test(test_random_damage),
};
UNIT_MAIN(tests)
