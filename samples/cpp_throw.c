/*
 * What a C++ throw of Microsoft's compiler is to the system: this code, with the throw's
 * parameters. Handled, so that it has no second chance.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

enum { CPP_EXCEPTION = 0xE06D7363, CPP_MAGIC = 0x19930520 };

static volatile LONG caught;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;

    if (record->ExceptionCode != CPP_EXCEPTION || record->NumberParameters != 4 ||
        record->ExceptionInformation[0] != CPP_MAGIC)
        return EXCEPTION_CONTINUE_SEARCH;
    caught++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

int main(void)
{
    int thrown = 5;
    ULONG_PTR parameters[] = {CPP_MAGIC, (ULONG_PTR)&thrown, (ULONG_PTR)-1,
                              (ULONG_PTR)GetModuleHandleA(NULL)};

    AddVectoredExceptionHandler(1, handle);
    RaiseException(CPP_EXCEPTION, 0, 4, parameters);
    printf("caught %ld\n", (long)caught);
    return 0;
}

// EXPECT: Exception code=0xe06d7363 first_chance=1 flags=0 parameters="[[]429065504,*,\"0xffffffffffffffff\",*[]]"
// EXPECT-NONE: Exception first_chance=0
// EXPECT-EXIT: 0
