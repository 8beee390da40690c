/*
 * Names of threads. A thread gets one from an exception that tells a debugger (exception.c), or
 * from SetThreadDescription, which tells nobody: that one is asked for when a thread ends, since it
 * goes with the thread, and at an attach. Loop thread, while the target stands still.
 */
#ifndef TRAIL_WINDOWS_THREAD_NAME_H
#define TRAIL_WINDOWS_THREAD_NAME_H

#include "decoding/event_text.h"
#include "services/windows_api.h"

/* NtQueryInformationThread. */
typedef LONG(WINAPI *thread_name_query)(HANDLE, ULONG, PVOID, ULONG, PULONG);

/* How to ask for names; NULL if threads have none here. */
thread_name_query thread_name_find_query(void);

/* Names the event's thread as the system does, if it does. Uses text->utf8. */
void thread_name_decode(thread_name_query query, struct event_text *text, struct event *event);

/* Names a thread. */
void thread_name_set(struct event *event, uint32_t tid, const char *name, size_t length);

#endif
