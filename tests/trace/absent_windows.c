/* What middle_windows needs; it refuses where REFUSE is set. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

__declspec(dllexport) int absent_value(void);
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

int absent_value(void)
{
    return 7;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)instance;
    (void)reserved;
    return reason != DLL_PROCESS_ATTACH || GetEnvironmentVariableA("REFUSE", NULL, 0) == 0;
}
