/*
 * What marks_in_library.c is about: a library that makes a mark as soon as it is loaded, and when
 * it is called.
 */
#include "trail.h"

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
int __stdcall DllMain(void *library, unsigned long reason, void *reserved);
int __stdcall DllMain(void *library, unsigned long reason, void *reserved)
{
    (void)library, (void)reserved;
    if (reason == 1)
        TRAIL_MARK("library is there");
    return 1;
}
#else
#define EXPORT
__attribute__((constructor)) static void begin(void)
{
    TRAIL_MARK("library is there");
}
#endif

EXPORT int plugin_answer(void);
int plugin_answer(void)
{
    TRAIL_MARK("library is called");
    return 42;
}
