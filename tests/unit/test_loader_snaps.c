/*
 * Debug strings of Windows' loader, in each form that is documented: what people show of logs of
 * Windows XP, 7 and 10 (names changed).
 */
#include "snaps/loader_snap.h"
#include "snaps/loader_snaps.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct event event;

static struct loader_snap read(const char *text)
{
    struct loader_snap snap;

    loader_snap_read(text, strlen(text), &snap);
    return snap;
}

static bool is(const struct snap_text *text, const char *expected)
{
    return text->length == strlen(expected) &&
           (text->length == 0 || memcmp(text->text, expected, text->length) == 0);
}

static bool says(const char *text, enum snap_says means, const char *name, const char *object,
                 uint32_t status)
{
    struct loader_snap snap = read(text);

    return snap.says == means && is(&snap.name, name) && is(&snap.object, object) &&
           snap.status == status;
}

static void test_windows_10(void **state)
{
    struct loader_snap snap;

    assert_true(says("06d8:0218 @ 00371500 - LdrpProcessWork - ERROR: Unable to load DLL: "
                     "\"key.dll\", Parent Module: \"C:\\Windows\\SYSTEM32\\CORE.DLL\", Status: "
                     "0xc0000135\n",
                     SNAP_MODULE_FAILED, "key.dll", "C:\\Windows\\SYSTEM32\\CORE.DLL", 0xC0000135));
    assert_true(says("LdrpProcessWork - ERROR: Unable to load DLL: \"x.dll\", Parent Module: "
                     "\"(null)\", Status: 0xc000007b",
                     SNAP_MODULE_FAILED, "x.dll", "", 0xC000007B));
    assert_true(says("4a58:3e34 @ 836003546 - LdrpReportError - ERROR: Locating export "
                     "\"?f@@YAXXZ\" for DLL \"c:\\bin\\app.exe\" failed with status: 0xc0000139.\n",
                     SNAP_SYMBOL_FAILED, "?f@@YAXXZ", "c:\\bin\\app.exe", 0xC0000139));
    snap = read("1:2 @ 3 - LdrpReportError - WARNING: Locating export \"FlsAlloc\" for DLL "
                "\"C:\\k.dll\" failed with status: 0xc0000139.\n");
    assert_true(snap.is_lookup && snap.says == SNAP_SYMBOL_FAILED);
    assert_true(says("1f00:0a04 @ 12 - LdrpInitializeNode - ERROR: Init routine 00007FFFECEF10F0 "
                     "for DLL \"C:\\App\\init.dll\" failed during DLL_PROCESS_ATTACH\n",
                     SNAP_MODULE_FAILED, "C:\\App\\init.dll", "", 0xC0000142));
    assert_true(says("1:2 @ 3 - LdrLoadDll - ENTER: DLL name: C:\\A\\plug in.dll\n", SNAP_REQUEST,
                     "C:\\A\\plug in.dll", "", 0));
    assert_true(says("1:2 @ 3 - LdrLoadDll - RETURN: Status: 0xc0000135\n", SNAP_RESULT, "", "",
                     0xC0000135));
}

