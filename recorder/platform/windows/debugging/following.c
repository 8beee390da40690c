/* See following.h. */
#include "debugging/following.h"

#include "services/windows_api.h"

bool following_set(uint32_t pid, bool follow, bool *before)
{
    enum { PROCESS_DEBUG_FLAGS = 0x1F, PROCESS_DEBUG_INHERIT = 1 };
    LONG(WINAPI * query)
    (HANDLE, ULONG, PVOID, ULONG, PULONG) =
        (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG, PULONG))windows_api_find(
            L"ntdll.dll", "NtQueryInformationProcess");
    LONG(WINAPI * set)
    (HANDLE, ULONG, PVOID, ULONG) = (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG))windows_api_find(
        L"ntdll.dll", "NtSetInformationProcess");
    HANDLE process = OpenProcess(PROCESS_SET_INFORMATION | PROCESS_QUERY_INFORMATION, FALSE, pid);
    ULONG flags = follow ? PROCESS_DEBUG_INHERIT : 0, old = flags;
    bool done = false;

    if (process != NULL && query != NULL && set != NULL) {
        query(process, PROCESS_DEBUG_FLAGS, &old, sizeof old, NULL);
        done = set(process, PROCESS_DEBUG_FLAGS, &flags, sizeof flags) >= 0;
    }
    if (process != NULL)
        CloseHandle(process);
    *before = (old & PROCESS_DEBUG_INHERIT) != 0;
    return done;
}
