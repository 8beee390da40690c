/*
 * A task's memory: reading it, and writing where it is write-protected too. Any thread that may
 * trace the task.
 */
#ifndef TRAIL_LINUX_MEMORY_H
#define TRAIL_LINUX_MEMORY_H

#include "image/elf.h"
#include <sys/types.h>

/* Returns the bytes read, 0 on failure. */
size_t memory_read(pid_t pid, uint64_t address, void *buffer, size_t size);
/* Up to 16 pages (of 4096 bytes), and to the end of what is mapped there. */
size_t memory_read_up_to(pid_t pid, uint64_t address, void *buffer, size_t size);
bool memory_read_exactly(pid_t pid, uint64_t address, void *buffer, size_t size);
/* Reads a NUL-terminated string of up to capacity - 1 bytes. Returns its length. */
size_t memory_read_string(pid_t pid, uint64_t address, char *buffer, size_t capacity);
/*
 * The headers and the build-id of an image that is mapped at base, from its first page, where every
 * known linker puts them.
 */
int memory_read_head(pid_t pid, uint64_t base, struct elf_head *head);
/* Both of a library at once: its name, as memory_read_string, and its head, if there is one. */
size_t memory_read_name_and_head(pid_t pid, uint64_t address, char *name, size_t capacity,
                                 uint64_t base, struct elf_head *head, bool *has_head);
/* Whether two tasks have the same memory, not only alike (kcmp(2)). */
bool memory_is_shared(pid_t a, pid_t b);
/*
 * Replaces bytes, write-protected or not; old (if not NULL) gets the former ones. -1 if the task is
 * gone or the address is not mapped.
 */
int memory_poke(pid_t tid, uint64_t address, const unsigned char *bytes, unsigned count,
                unsigned char *old);

#endif
