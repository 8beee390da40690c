/*
 * See perf_buffer.h. The two counters are shared with the kernel, not among Trail's threads: their
 * order is perf_event_open(2)'s.
 */
#include "perf_buffer.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <string.h>

enum { RECORD_BYTES_MAX = UINT16_MAX + 1 };

/* The fixed parts; a name follows, then the sample_id, which is the time alone. */
struct mapped_part {
    struct perf_event_header header;
    uint32_t pid, tid;
    uint64_t address, size, file_offset;
    uint32_t device_major, device_minor;
    uint64_t inode, inode_generation;
    uint32_t protection, flags;
};

struct command_part {
    struct perf_event_header header;
    uint32_t pid, tid;
};

struct lost_part {
    struct perf_event_header header;
    uint64_t id, count;
};

/* Records wrap around at the end of the data. */
static void copy_out(const struct perf_buffer *buffer, uint64_t position, void *out, size_t size)
{
    size_t at = (size_t)(position & (buffer->data_bytes - 1)), first = buffer->data_bytes - at;

    if (first > size)
        first = size;
    memcpy(out, buffer->data + at, first);
    memcpy((unsigned char *)out + first, buffer->data, size - first);
}

static bool decode_mapped(const unsigned char *bytes, struct perf_record *record)
{
    struct mapped_part part;

    memcpy(&part, bytes, sizeof part);
    record->kind = PERF_MAPPED;
    record->pid = part.pid;
    record->address = part.address;
    record->size = part.size;
    record->device_major = part.device_major;
    record->device_minor = part.device_minor;
    record->inode = part.inode;
    record->inode_generation = part.inode_generation;
    return part.inode != 0; /* else it is memory without a file */
}

static bool decode_execed(const unsigned char *bytes, struct perf_record *record)
{
    struct command_part part;

    memcpy(&part, bytes, sizeof part);
    record->kind = PERF_EXECED;
    record->pid = part.pid;
    return (part.header.misc & PERF_RECORD_MISC_COMM_EXEC) != 0; /* else it was only renamed */
}

static bool decode_lost(const unsigned char *bytes, struct perf_record *record)
{
    (void)bytes;
    record->kind = PERF_LOST;
    return true;
}

static const struct {
    uint32_t type;
    size_t least_bytes;
    bool (*decode)(const unsigned char *bytes, struct perf_record *record);
} decoders[] = {
    {PERF_RECORD_MMAP2, sizeof(struct mapped_part) + sizeof(uint64_t), decode_mapped},
    {PERF_RECORD_COMM, sizeof(struct command_part) + sizeof(uint64_t), decode_execed},
    {PERF_RECORD_LOST, sizeof(struct lost_part) + sizeof(uint64_t), decode_lost},
};

/* A sample: what perf_samples.c asks for, one after the other. */
static bool decode_sample(const unsigned char *bytes, size_t size, struct perf_record *record)
{
    enum { TID = 12, TIME = 16, ABI = 24, REGISTERS = 32 };
    size_t at = REGISTERS;
    uint64_t abi, copied, used;

    if (size < REGISTERS + sizeof copied)
        return false;
    memset(record, 0, sizeof *record);
    record->kind = PERF_SAMPLED;
    memcpy(&record->pid, bytes + sizeof(struct perf_event_header), sizeof record->pid);
    memcpy(&record->tid, bytes + TID, sizeof record->tid);
    memcpy(&record->time_ns, bytes + TIME, sizeof record->time_ns);
    memcpy(&abi, bytes + ABI, sizeof abi);
    if (abi != PERF_SAMPLE_REGS_ABI_64)
        return true; /* a thread of the kernel's, or of 32 bits */
    at += PERF_SAMPLED_REGISTERS * sizeof(uint64_t);
    if (size < at + sizeof copied)
        return true;
    memcpy(&copied, bytes + at, sizeof copied);
    if (copied == 0 || copied > size - at - sizeof copied ||
        size - at - sizeof copied - copied < sizeof used)
        return true;
    at += sizeof copied;
    memcpy(&used, bytes + at + copied, sizeof used);
    record->registers = bytes + REGISTERS;
    record->stack = bytes + at;
    record->stack_bytes = (size_t)(used < copied ? used : copied);
    return true;
}

static bool decode(const unsigned char *bytes, const struct perf_event_header *header,
                   struct perf_record *record)
{
    if (header->type == PERF_RECORD_SAMPLE)
        return decode_sample(bytes, header->size, record);
    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        if (decoders[i].type != header->type)
            continue;
        if (header->size < decoders[i].least_bytes)
            return false;
        memset(record, 0, sizeof *record);
        memcpy(&record->time_ns, bytes + header->size - sizeof record->time_ns,
               sizeof record->time_ns);
        return decoders[i].decode(bytes, record);
    }
    return false;
}

void perf_buffer_read(struct perf_buffer *buffer,
                      void (*take)(void *context, const struct perf_record *record), void *context)
{
    unsigned char bytes[RECORD_BYTES_MAX];
    uint64_t head = __atomic_load_n(&buffer->page->data_head, __ATOMIC_ACQUIRE),
             tail = buffer->page->data_tail;
    struct perf_event_header header;
    struct perf_record record;

    while (head - tail >= sizeof header && head - tail <= buffer->data_bytes) {
        copy_out(buffer, tail, &header, sizeof header);
        if (header.size < sizeof header || header.size > head - tail)
            break; /* not what a kernel writes: nothing behind it can be found */
        copy_out(buffer, tail, bytes, header.size);
        if (decode(bytes, &header, &record)) {
            record.since_ns = record.kind == PERF_LOST ? buffer->last_ns : 0;
            buffer->last_ns = record.time_ns;
            take(context, &record);
        }
        tail += header.size;
    }
    __atomic_store_n(&buffer->page->data_tail, head, __ATOMIC_RELEASE);
}
