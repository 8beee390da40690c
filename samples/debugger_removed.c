/*
 * Shakes its debugger off, as programs do that protect themselves, and ends a little later: no
 * event tells of that, so its end is concluded from the process handle and marked synthetic.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

enum { PROCESS_DEBUG_OBJECT_HANDLE = 0x1E };

static void find(const char *name, void *function)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);

    memcpy(function, &found, sizeof found);
}

int main(void)
{
    LONG(WINAPI * query)(HANDLE, ULONG, void *, ULONG, ULONG *);
    LONG(WINAPI * remove_debug)(HANDLE, HANDLE);
    HANDLE debug_object = NULL;

    find("NtQueryInformationProcess", &query);
    find("NtRemoveProcessDebug", &remove_debug);
    if (query(GetCurrentProcess(), PROCESS_DEBUG_OBJECT_HANDLE, &debug_object, sizeof debug_object,
              NULL) >= 0)
        remove_debug(GetCurrentProcess(), debug_object);
    OutputDebugStringA("nobody hears this");
    puts("on my own");
    return 12;
}

// EXPECT: ExitProcess exit_code=12 synthetic=1
// EXPECT-NONE: OutputDebugString
// EXPECT-EXIT: 12
