/* See thread_name.h. */
#include "decoding/thread_name.h"

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
thread_name_query thread_name_find_query(void)
{
    return windows_api_find(L"kernelbase.dll", "GetThreadDescription") != NULL
               ? (thread_name_query)windows_api_find(L"ntdll.dll", "NtQueryInformationThread")
               : NULL;
}

void thread_name_set(struct event *event, uint32_t tid, const char *name, size_t length)
{
    length = text_cut(name, length, EVENT_BYTES_MAX - event->bytes_used);
    if (length == 0)
        return;
    event->naming.tid = tid;
    event->naming.name = event_put_bytes(event, name, length);
}

void thread_name_decode(thread_name_query query, struct event_text *text, struct event *event)
{
    enum { QUERY_LIMITED = 0x0800 }; /* THREAD_QUERY_LIMITED_INFORMATION */
    HANDLE thread = query != NULL ? OpenThread(QUERY_LIMITED, FALSE, event->tid) : NULL;
    struct name_information information;
    bool exact;

    if (thread == NULL)
        return;
    if (query(thread, THREAD_NAME_INFORMATION, &information, sizeof information, NULL) >= 0 &&
        information.text != NULL)
        thread_name_set(event, event->tid, text->utf8,
                        text_from_utf16((const uint16_t *)information.text, information.length / 2,
                                        text->utf8, &exact));
    CloseHandle(thread);
}
