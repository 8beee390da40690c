/* See suspending.h. */
#include "suspending.h"

#include "os.h"
#include "services/windows_api.h"

/* A thread leaves its trap after that has been answered. */
enum { SOON_MS = 20 };

/* The process's number, and below it since when, in ms, without what is above 32 bits. */
static volatile LONG64 allowed;

static uint32_t now_ms(void)
{
    return (uint32_t)(os_monotonic_ns() / 1000000);
}

void suspending_allow(uint32_t pid)
{
    if ((uint64_t)InterlockedCompareExchange64(&allowed, 0, 0) >> 32 != pid)
        InterlockedExchange64(&allowed, (LONG64)((uint64_t)pid << 32 | now_ms()));
}

bool suspending_is_allowed(uint32_t pid)
{
    uint64_t state = (uint64_t)InterlockedCompareExchange64(&allowed, 0, 0);

    return pid != 0 && state >> 32 == pid && now_ms() - (uint32_t)state >= SOON_MS;
}
