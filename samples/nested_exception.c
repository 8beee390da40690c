/*
 * Exceptions whose records point to others, as they do when a handler raises one: a chain of two,
 * and a hostile one that is a circle.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

static volatile LONG handled;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if ((exception->ExceptionRecord->ExceptionCode & 0xFFFFFF00) != 0xE0AA0000)
        return EXCEPTION_CONTINUE_SEARCH;
    handled++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    EXCEPTION_RECORD inner = {.ExceptionCode = 0xE0AA0003, .ExceptionAddress = (void *)0x1234};
    EXCEPTION_RECORD middle = {
        .ExceptionCode = 0xE0AA0002, .ExceptionRecord = &inner, .ExceptionAddress = (void *)0x5678};
    EXCEPTION_RECORD outer = {.ExceptionCode = 0xE0AA0001, .ExceptionRecord = &middle};
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlRaiseException");
    void(WINAPI * raise_record)(EXCEPTION_RECORD *);

    memcpy(&raise_record, &found, sizeof raise_record);
    AddVectoredExceptionHandler(1, handle);
    raise_record(&outer);
    inner.ExceptionRecord = &inner;
    outer.ExceptionCode = 0xE0AA0004;
    outer.ExceptionRecord = &inner;
    raise_record(&outer);
    printf("handled %ld\n", (long)handled);
    return 0;
}

// EXPECT: Exception code=0xe0aa0001 first_chance=1 nested_codes=[[]3769237506,3769237507[]] nested_addresses=[[]22136,4660[]]
// EXPECT: Exception code=0xe0aa0004 first_chance=1 nested_codes=[[]3769237507,3769237507,*[]]
// EXPECT-COUNT: Exception code=0xe0aa000? = 2
// EXPECT-EXIT: 0
