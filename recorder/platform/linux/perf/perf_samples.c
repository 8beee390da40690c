/* See perf_samples.h. Each thread has an event and a buffer of its own. */
#define _GNU_SOURCE
#include "perf_samples.h"

#include "perf_buffer.h"
#include "stack_copy.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    DATA_PAGES = 128, /* 31 samples; the memory is locked, and the system sets it a limit */
    DATA_PAGES_MIN = 32
};

/* As include/uapi/asm/perf_regs.h numbers them: ax bx cx dx si di bp sp ip, and r8 to r15. */
#define REGISTERS UINT64_C(0xFF01FF)
static const unsigned char numbers[STACK_REGISTERS] = {0,  3,  2,  1,  4,  5,  6,  7, 9,
                                                       10, 11, 12, 13, 14, 15, 16, 8};

static struct sampler {
    pid_t pid, tid; /* pid 0: free */
    int file;
    uint64_t interval_ns;
    struct perf_buffer buffer;
} samplers[LOOK_THREADS_MAX];

static int open_event(pid_t tid, uint64_t interval_ns, bool with_kernel)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .sample_period = interval_ns,
        /* what it does in the kernel is its doing too, but to see that needs a privilege */
        .exclude_kernel = !with_kernel,
        .exclude_hv = 1,
        .sample_type =
            PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
        .sample_regs_user = REGISTERS,
        .sample_stack_user = STACK_COPY_BYTES,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1, /* nobody waits for it */
        .wakeup_watermark = UINT32_MAX / 2,
    };

    return (int)syscall(SYS_perf_event_open, &attributes, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool map_buffer(struct sampler *sampler)
{
    void *memory = MAP_FAILED;
    size_t pages = DATA_PAGES;

    for (; memory == MAP_FAILED && pages >= DATA_PAGES_MIN; pages /= 4) {
        sampler->buffer.data_bytes = pages * PAGE;
        memory =
            mmap(NULL, PAGE + pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, sampler->file, 0);
    }
    if (memory == MAP_FAILED)
        return false;
    sampler->buffer.page = memory;
    sampler->buffer.data = (unsigned char *)memory + PAGE;
    sampler->buffer.last_ns = 0;
    return true;
}

/* The one of a thread, else a free one; NULL if there is none. */
static struct sampler *find(pid_t pid, pid_t tid)
{
    struct sampler *none = NULL;

    for (unsigned i = 0; i < LOOK_THREADS_MAX; i++) {
        if (samplers[i].pid == pid && samplers[i].tid == tid)
            return &samplers[i];
        if (samplers[i].pid == 0)
            none = &samplers[i];
    }
    return none;
}

enum perf_samples_begun perf_samples_begin(pid_t pid, pid_t tid, uint64_t interval_ns)
{
    struct sampler *sampler = find(pid, tid);

    if (sampler == NULL)
        return PERF_SAMPLES_NONE;
    if (sampler->pid != 0) {
        if (sampler->interval_ns != interval_ns)
            ioctl(sampler->file, PERF_EVENT_IOC_PERIOD, &interval_ns);
        sampler->interval_ns = interval_ns;
        return PERF_SAMPLES_GO_ON;
    }
    sampler->file = open_event(tid, interval_ns, true);
    if (sampler->file < 0 && (errno == EACCES || errno == EPERM))
        sampler->file = open_event(tid, interval_ns, false);
    if (sampler->file < 0)
        return errno == EACCES || errno == EPERM || errno == ENOSYS ? PERF_SAMPLES_FORBIDDEN
                                                                    : PERF_SAMPLES_NONE;
    if (!map_buffer(sampler)) {
        close(sampler->file);
        return PERF_SAMPLES_NONE;
    }
    sampler->pid = pid;
    sampler->tid = tid;
    sampler->interval_ns = interval_ns;
    return PERF_SAMPLES_BEGIN;
}

struct taking {
    look_taker take;
    void *context;
};

static void take_sample(void *context, const struct perf_record *record)
{
    const struct taking *taking = context;
    uint64_t registers[STACK_REGISTERS];
    struct thread_look look = {.t_ns = record->time_ns,
                               .tid = record->tid,
                               .state = LOOK_COMPUTES,
                               .registers = registers,
                               .registers_bytes = sizeof registers,
                               .stack = record->stack,
                               .stack_bytes = record->stack_bytes};

    if (record->kind != PERF_SAMPLED)
        return;
    for (unsigned i = 0; i < STACK_REGISTERS && record->registers != NULL; i++)
        memcpy(&registers[i], record->registers + numbers[i] * sizeof *registers,
               sizeof *registers);
    taking->take(taking->context, &look);
}

void perf_samples_take(pid_t pid, look_taker take, void *context)
{
    struct taking taking = {take, context};

    for (unsigned i = 0; i < LOOK_THREADS_MAX; i++)
        if (samplers[i].pid == pid)
            perf_buffer_read(&samplers[i].buffer, take_sample, &taking);
}

void perf_samples_end(pid_t pid)
{
    for (unsigned i = 0; i < LOOK_THREADS_MAX; i++)
        if (samplers[i].pid == pid) {
            munmap(samplers[i].buffer.page, PAGE + samplers[i].buffer.data_bytes);
            close(samplers[i].file);
            samplers[i].pid = 0;
        }
}