static void test_windows_10_news(void **state)
{
    static const char *const news[] = {
        "06d8:0700 @ 00370515 - LdrpInitializeProcess - INFO: Beginning execution of a.exe "
        "(C:\\a)\n"
        "\tCurrent directory: C:\\Windows\n",
        "06d8:0700 @ 1 - _LdrpInitialize - ERROR: Process initialization failed with status "
        "0xc0000135\n",
        "06d8:0700 @ 1 - LdrpInitializationFailure - ERROR: Process initialization failed with "
        "status 0xc0000135\n",
        "06d8:0700 @ 1 - LdrpInitializeProcess - ERROR: Walking the import tables of the "
        "executable "
        "and its static imports failed with status 0xc0000135\n",
        "06d8:0218 @ 00371500 - LdrpSearchPath - RETURN: Status: 0xc0000135\n",
        "06d8:0218 @ 1 - LdrpResolveDllName - ENTER: DLL name: C:\\x\\key.dll\n",
        "06d8:0218 @ 1 - LdrpLoadDllInternal - RETURN: Status: 0xc0000135\n",
        "0744:00c8 @ 14911546 - LdrpNameToOrdinal - WARNING: Procedure \"GetX\" could not be "
        "located in DLL at base 0x75A20000.\n",
        "18a0:2a40 @ 06858989 - LdrGetProcedureAddressEx - INFO: Locating procedure \"Ki\" by "
        "name\n",
    };

    for (size_t i = 0; i < sizeof news / sizeof *news; i++)
        assert_int_equal(read(news[i]).says, SNAP_NEWS);
}

static void test_windows_7(void **state)
{
    assert_true(says("LdrpSnapThunk - ERROR: Procedure \"?is@@UEBA_N\" could not be located in DLL "
                     "\"Ge19.dll\"",
                     SNAP_PLACE_FAILED, "?is@@UEBA_N", "Ge19.dll", 0xC0000139));
    assert_true(
        says("0e5c:0b20 @ 4 - LdrpLoadImportModule - ERROR: Loading DLL zlib1.dll from path "
             "C:\\a b;C:\\Windows failed with status 0xc0000135\n",
             SNAP_MODULE_FAILED, "zlib1.dll", "", 0xC0000135));
    assert_true(says("0e5c:0b20 @ 4 - LdrpHandleOneOldFormatImportDescriptor - INFO: DLL "
                     "\"C:\\app.exe\" imports \"zlib1.dll\"\n",
                     SNAP_IMPORT, "zlib1.dll", "C:\\app.exe", 0));
    assert_true(says("18a0:2a40 @ 06858989 - LdrLoadDll - ENTER: DLL name: C:\\Q\\I.DLL DLL path: "
                     "C:\\Q;C:\\Windows\n",
                     SNAP_REQUEST, "C:\\Q\\I.DLL", "", 0));
    assert_int_equal(read("023c:0240 @ 1 - LdrpFindOrMapDll - RETURN: Status: 0xc0000135").says,
                     SNAP_NEWS);
}

static void test_windows_xp(void **state)
{
    assert_true(says("[f70,d00] LDR: DLL_PROCESS_ATTACH for dll \"\\\\?\\c:\\w\\simple.dll\" "
                     "(InitRoutine: 1000192C) failed\n",
                     SNAP_MODULE_FAILED, "\\\\?\\c:\\w\\simple.dll", "", 0xC0000142));
    assert_true(says("LDR: LdrpWalkImportTable - LdrpLoadImportModule failed on import b.dll with "
                     "status c0000135\n",
                     SNAP_MODULE_FAILED, "b.dll", "", 0xC0000135));
    assert_true(says("LDR: app.exe failed to load import module b.dll; status = c0000135\n",
                     SNAP_MODULE_FAILED, "b.dll", "app.exe", 0xC0000135));
    assert_true(says("LDR: b.dll used by app.exe\r\n", SNAP_IMPORT, "b.dll", "app.exe", 0));
    assert_true(says("LDR: LdrLoadDll, loading K.dll from c:\\windows;C:\\x\n", SNAP_REQUEST,
                     "K.dll", "", 0));
    assert_true(says("LDR: LdrLoadDll - failing because LdrpLoadDll(c:\\s.dll) returned status "
                     "c0000142\n",
                     SNAP_RESULT, "c:\\s.dll", "", 0xC0000142));
    assert_int_equal(read("LDR: Derefcount MSVCR71.dll (5)\n").says, SNAP_NEWS);
    assert_int_equal(read("LDR: UNINIT LIST\n").says, SNAP_NEWS);
    assert_int_equal(read("[f70,d00]   DLL being requested: \"Kernel32.dll\"\n").says, SNAP_NEWS);
}

