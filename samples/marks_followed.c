/* The same children recorded: each makes its marks. */
#define _GNU_SOURCE
#include "marks_children.h"

int main(void)
{
    run_children();
    return 0;
}

// RECORD: -f
// EXPECT: Mark name=parent pid=main
// EXPECT: CreateProcess via=fork pid=$fork
// EXPECT: Mark name=fork pid=$fork
// EXPECT: Mark name=grandchild
// EXPECT: Mark name=vfork
// EXPECT: Mark name=clone
// EXPECT: Mark name=parent pid=main
// EXPECT-COUNT: Mark = 6
// EXPECT-COUNT: Mark pid=main = 2
// EXPECT-COUNT: CreateProcess via=fork = 4
// EXPECT-NONE: Exception code=5
// EXPECT-EXIT: 0
