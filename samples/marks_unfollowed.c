/*
 * Children that are not recorded have copies of their parent's probes, or share them: they run
 * through them unharmed, and nothing is told.
 */
#define _GNU_SOURCE
#include "marks_children.h"

int main(void)
{
    run_children();
    if (system("exit 0") !=
        0) /* by posix_spawn: that child shares our memory, and must leave the probes there */
        sample_fail("system");
    here("parent");
    return 0;
}

// EXPECT: Mark name=parent
// EXPECT: Mark name=parent
// EXPECT: Mark name=parent
// EXPECT-COUNT: Mark = 3
// EXPECT-COUNT: CreateProcess = 1
// EXPECT-NONE: Exception code=5
// EXPECT-EXIT: 0
