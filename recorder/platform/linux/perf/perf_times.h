/*
 * When a module was mapped executable, by what the kernel said of its process: the records of all
 * buffers, merged with what the loader told at its stops. They meet by process and address. Where
 * records were lost, or are too old to be remembered, nothing is guessed. One thread at a time.
 */
#ifndef TRAIL_PERF_TIMES_H
#define TRAIL_PERF_TIMES_H

#include "perf_buffer.h"

struct perf_times;

/* NULL if out of memory. */
struct perf_times *perf_times_new(void);
void perf_times_free(struct perf_times *times);

/* Adds what one buffer has. Records of one process may come from several buffers in any order. */
void perf_times_read(struct perf_times *times, struct perf_buffer *buffer);

/*
 * A process was seen to run a new image, at stop_ns: what its exec itself had mapped (the loader)
 * has that time and none before.
 */
void perf_times_image(struct perf_times *times, uint32_t pid, uint64_t stop_ns);

/*
 * When the module of size bytes at base, which the loader told of at stop_ns, was mapped. 0 if it
 * cannot be said. A mapping is given to one stop only: the next module at this address is another
 * one. Asking again for the same stop gives the same answer.
 */
uint64_t perf_times_of_module(struct perf_times *times, uint32_t pid, uint64_t base, uint64_t size,
                              uint64_t stop_ns);

#endif
