/* A program that imports middle_windows, and by it absent_windows, and an API set. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

__declspec(dllimport) int middle_value(void);

int main(void)
{
    SRWLOCK lock;

    InitializeSRWLock(&lock);
    return middle_value();
}
