/*
 * What /proc says of a process or thread. Each call reads a file. Any thread.
 */
#ifndef TRAIL_LINUX_PROC_H
#define TRAIL_LINUX_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads /proc/PID/name from its start; returns the bytes read. */
size_t proc_read(pid_t pid, const char *name, void *buffer, size_t capacity);

/* A number that stands behind `name` in /proc/PID/status; -1 if there is none. */
long proc_status_number(pid_t pid, const char *name);

/* The effective one of the numbers behind `Uid:` or `Gid:` there; -1 if there is none. */
long proc_status_id(pid_t pid, const char *name);

/* A set of signals or capabilities there; 0 if there is none. */
uint64_t proc_status_mask(pid_t pid, const char *name);

/* Whether it is the first process of a pid namespace that is not ours. */
bool proc_is_init_of_namespace(pid_t pid);

/* Whether the thread has ended, noticed or not. */
bool proc_has_ended(pid_t tid);

/* Whether any thread has memory: a thread of the kernel has none, and none that has ended. */
bool proc_has_memory(pid_t pid);

/* Calls `visit` with each of the process's threads until it returns true; returns whether it did.
 */
bool proc_any_thread(pid_t pid, bool (*visit)(void *context, pid_t tid), void *context);

/*
 * Whether what the kernel shows of a path says that the file is not there any more by it: a mark
 * behind it, which is cut off from the length (proc(5)).
 */
bool proc_cut_unlinked(const char *path, size_t *length);

/* What is mapped at an address. */
struct proc_mapping {
    dev_t device;
    uint64_t inode; /* 0: no file */
    bool unlinked;  /* the file is not there any more by its path */
    size_t
        length; /* of the path, as the kernel shows it to us: without links; 0: none, or no room */
    char path[4096], link[64]; /* link: leads to just that file, where we may follow it */
};
/* False if nothing is, or it cannot be read. */
bool proc_mapping_at(pid_t pid, uint64_t address, struct proc_mapping *mapping);

#endif
