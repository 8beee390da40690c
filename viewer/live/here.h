/*
 * What /proc says now of a process that is recorded on this machine, where its owner may ask. On
 * other systems nothing is known. One of here_posix.c and here_windows.c. Main thread.
 */
#ifndef TRAIL_HERE_H
#define TRAIL_HERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HERE_DOING_BYTES = 96 };

/* Whether `host` is this machine. */
bool here_is_host(const char *host);

/* Whether trailrec traces a process of that number just now: no other process is meant. */
bool here_is_recorded(int64_t pid);

/* CPU time of the process, and what its main thread does ("" if that is not told). */
struct here {
    int64_t cpu_ns;
    char doing[HERE_DOING_BYTES];
};
bool here_look(int64_t pid, struct here *here);

#endif
