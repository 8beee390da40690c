/*
 * Marks and strings by trail.h, from several threads: points in time that a program names, and
 * texts with all that may be in one - UTF-8, bytes that are none, more than the 128 KiB that are
 * kept.
 */
#include "sample.h"
#include "trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_BYTES = 200000 };

static void work(int index)
{
    char name[32];

    snprintf(name, sizeof name, "worker %d", index);
    TRAIL_MARK(name);
}

int main(void)
{
    char *text = malloc(LONG_BYTES + 1);

    if (text == NULL)
        return 1;
    TRAIL_MARK("configuration read");
    sample_run_threads(4, work);
    TRAIL_STRING("plain");
    TRAIL_STRING("caf\xC3\xA9 \xF0\x9F\x98\x80\n");
    TRAIL_STRING("broken \xFF\xC3 end");
    TRAIL_STRING("");
    memset(text, 'x', LONG_BYTES);
    memcpy(text, "begin", 5);
    text[LONG_BYTES] = '\0';
    TRAIL_STRING(text);
    free(text);
    TRAIL_MARK(" ready\n");
    for (int i = 0; i < 20; i++)
        TRAIL_MARK("again");
    return 0;
}

// EXPECT: Mark name="configuration read" tid=main
// EXPECT: OutputDebugString text=plain raw_bytes=5 truncated=0
// EXPECT(linux): OutputDebugString text="café 😀\n" encoding=utf-8 raw_bytes=11 raw=
// EXPECT(linux): OutputDebugString text="broken \\xFF\\xC3 end" raw=62726F6B656E20FFC320656E64
// EXPECT(linux): OutputDebugString text= raw_bytes=0 truncated=0
// EXPECT: OutputDebugString text=beginxxx*xxx raw_bytes=131072 truncated=1
// EXPECT: Mark name=ready tid=main
// EXPECT-COUNT: Mark name="worker ?" = 4
// EXPECT-NONE: Mark name="worker ?" tid=main
// EXPECT-COUNT: Mark name=again tid=main = 20
// EXPECT-NONE(linux): Exception
// EXPECT-EXIT: 0
