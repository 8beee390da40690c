/*
 * Ctrl-C, which under a debugger comes with an exception first: the program's handler gets it all
 * the same. In a console of its own, so that nobody else is meant.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

enum { DEADLINE_MS = 20000 };

static HANDLE handled;

static BOOL WINAPI handle(DWORD event)
{
    printf("console event %lu\n", event);
    SetEvent(handled);
    return TRUE;
}

int main(void)
{
    handled = CreateEventA(NULL, TRUE, FALSE, NULL);
    FreeConsole();
    if (!AllocConsole() || !SetConsoleCtrlHandler(handle, TRUE) ||
        !GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
        return 99;
    return WaitForSingleObject(handled, DEADLINE_MS) == WAIT_OBJECT_0 ? 0 : 98;
}

// EXPECT: Exception code=0x40010005 first_chance=1 name=DBG_CONTROL_C
// EXPECT-COUNT: Exception code=0x40010005 = 1
// EXPECT-NONE: Exception first_chance=0
// EXPECT-EXIT: 0
