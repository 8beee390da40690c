/* See job.h. */
#include "job.h"

#include <string.h>

enum { SYMBOLS_BYTES = 4 * 1024 * 1024, SIZE_MAX_BYTES = 512 * 1024 * 1024 };

static size_t aligned(size_t size)
{
    return (size + 7) / 8 * 8;
}

static size_t fixed_size(size_t modules, size_t stacks)
{
    return aligned(sizeof(struct job)) + modules * sizeof(struct job_module) +
           stacks * (sizeof(struct job_stack) + sizeof(struct job_result)) +
           JOB_FRAMES_MAX * sizeof(struct job_frame);
}

size_t job_size(size_t modules, size_t stacks, size_t bytes)
{
    size_t size;

    if (modules > JOB_MODULES_MAX || stacks > JOB_STACKS_MAX || bytes > SIZE_MAX_BYTES)
        return 0;
    size = aligned(fixed_size(modules, stacks)) + aligned(bytes) + SYMBOLS_BYTES;
    return size > SIZE_MAX_BYTES ? 0 : size;
}

void job_begin(struct job *job, size_t modules, size_t stacks, size_t size)
{
    job->module_count = (uint32_t)modules;
    job->stack_count = (uint32_t)stacks;
    job->modules_at = (uint32_t)aligned(sizeof *job);
    job->stacks_at = job->modules_at + (uint32_t)(modules * sizeof(struct job_module));
    job->frames_at = job->stacks_at + (uint32_t)(stacks * sizeof(struct job_stack));
    job->results_at = job->frames_at + (uint32_t)(JOB_FRAMES_MAX * sizeof(struct job_frame));
    job->texts_at = job->results_at + (uint32_t)(stacks * sizeof(struct job_result));
    job->texts_used = job->texts_at;
    job->texts_end = (uint32_t)size;
}

struct job_span job_put_bytes(struct job *job, const void *bytes, size_t length)
{
    struct job_span span = {job->texts_used, (uint32_t)length};

    if (bytes == NULL || length > job->texts_end - job->texts_used)
        return (struct job_span){job->texts_at, 0};
    memcpy((unsigned char *)job + span.at, bytes, length);
    job->texts_used += span.length;
    return span;
}

struct job_module *job_modules(struct job *job)
{
    return (struct job_module *)((unsigned char *)job + job->modules_at);
}

struct job_stack *job_stacks(struct job *job)
{
    return (struct job_stack *)((unsigned char *)job + job->stacks_at);
}

struct job_frame *job_frames(struct job *job)
{
    return (struct job_frame *)((unsigned char *)job + job->frames_at);
}

struct job_result *job_results(struct job *job)
{
    return (struct job_result *)((unsigned char *)job + job->results_at);
}

const void *job_bytes(const struct job *job, struct job_span span)
{
    return (const unsigned char *)job + span.at;
}

unsigned job_read_result(const struct job *job, const struct job *known, uint32_t stack,
                         uint32_t *frames)
{
    struct job_result result;
    unsigned count = 0;

    memcpy(&result, (const unsigned char *)job + known->results_at + stack * sizeof result,
           sizeof result);
    while (count < result.frame_count && count < JOB_FRAMES_PER_STACK &&
           result.frames[count] < JOB_FRAMES_MAX) {
        frames[count] = result.frames[count];
        count++;
    }
    return count;
}

bool job_read_frame(const struct job *job, const struct job *known, uint32_t number,
                    struct job_frame *frame, char symbol[JOB_SYMBOL_BYTES_MAX])
{
    struct job_span span;

    if (number >= JOB_FRAMES_MAX)
        return false;
    memcpy(frame, (const unsigned char *)job + known->frames_at + number * sizeof *frame,
           sizeof *frame);
    span = frame->symbol;
    if (frame->module > known->module_count || span.length >= JOB_SYMBOL_BYTES_MAX ||
        (span.length > 0 && (span.at < known->texts_at || span.at > known->texts_end ||
                             span.length > known->texts_end - span.at)))
        return false;
    if (span.length > 0)
        memcpy(symbol, (const unsigned char *)job + span.at, span.length);
    symbol[span.length] = '\0';
    return memchr(symbol, '\0', JOB_SYMBOL_BYTES_MAX) == symbol + span.length;
}
