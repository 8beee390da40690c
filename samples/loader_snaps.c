/*
 * Debug strings in the forms of the loader's (Wine's loader has none): with --loader-snaps they
 * become failed loads, and the program's own strings stay what they are. A program that asks for
 * strings of its loader has the flag in its environment block.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <string.h>

/* NtGlobalFlag, which is where it always was, but not documented. */
static DWORD global_flag(void)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetCurrentPeb");
    char *(NTAPI * get_block)(void);
    char *block;

    memcpy(&get_block, &found, sizeof found);
    block = get_block();
    return *(DWORD *)(block + (sizeof(void *) == 8 ? 0xBC : 0x68));
}

int main(void)
{
    if (global_flag() & 2)
        OutputDebugStringA("asked for snaps\n");
    OutputDebugStringA("06d8:0218 @ 00371500 - LdrLoadDll - ENTER: DLL name: C:\\a\\plug.dll\n");
    OutputDebugStringA("06d8:0218 @ 00371500 - LdrpProcessWork - ERROR: Unable to load DLL: "
                       "\"key.dll\", Parent Module: \"C:\\a\\plug.dll\", Status: 0xc0000135\n");
    OutputDebugStringA("06d8:0218 @ 00371500 - LdrLoadDll - RETURN: Status: 0xc0000135\n");
    OutputDebugStringA("a string of the program\n");
    return 0;
}

// RECORD: --loader-snaps
// EXPECT: EntryPoint
// EXPECT: OutputDebugString text="asked for snaps\n"
// EXPECT: LoadFailed what=module name=key.dll object=C:\a\plug.dll request=C:\a\plug.dll load_phase=runtime status=0xc0000135 words="not found"
// EXPECT: OutputDebugString text="a string of the program\n"
// EXPECT-COUNT: LoadFailed = 1
// EXPECT-COUNT: OutputDebugString = 2
// EXPECT-EXIT: 0
