/*
 * Strings for the debugger: 8-bit, wide, with control characters, empty, and longer than the 16
 * bits in which Windows announces the length. On Linux there is no such call: trail.h (marks.c) is
 * another way, and these go to stdout.
 */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_BYTES = 70000 };

int main(void)
{
    char *text = malloc(LONG_BYTES + 1);

    if (text == NULL)
        return 1;
    sample_debug_string("hello from an 8-bit string\n");
    sample_debug_string_wide(L"hello from a wide string\n");
    sample_debug_string("control \x01\x1b[31m characters\ttoo\r\n");
    memset(text, 'x', LONG_BYTES);
    memcpy(text, "begin", 5);
    memcpy(text + LONG_BYTES - 3, "end", 3);
    text[LONG_BYTES] = '\0';
    sample_debug_string(text);
    sample_debug_string("\n");
    free(text);
    return 0;
}

// EXPECT(windows): OutputDebugString text="hello from an 8-bit string\n" encoding=ansi
// EXPECT(windows): OutputDebugString text="hello from a wide string\n"
// EXPECT(windows): OutputDebugString text="control \x01\x1b[[]31m characters\ttoo\r\n"
// EXPECT(windows): OutputDebugString text=beginxxx*xxxend raw_bytes=70000
// EXPECT(windows): OutputDebugString text="\n"
// EXPECT-NONE(linux): OutputDebugString
// EXPECT-EXIT: 0
