/*
 * The decoding of debug strings, held against strings in this very process: Wine 8 has no
 * WaitForDebugEventEx, so that no UTF-16 string ever comes from a debuggee there. Prints what is
 * wrong; exit status 0 if nothing is.
 */
#include "decoding/debug_string.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static struct event event;
static struct event_text buffers;
static int failures;

static void expect(bool condition, const char *what)
{
    if (condition)
        return;
    printf("FAILED: %s\n", what);
    failures++;
}

static void decode(const void *text, bool wide, size_t length_hint)
{
    OUTPUT_DEBUG_STRING_INFO info = {.lpDebugStringData = (LPSTR)text,
                                     .fUnicode = wide,
                                     .nDebugStringLength = (WORD)length_hint};

    event_begin(&event, EVENT_OUTPUT_DEBUG_STRING, 1, 1, 1);
    debug_string_decode(&buffers, GetCurrentProcess(), &info, &event);
}

static bool text_is(const char *text)
{
    struct event_span span = event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, text));

    return span.length == strlen(text) &&
           memcmp(event_bytes_at(&event, span), text, span.length) == 0;
}

static uint64_t value(unsigned field)
{
    return event_has(&event, field) ? event.value[field] : UINT64_MAX;
}

static void check_wide(void)
{
    static const wchar_t lone[] = {L'a', 0xD800, L'b', 0};
    struct event_span raw;

    decode(L"\x20AC \xD83D\xDE00", true, 5);
    expect(text_is("\xE2\x82\xAC \xF0\x9F\x98\x80"), "UTF-16 becomes UTF-8");
    expect(value(FIELD(OUTPUT_DEBUG_STRING, encoding)) == ENCODING_UTF16, "its encoding is utf-16");
    expect(value(FIELD(OUTPUT_DEBUG_STRING, raw_bytes)) == 8, "it has 8 bytes");
    expect(!event_has(&event, FIELD(OUTPUT_DEBUG_STRING, raw)),
           "an exact string needs no raw bytes");
    decode(lone, true, 4);
    expect(text_is("a\\uD800b"), "a lone surrogate stays visible");
    raw = event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, raw));
    expect(raw.length == 6 && memcmp(event_bytes_at(&event, raw), lone, 6) == 0,
           "and its bytes are kept");
}

static void check_hints(void)
{
    static const char text[] = "a text that is longer than the hint says";

    for (size_t hint = 0; hint < 2 * sizeof text; hint++) {
        decode(text, false, hint);
        expect(text_is(text) && value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 0,
               "a wrong length does no harm");
    }
}

/*
 * Strings that end where readable memory does, with and without their NUL. The address is a free
 * one far from all else: between its own mappings Wine reserves memory that a debugger can read
 * although the program cannot.
 */
static void check_edges(void)
{
    char *pages = VirtualAlloc((void *)(uintptr_t)0x300000000, 2 * 4096, MEM_RESERVE | MEM_COMMIT,
                               PAGE_READWRITE);
    char *end = pages + 2 * 4096;

    if (pages == NULL) {
        expect(false, "memory for the edges");
        return;
    }
    memset(pages, 'x', 2 * 4096);
    memcpy(end - 6, "edge!", 6);
    decode(end - 6, false, 60000);
    expect(text_is("edge!") && value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 0,
           "a string up to the last readable byte");
    memcpy(end - 3, "cut", 3);
    decode(end - 3, false, 0);
    expect(text_is("cut") && value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 1,
           "a string that runs out of memory is cut, and says so");
    decode(end - 3, true, 7);
    expect(value(FIELD(OUTPUT_DEBUG_STRING, raw_bytes)) == 2, "half a unit is no unit");
    decode(pages + 100, false, 0);
    expect(value(FIELD(OUTPUT_DEBUG_STRING, raw_bytes)) == 2 * 4096 - 100,
           "a string over two pages");
    decode((const char *)(uintptr_t)0x10, false, 5);
    expect(text_is("") && value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 1,
           "an unreadable string is empty, and says so");
    VirtualFree(pages, 0, MEM_RELEASE);
}

static void check_long(void)
{
    size_t units = DEBUG_STRING_BYTES_MAX;
    wchar_t *wide = calloc(units + 1, sizeof *wide);

    if (wide == NULL) {
        expect(false, "memory for a long string");
        return;
    }
    for (size_t i = 0; i < units; i++)
        wide[i] = 0x20AC;
    decode(wide, true, units & 0xFFFF);
    expect(value(FIELD(OUTPUT_DEBUG_STRING, raw_bytes)) == DEBUG_STRING_WIDE_MAX,
           "a long string is read up to the limit");
    expect(event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, text)).length ==
               EVENT_BYTES_MAX - EVENT_BYTES_MAX % 3,
           "and as much as there is room for is kept");
    expect(value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 1, "and marked");
    wide[100000] = L'\0';
    wmemset(wide, 0xE4, 100000);
    decode(wide, true, 100000 & 0xFFFF);
    expect(event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, text)).length == 200000 &&
               value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 0,
           "100,000 characters are whole");
    for (size_t i = 0; i < units; i++)
        wide[i] = 0xDC00;
    decode(wide, true, 0);
    expect(event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, raw)).length == DEBUG_STRING_BYTES_MAX,
           "of a broken one many bytes");
    expect(event.bytes_used <= EVENT_BYTES_MAX && value(FIELD(OUTPUT_DEBUG_STRING, truncated)) == 1,
           "and as much text as fits");
    free(wide);
}

static void check_marks(void)
{
    decode("trail:mark ready to go\r\n", false, 0);
    expect(event.kind == EVENT_MARK && event_span_of(&event, FIELD(MARK, name)).length == 11,
           "a mark");
    decode(L"trail:mark w\n", true, 0);
    expect(event.kind == EVENT_MARK && event_span_of(&event, FIELD(MARK, name)).length == 1,
           "a wide mark");
    decode("trail:mark \n", false, 0);
    expect(event.kind == EVENT_OUTPUT_DEBUG_STRING, "a mark without a name is a string");
    decode("a trail:mark x", false, 0);
    expect(event.kind == EVENT_OUTPUT_DEBUG_STRING, "a mark stands at the start");
}

int main(void)
{
    check_wide();
    check_hints();
    check_edges();
    check_long();
    check_marks();
    return failures == 0 ? 0 : 1;
}
