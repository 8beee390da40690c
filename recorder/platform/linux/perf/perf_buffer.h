/*
 * One buffer that the kernel fills with perf events (perf_event_open(2),
 * include/uapi/linux/perf_event.h), and the few kinds of record in it that tell when a file was
 * mapped executable. It needs no system call, so that it can be fed anything.
 *
 * The events must have been opened with sample_id_all and sample_type = PERF_SAMPLE_TIME, so that a
 * record ends with its time; or without the former, as perf_samples.c does. One reader; the other
 * side is the kernel.
 */
#ifndef TRAIL_PERF_BUFFER_H
#define TRAIL_PERF_BUFFER_H

#include <stddef.h>
#include <stdint.h>

enum { PERF_SAMPLED_REGISTERS = 17 };

enum perf_record_kind {
    PERF_MAPPED,  /* a file was mapped executable, or an executable mapping of it was changed */
    PERF_EXECED,  /* the process has a new image: what is mapped from here on belongs to it */
    PERF_SAMPLED, /* where a thread was executed */
    PERF_LOST     /* records were lost, after since_ns and up to this time */
};

struct perf_record {
    enum perf_record_kind kind;
    /* of the process, as its parent's namespace numbers it; 0 for PERF_LOST */
    uint32_t pid;
    uint64_t time_ns;       /* by the clock that the event was opened with */
    uint64_t address, size; /* the rest: PERF_MAPPED only */
    uint32_t device_major, device_minor;
    uint64_t inode, inode_generation;
    /* PERF_SAMPLED only, valid while it is given: the registers that were asked for, 8 bytes each,
     * or NULL; and what was copied from the stack pointer on */
    uint32_t tid;
    const unsigned char *registers, *stack;
    size_t stack_bytes;
    uint64_t since_ns; /* PERF_LOST only: the time of the record before, 0 if there was none */
};

struct perf_event_mmap_page;

/*
 * The header page as the kernel maps it, and the data behind it: data_bytes is a power of two and
 * not taken from the header.
 */
struct perf_buffer {
    struct perf_event_mmap_page *page;
    unsigned char *data;
    size_t data_bytes;
    uint64_t last_ns; /* the reader's own: the time of the last record given; 0 at first */
};

/*
 * Gives every complete record of a known kind to `take`, in order, and gives their room back to the
 * kernel.
 */
void perf_buffer_read(struct perf_buffer *buffer,
                      void (*take)(void *context, const struct perf_record *record), void *context);

#endif
