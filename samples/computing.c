/*
 * Computes until it has used 300 ms of CPU time, between two marks: a gap without waiting.
 */
#include "trail.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static unsigned used_ms(void)
{
    FILETIME begin, end, system, user;

    GetProcessTimes(GetCurrentProcess(), &begin, &end, &system, &user);
    return (user.dwLowDateTime + system.dwLowDateTime) / 10000;
}
#else
#include <time.h>

static unsigned used_ms(void)
{
    return (unsigned)(clock() / (CLOCKS_PER_SEC / 1000));
}
#endif

int main(void)
{
    unsigned start = used_ms();

    TRAIL_MARK("begin");
    while (used_ms() - start < 300)
        continue;
    TRAIL_MARK("end");
    return 0;
}

// EXPECT: Mark name=begin
// EXPECT: Mark name=end
// EXPECT: ExitProcess cpu_user_ns=?* cpu_system_ns=?*
// EXPECT-EXIT: 0
