/*
 * Names of threads. A thread gets one from an exception that tells a debugger (exception.c), or
 * from SetThreadDescription, which tells nobody: that one is asked for when a thread ends, since it
 * goes with the thread, and at an attach. Runs while the target stands still.
 */
#include "windows_platform.h"

#include "text.h"

enum {
    THREAD_NAME_INFORMATION = 38, /* ThreadNameInformation of THREADINFOCLASS: Windows 10 1607 */
    NAME_BYTES_MAX = 2048
};

/* A UNICODE_STRING, and the text that it points to. */
struct name_information {
    USHORT length, capacity;
    wchar_t *text;
    wchar_t room[NAME_BYTES_MAX / sizeof(wchar_t)];
};

/* The cheapest way: GetThreadDescription does the same, twice, with an allocation. */
void thread_name_prepare(struct platform *platform)
{
    if (os_find_function(L"kernelbase.dll", "GetThreadDescription") != NULL)
        platform->query_thread =
            (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG, PULONG))os_find_function(
                L"ntdll.dll", "NtQueryInformationThread");
}

void thread_name_set(struct event *event, uint32_t tid, const char *name, size_t length)
{
    length = text_cut(name, length, EVENT_BYTES_MAX - event->bytes_used);
    if (length == 0)
        return;
    event->naming.tid = tid;
    event->naming.name = event_put_bytes(event, name, length);
}

void thread_name_decode(struct platform *platform, struct event *event)
{
    enum { QUERY_LIMITED = 0x0800 }; /* THREAD_QUERY_LIMITED_INFORMATION */
    HANDLE thread =
        platform->query_thread != NULL ? OpenThread(QUERY_LIMITED, FALSE, event->tid) : NULL;
    struct name_information information;
    bool exact;

    if (thread == NULL)
        return;
    if (platform->query_thread(thread, THREAD_NAME_INFORMATION, &information, sizeof information,
                               NULL) >= 0 &&
        information.text != NULL)
        thread_name_set(event, event->tid, platform->text,
                        text_from_utf16((const uint16_t *)information.text, information.length / 2,
                                        platform->text, &exact));
    CloseHandle(thread);
}
