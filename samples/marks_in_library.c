/*
 * A library with marks that comes and goes and comes again, perhaps elsewhere: what was put into
 * its code goes with it.
 */
#include "sample.h"

int main(void)
{
    for (int i = 0; i < 3; i++) {
        void *library = sample_load("marks_library");
        if (sample_call(library, "plugin_answer") != 42)
            return 1;
        sample_unload(library);
        sample_unload(sample_load_from_system());
    }
    return 0;
}

// EXPECT: LoadDll module=marks_library.*
// EXPECT: Mark name="library is there"
// EXPECT: Mark name="library is called"
// EXPECT: UnloadDll module=marks_library.*
// EXPECT-COUNT: Mark name="library is there" tid=main = 3
// EXPECT-COUNT: Mark name="library is called" tid=main = 3
// EXPECT-COUNT: Mark = 6
// EXPECT-EXIT: 0
