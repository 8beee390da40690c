/*
 * Says its number and is silent for a while: idle_windows sleep|wait|compute MS.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile unsigned sum;

static void compute(ULONGLONG ms)
{
    ULONGLONG end = GetTickCount64() + ms;

    while (GetTickCount64() < end)
        for (unsigned i = 0; i < 100000; i++)
            sum += i;
}

int main(int argument_count, char **arguments)
{
    DWORD ms = argument_count > 2 ? (DWORD)strtoul(arguments[2], NULL, 10) : 0;

    if (argument_count < 3)
        return 1;
    printf("%lu\n", GetCurrentProcessId());
    fflush(stdout);
    if (strcmp(arguments[1], "sleep") == 0)
        Sleep(ms);
    else if (strcmp(arguments[1], "wait") == 0)
        WaitForSingleObject(CreateEventW(NULL, TRUE, FALSE, NULL), ms);
    else
        compute(ms);
    return 0;
}
