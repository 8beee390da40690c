/*
 * Names of threads that were told before the debugger was told of the threads themselves: who
 * creates a thread may name it before it runs. Plain memory, no SQL; it belongs to the writer
 * thread.
 */
#ifndef TRAIL_PENDING_NAMES_H
#define TRAIL_PENDING_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { PENDING_ENDS = 64 };

struct pending_name {
    uint32_t pid, tid;
    size_t length;
    char *text; /* UTF-8, not terminated */
};

/* All zero before it is used. */
struct pending_names {
    struct pending_name *items; /* private, as are all below */
    size_t count;
    uint64_t ended[PENDING_ENDS]; /* the last threads that ended */
    unsigned end_count;
};

void pending_names_release(struct pending_names *names);

/*
 * Keeps a copy of the name of a thread that is not there, the last one told. Not if one of that
 * number has ended just now: it may be meant, and the name would go to the next one. What there is
 * no memory for is forgotten.
 */
void pending_names_keep(struct pending_names *names, uint32_t pid, uint32_t tid, const void *text,
                        size_t length);

/* The name kept for a thread, NULL if there is none. */
const struct pending_name *pending_names_find(const struct pending_names *names, uint32_t pid,
                                              uint32_t tid);
void pending_names_forget(struct pending_names *names, uint32_t pid, uint32_t tid);

/* A thread has ended; and a process with all that it had. */
void pending_names_end_thread(struct pending_names *names, uint32_t pid, uint32_t tid);
void pending_names_end_process(struct pending_names *names, uint32_t pid);

#endif