static void test_strings_of_the_program(void **state)
{
    static const char *const strings[] = {
        "",
        "ready\n",
        "12:34 - start - ERROR: no",
        "1f:2 @ 3 - ",
        "1f:2 @ x - LdrLoadDll - ENTER: DLL name: a.dll",
        "[1,2] done",
        "LDR:",
        "Ldr of ours - ERROR: Unable to load DLL",
        "load - ERROR: Unable to load DLL: \"x.dll\", Parent Module: \"y\", Status: 0xc0000135",
        "LdrX - of ours: it",
    };

    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        assert_int_equal(read(strings[i]).says, SNAP_NOTHING);
}

/* What becomes of a string of a process and thread: 0 for no event. */
static unsigned take(struct loader_snaps *snaps, uint32_t tid, const char *text)
{
    event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 7, tid, 1);
    event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), text, strlen(text));
    loader_snaps_take(snaps, &event);
    return event.kind;
}

static bool field_is(unsigned field, const char *bytes)
{
    struct event_span span = event_span_of(&event, field);

    return event_has(&event, field) == (bytes[0] != '\0') && span.length == strlen(bytes) &&
           memcmp(event_bytes_at(&event, span), bytes, span.length) == 0;
}

static bool failure_is(const char *name, const char *object, const char *request, unsigned phase)
{
    return event.kind == EVENT_LOAD_FAILED && field_is(FIELD(LOAD_FAILED, name), name) &&
           field_is(FIELD(LOAD_FAILED, object), object) &&
           field_is(FIELD(LOAD_FAILED, request), request) &&
           event.value[FIELD(LOAD_FAILED, load_phase)] == phase;
}

static void enter(struct loader_snaps *snaps)
{
    event_begin(&event, EVENT_ENTRY_POINT, 7, 8, 1);
    loader_snaps_take(snaps, &event);
    assert_int_equal(event.kind, EVENT_ENTRY_POINT);
}

static void test_start_that_fails(void **state)
{
    struct loader_snaps *snaps = loader_snaps_new();

    assert_int_equal(take(snaps, 8, "6:7 @ 1 - LdrpInitializeProcess - INFO: Beginning\n"), 0);
    assert_int_equal(take(snaps, 9, "6:8 @ 1 - LdrpSearchPath - RETURN: Status: 0xc0000135\n"), 0);
    take(snaps, 9,
         "6:8 @ 1 - LdrpProcessWork - ERROR: Unable to load DLL: \"key.dll\", Parent Module: "
         "\"C:\\core.dll\", Status: 0xc0000135\n");
    assert_true(failure_is("key.dll", "C:\\core.dll", "", LOAD_PHASE_STARTUP));
    assert_true(field_is(FIELD(LOAD_FAILED, words), "not found"));
    assert_int_equal(event.value[FIELD(LOAD_FAILED, status)], 0xC0000135);
    assert_int_equal(take(snaps, 8, "6:7 @ 1 - _LdrpInitialize - ERROR: Process failed\n"), 0);
    assert_int_equal(take(snaps, 8, "a string of the program"), EVENT_OUTPUT_DEBUG_STRING);
    loader_snaps_free(snaps);
}

