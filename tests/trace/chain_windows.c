/* A program that imports middle_windows, and by it absent_windows, and an API set. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

__declspec(dllimport) int middle_value(void);
/* of Windows 8 */
__declspec(dllimport) VOID WINAPI WakeByAddressSingle(PVOID address);

int main(void)
{
    int nobody_waits = 0;

    WakeByAddressSingle(&nobody_waits);
    return middle_value();
}
