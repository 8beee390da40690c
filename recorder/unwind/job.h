/*
 * The stacks of a run, as they are handed to the process that unwinds them and come back: one block
 * of memory without pointers. That process reads files of the target's, so whoever has started it
 * believes nothing that stands there, but takes what is sound (job_stack_frames, job_frame).
 */
#ifndef TRAIL_JOB_H
#define TRAIL_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JOB_FRAMES_PER_STACK = 64,
    JOB_FRAMES_MAX = 65536, /* different ones */
    JOB_STACKS_MAX = 20000,
    JOB_MODULES_MAX = 100000,
    JOB_PATH_BYTES_MAX = 4096,
    JOB_SYMBOL_BYTES_MAX = 1024
};

/* Text or bytes within the block. */
struct job_span {
    uint32_t at, length;
};

/* A module, and how long it lay there. */
struct job_module {
    uint64_t base, bytes;
    uint64_t from_seq, to_seq; /* to_seq is the first event without it */
    int64_t process_id, module_id;
    uint64_t file_bytes;            /* 0: unknown */
    struct job_span path, build_id; /* UTF-8; hex */
    uint32_t pe_timestamp, has_pdb;
    uint32_t is_unreadable; /* its file is not to be looked at */
};

struct job_stack {
    int64_t key;  /* its seq in raw_stack */
    uint64_t seq; /* of the event then, or before it */
    int64_t process_id;
    struct job_span registers, stack;           /* as raw_stack has them */
    struct job_span base_registers, base_stack; /* of its base; length 0: none */
};

/* What was found. */
struct job_frame {
    uint64_t offset, symbol_offset;
    uint32_t module; /* index + 1; 0: none */
    uint32_t guessed;
    struct job_span symbol; /* length 0: not known */
};

struct job_result {
    uint32_t frame_count;
    uint32_t frames[JOB_FRAMES_PER_STACK]; /* numbers of job_frames, the innermost first */
};

struct job {
    uint32_t module_count, stack_count;
    uint32_t modules_at, stacks_at, frames_at, results_at;
    uint32_t texts_at, texts_end; /* room for symbols */
    uint32_t asks_debuginfod;
    /* The worker's. */
    uint32_t frame_count, texts_used;
    volatile uint32_t done;   /* stacks that are unwound, in their order */
    volatile uint32_t module; /* index + 1 of the module that is looked at; 0: none */
};

/* How much memory a job takes, with `bytes` for all its spans; 0 if that is too much. */
size_t job_size(size_t modules, size_t stacks, size_t bytes);

/* Lays the block out in memory of that size, which is zero. job_put_bytes then fills spans. */
void job_begin(struct job *job, size_t modules, size_t stacks, size_t size);
struct job_span job_put_bytes(struct job *job, const void *bytes, size_t length);

struct job_module *job_modules(struct job *job);
struct job_stack *job_stacks(struct job *job);
struct job_frame *job_frames(struct job *job);
struct job_result *job_results(struct job *job);
const void *job_bytes(const struct job *job, struct job_span span);

/*
 * Reading what a worker has left, whatever that is: `known` is a copy of what lies before the
 * frames, made before it began. job_read_result returns how many of the frames are sound;
 * job_read_frame copies one that is (its symbol NUL-terminated), or returns false.
 */
unsigned job_read_result(const struct job *job, const struct job *known, uint32_t stack,
                         uint32_t *frames);
bool job_read_frame(const struct job *job, const struct job *known, uint32_t number,
                    struct job_frame *frame, char symbol[JOB_SYMBOL_BYTES_MAX]);

#endif