static void test_library_that_fails(void **state)
{
    struct loader_snaps *snaps = loader_snaps_new();

    enter(snaps);
    take(snaps, 8, "6:7 @ 1 - LdrLoadDll - ENTER: DLL name: C:\\plug.dll\n");
    take(snaps, 9,
         "6:8 @ 1 - LdrpProcessWork - ERROR: Unable to load DLL: \"key.dll\", Parent Module: "
         "\"C:\\plug.dll\", Status: 0xc0000135\n");
    assert_true(failure_is("key.dll", "C:\\plug.dll", "C:\\plug.dll", LOAD_PHASE_RUNTIME));
    /* a worker says that of itself, the thread that has asked the same again */
    assert_int_equal(take(snaps, 8, "6:7 @ 1 - LdrLoadDll - RETURN: Status: 0xc0000135\n"), 0);
    take(snaps, 8, "6:7 @ 1 - LdrLoadDll - ENTER: DLL name: gone.dll DLL path: C:\\\n");
    assert_int_equal(take(snaps, 8, "6:7 @ 1 - LdrpFindOrMapDll - RETURN: Status: 0xc0000135\n"),
                     0);
    take(snaps, 8, "6:7 @ 1 - LdrLoadDll - RETURN: Status: 0xc0000135\n");
    assert_true(failure_is("gone.dll", "", "", LOAD_PHASE_RUNTIME));
    take(snaps, 8, "6:7 @ 1 - LdrLoadDll - ENTER: DLL name: there.dll\n");
    assert_int_equal(take(snaps, 8, "6:7 @ 1 - LdrLoadDll - RETURN: Status: 0x00000000\n"), 0);
    take(snaps, 8,
         "6:7 @ 1 - LdrpReportError - WARNING: Locating export \"FlsAlloc\" for DLL \"C:\\k.dll\" "
         "failed with status: 0xc0000139.\n");
    assert_true(failure_is("FlsAlloc", "C:\\k.dll", "", LOAD_PHASE_RUNTIME));
    assert_int_equal(event.value[FIELD(LOAD_FAILED, what)], FAILED_SYMBOL);
    loader_snaps_free(snaps);
}

/* a.exe needs b.dll, which needs c.dll: that c.dll is missing is said of b.dll, too. */
static void test_consequences_are_no_failures(void **state)
{
    struct loader_snaps *snaps = loader_snaps_new();

    take(snaps, 8, "LDR: b.dll used by a.exe\n");
    take(snaps, 8, "LDR: c.dll used by b.dll\n");
    take(snaps, 8,
         "LDR: LdrpWalkImportTable - LdrpLoadImportModule failed on import c.dll with status "
         "c0000135\n");
    assert_true(failure_is("c.dll", "b.dll", "", LOAD_PHASE_STARTUP));
    assert_int_equal(take(snaps, 8,
                          "LDR: LdrpWalkImportTable - LdrpLoadImportModule failed on import b.dll "
                          "with status c0000135\n"),
                     0);
    loader_snaps_free(snaps);
}

static void test_long_names_and_many_requests(void **state)
{
    static char text[EVENT_BYTES_MAX / 2];
    struct loader_snaps *snaps = loader_snaps_new();
    size_t used = (size_t)snprintf(text, sizeof text, "1:2 @ 3 - LdrLoadDll - ENTER: DLL name: ");

    memset(text + used, 'a', sizeof text - used - 1);
    for (uint32_t tid = 1; tid < 100; tid++)
        assert_int_equal(take(snaps, tid, text), 0);
    take(snaps, 99, "1:2 @ 3 - LdrLoadDll - RETURN: Status: 0xc0000135\n");
    assert_int_equal(event.kind, EVENT_LOAD_FAILED);
    assert_int_equal(event_span_of(&event, FIELD(LOAD_FAILED, name)).length, 1024);
    assert_int_equal(take(snaps, 1, "1:2 @ 3 - LdrLoadDll - RETURN: Status: 0xc0000135\n"), 0);
    loader_snaps_free(snaps);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_windows_10),
    cmocka_unit_test(test_windows_10_news),
    cmocka_unit_test(test_windows_7),
    cmocka_unit_test(test_windows_xp),
    cmocka_unit_test(test_strings_of_the_program),
    cmocka_unit_test(test_start_that_fails),
    cmocka_unit_test(test_library_that_fails),
    cmocka_unit_test(test_consequences_are_no_failures),
    cmocka_unit_test(test_long_names_and_many_requests),
};
UNIT_MAIN(tests)
