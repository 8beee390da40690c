/* See peb.h. Where NtGlobalFlag stands is not documented, but has not moved since Windows XP. */
#include "decoding/peb.h"

#include "decoding/target_memory.h"

enum {
    BASIC_INFORMATION = 0,  /* ProcessBasicInformation of PROCESSINFOCLASS */
    WOW64_INFORMATION = 26, /* ProcessWow64Information: where the 32-bit one is */
    GLOBAL_FLAG_32 = 0x68,
    GLOBAL_FLAG_64 = 0xBC,
    SHOW_SNAPS = 2 /* FLG_SHOW_LDR_SNAPS of gflags */
};

static bool query(HANDLE process, ULONG what, void *out, ULONG size)
{
    LONG(WINAPI * ask)
    (HANDLE, ULONG, PVOID, ULONG, PULONG) =
        (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG, PULONG))windows_api_find(
            L"ntdll.dll", "NtQueryInformationProcess");

    return ask != NULL && ask(process, what, out, size, NULL) >= 0;
}

bool peb_find(HANDLE process, struct process_information *information)
{
    return query(process, BASIC_INFORMATION, information, sizeof *information);
}

static void add_flag(HANDLE process, uintptr_t at)
{
    DWORD flags;

    if (!target_memory_read(process, at, &flags, sizeof flags))
        return;
    flags |= SHOW_SNAPS;
    WriteProcessMemory(process, (void *)at, &flags, sizeof flags, NULL);
}

void peb_ask_snaps(HANDLE process, bool wow64)
{
    struct process_information information;
    ULONG_PTR narrow = 0;

    if (peb_find(process, &information))
        add_flag(process,
                 information.peb + (sizeof(void *) == 8 ? GLOBAL_FLAG_64 : GLOBAL_FLAG_32));
    if (wow64 && sizeof(void *) == 8 && query(process, WOW64_INFORMATION, &narrow, sizeof narrow) &&
        narrow != 0)
        add_flag(process, narrow + GLOBAL_FLAG_32);
}
