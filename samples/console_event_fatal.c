/*
 * Ctrl-C to a program that has no handler for it ends it, with the exit code that it has alone:
 * 0xC000013A, under Wine 0.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum { DEADLINE_MS = 20000 };

int main(void)
{
    FreeConsole();
    /* whoever started us may have it ignored, which is inherited */
    SetConsoleCtrlHandler(NULL, FALSE);
    if (!AllocConsole() || !GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
        return 99;
    Sleep(DEADLINE_MS);
    return 98;
}

// EXPECT: Exception code=0x40010005 first_chance=1
// EXPECT-NONE: ExitProcess exit_code=9?
