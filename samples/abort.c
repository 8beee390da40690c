/* Calls abort(): a SIGABRT elsewhere, on Windows exit code 3 and no exception at all. */
#include "sample.h"

#include <stdlib.h>

int main(void)
{
    sample_die_quietly();
    abort();
}

// EXPECT(linux): Exception name=SIGABRT si_code=-6
// EXPECT(linux): ExitProcess signal=SIGABRT
// EXPECT-SIGNAL(linux): SIGABRT
// EXPECT(windows): ExitProcess exit_code=3
// EXPECT-EXIT(windows): 3
