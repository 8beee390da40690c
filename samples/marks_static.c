/* Marks need no loader: a static program has them too. */
#include "trail.h"

int main(void)
{
    TRAIL_MARK("one");
    TRAIL_STRING("two");
    return 0;
}

// EXPECT: CreateProcess load_detection="not observed (no dynamic loader)"
// EXPECT: Mark name=one
// EXPECT: OutputDebugString text=two encoding=utf-8
// EXPECT-NONE: LoadDll
// EXPECT-EXIT: 0
