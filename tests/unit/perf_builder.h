/*
 * A buffer as the kernel would fill it, for the tests of perf_buffer.c and perf_times.c: records
 * are put behind what is there.
 */
#ifndef TRAIL_PERF_BUILDER_H
#define TRAIL_PERF_BUILDER_H

#include "platform/linux/perf/perf_buffer.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <string.h>

enum { BUILDER_BYTES = 4096 };

struct builder {
    struct perf_event_mmap_page page;
    unsigned char data[BUILDER_BYTES];
    struct perf_buffer buffer;
};

/*
 * An empty buffer whose next record comes at that position: near the end of the data it wraps
 * around.
 */
static void builder_begin(struct builder *builder, uint64_t position)
{
    memset(builder, 0, sizeof *builder);
    builder->page.data_head = builder->page.data_tail = position;
    builder->buffer = (struct perf_buffer){&builder->page, builder->data, sizeof builder->data, 0};
}

static void builder_put_bytes(struct builder *builder, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        builder->data[builder->page.data_head++ % BUILDER_BYTES] =
            ((const unsigned char *)bytes)[i];
}

/* A record with its fixed part, a name, and the time at its end. */
static void builder_put(struct builder *builder, uint32_t type, uint16_t misc, const void *part,
                        size_t part_size, const char *name, uint64_t time_ns)
{
    size_t name_size = name == NULL ? 0 : (strlen(name) + 8) & ~(size_t)7;
    struct perf_event_header header = {
        type, misc, (uint16_t)(sizeof header + part_size + name_size + sizeof time_ns)};
    char padded[256] = "";

    if (name != NULL)
        memcpy(padded, name, strlen(name));
    builder_put_bytes(builder, &header, sizeof header);
    builder_put_bytes(builder, part, part_size);
    builder_put_bytes(builder, padded, name_size);
    builder_put_bytes(builder, &time_ns, sizeof time_ns);
}

static inline void builder_put_mapped(struct builder *builder, uint32_t pid, uint64_t address,
                                      uint64_t size, uint64_t inode, uint64_t time_ns)
{
    struct {
        uint32_t pid, tid;
        uint64_t address, size, file_offset;
        uint32_t major, minor;
        uint64_t inode, generation;
        uint32_t protection, flags;
    } part = {pid, pid, address, size, 0x1000, 8, 1, inode, 7, 5, 2};

    builder_put(builder, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER, &part, sizeof part,
                "/usr/lib/libsample.so.1", time_ns);
}

static inline void builder_put_command(struct builder *builder, uint32_t pid, bool exec,
                                       uint64_t time_ns)
{
    uint32_t part[2] = {pid, pid};

    builder_put(builder, PERF_RECORD_COMM, exec ? PERF_RECORD_MISC_COMM_EXEC : 0, part, sizeof part,
                "sample", time_ns);
}

static inline void builder_put_lost(struct builder *builder, uint64_t time_ns)
{
    uint64_t part[2] = {1, 5};

    builder_put(builder, PERF_RECORD_LOST, 0, part, sizeof part, NULL, time_ns);
}

/* A sample of a thread of 64 bits, as perf_samples.c asks for it. */
struct built_sample {
    uint32_t pid, tid;
    uint64_t time_ns, abi;
    uint64_t registers[PERF_SAMPLED_REGISTERS];
    uint64_t copied; /* bytes of stack, the first `used` of which are there */
    unsigned char stack[256];
    uint64_t used;
};

static inline struct built_sample builder_sample(uint32_t tid, uint64_t time_ns)
{
    struct built_sample sample = {.pid = 10,
                                  .tid = tid,
                                  .time_ns = time_ns,
                                  .abi = PERF_SAMPLE_REGS_ABI_64,
                                  .copied = sizeof sample.stack,
                                  .used = sizeof sample.stack / 2};

    for (size_t i = 0; i < PERF_SAMPLED_REGISTERS; i++)
        sample.registers[i] = 0x1000 + i;
    for (size_t i = 0; i < sizeof sample.stack; i++)
        sample.stack[i] = (unsigned char)i;
    return sample;
}

/* Its first bytes, as if that were all. */
static inline void builder_put_sample(struct builder *builder, const struct built_sample *sample,
                                      size_t bytes)
{
    struct perf_event_header header = {PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER,
                                       (uint16_t)(sizeof header + bytes)};

    builder_put_bytes(builder, &header, sizeof header);
    builder_put_bytes(builder, sample, bytes);
}

#endif
