/*
 * The process environment block: where it is, and what is changed in it. Loop thread, while the
 * process stands still.
 */
#ifndef TRAIL_WINDOWS_PEB_H
#define TRAIL_WINDOWS_PEB_H

#include "services/windows_api.h"

#include <stdbool.h>

/* PROCESS_BASIC_INFORMATION, as winternl.h declares it without names. */
struct process_information {
    LONG exit_status;
    ULONG_PTR peb, affinity;
    LONG base_priority;
    ULONG_PTR pid, parent_pid;
};

bool peb_find(HANDLE process, struct process_information *information);

/*
 * Has the loader of a process that has not begun tell what it does; of a 32-bit process on a 64-bit
 * system that of its 32-bit half, too. What cannot be written is left.
 */
void peb_ask_snaps(HANDLE process, bool wow64);

#endif
