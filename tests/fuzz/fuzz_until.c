/*
 * What people type after --until, one a line, and then the text that events have: a condition that
 * is met is one of those, and meets the same event again.
 */
#include "event.h"
#include "fuzz.h"
#include "until.h"

#include <stdlib.h>
#include <string.h>

enum { CONDITIONS = 8 };

static struct event event; /* it has room for a quarter of a megabyte of texts */

static void make_event(enum event_kind kind, const char *text)
{
    size_t length = strlen(text) < 4096 ? strlen(text) : 4096;

    event_begin(&event, kind, 10, 11, 123);
    if (kind == EVENT_LOAD_DLL || kind == EVENT_CREATE_PROCESS)
        event.image.path = event_put_bytes(&event, text, length);
    else if (kind == EVENT_OUTPUT_DEBUG_STRING)
        event_set_bytes(&event, FIELD(OUTPUT_DEBUG_STRING, text), text, length);
    else if (kind == EVENT_MARK)
        event_set_bytes(&event, FIELD(MARK, name), text, length);
    else if (kind == EVENT_EXCEPTION)
        event_set(&event, FIELD(EXCEPTION, code), length);
    else if (kind == EVENT_EXIT_PROCESS)
        event_set(&event, FIELD(EXIT_PROCESS, exit_code), length);
    event.naming.tid = 11;
    event.naming.name = event_put_bytes(&event, text, length);
}

static void match(struct until *until, const char *text)
{
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const char *met, *of_list = NULL;
        if (event_kind_descriptor(kind) == NULL || !(until_kinds(until) >> kind & 1))
            continue;
        make_event((enum event_kind)kind, text);
        met = until_match(until, &event);
        for (unsigned i = 0; i < until_count(until) && met != NULL; i++)
            if (until_text(until, i) == met)
                of_list = met;
        FUZZ_EXPECT(met == of_list);
    }
    until_restart(until);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *line;
    struct until *until = until_new();

    FUZZ_EXPECT(text != NULL && until != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    line = text;
    for (int i = 0; i < CONDITIONS && line != NULL; i++) {
        struct trail_error error = {TRAIL_OK, 0, ""};
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (until_add(until, line, &error) != 0)
            FUZZ_EXPECT(error.sentence[0] != '\0');
        until_asks_thread_names(until);
        line = end;
    }
    match(until, line != NULL ? line : "libz.so.1");
    match(until, "C:\\Windows\\System32\\ntdll.dll");
    until_free(until);
    free(text);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {
        "load:libz*\nmark:ready\nexit:7\nexit:SIGSEGV\nexception:0xC0000005\nlibz.so",
        "exception:SEGV\nexception:11\nload:[a-z]*.DLL\nload:\xC3\x84*",
        "load\nexit\nunload:*[!\nmark:***a\nthread\nstring:?\nprocess\nexception:",
    };
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
