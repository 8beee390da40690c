/*
 * See perf_events.h. A buffer whose events are inherited must belong to one core, so there is one
 * for each.
 */
#define _GNU_SOURCE
#include "perf_events.h"
#include "perf_times.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    /* a record takes about 150 bytes: 800 files mapped between two loads that are told of */
    DATA_PAGES_MAX = 32,
    DATA_PAGES_MIN = 4,
    /* on a machine of many cores; the memory is locked, and the system sets it a limit */
    ALL_PAGES_MAX = 512
};

struct perf_core {
    int file;
    struct perf_buffer buffer;
};

static struct perf_events {
    struct perf_times *times;
    unsigned count;
    size_t map_bytes;
    struct perf_core cores[];
} * opened;

static int open_event(int core)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_DUMMY, /* it counts nothing */
        .exclude_kernel = 1,           /* or it needs a privilege */
        .exclude_hv = 1,
        .disabled = 1,
        .enable_on_exec = 1,
        .inherit = 1,
        .mmap = 1,
        .mmap2 = 1,
        .comm = 1,
        .comm_exec = 1,
        .sample_id_all = 1,
        .sample_type = PERF_SAMPLE_TIME,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1, /* nobody waits for it */
        .wakeup_watermark = UINT32_MAX / 2,
    };

    return (int)syscall(SYS_perf_event_open, &attributes, 0, core, -1, PERF_FLAG_FD_CLOEXEC);
}

static int read_paranoid(void)
{
    FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
    int level = -1;

    if (file == NULL)
        return -1;
    if (fscanf(file, "%d", &level) != 1)
        level = -1;
    fclose(file);
    return level;
}

static int say_refused(struct trail_error *error)
{
    int os_code = errno, paranoid = read_paranoid();

    if ((os_code == EACCES || os_code == EPERM) && paranoid > 2)
        return error_set(error, TRAIL_FAILED, os_code,
                         "perf_event_open is not permitted (kernel.perf_event_paranoid is %d; "
                         "plain users need 2)",
                         paranoid);
    if (os_code == EACCES || os_code == EPERM)
        return error_set(
            error, TRAIL_FAILED, os_code,
            "perf_event_open is not permitted here (a container's rules, most likely)");
    return error_set(error, TRAIL_FAILED, os_code, "perf_event_open failed: %s", strerror(os_code));
}

static int map_buffer(struct perf_core *core, size_t map_bytes, struct trail_error *error)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *memory =
        mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, core->file, 0);

    if (memory == MAP_FAILED && errno == EPERM)
        return error_set(error, TRAIL_FAILED, errno,
                         "the limit of locked memory is reached (see 'ulimit -l' and "
                         "kernel.perf_event_mlock_kb)");
    if (memory == MAP_FAILED)
        return error_set(error, TRAIL_FAILED, errno, "no memory for perf events: %s",
                         strerror(errno));
    core->buffer.page = (void *)memory;
    core->buffer.data = memory + page_bytes;
    core->buffer.data_bytes = map_bytes - page_bytes;
    return 0;
}

/* A core that is switched off has no events. */
static int open_cores(struct perf_events *events, int core_count, struct trail_error *error)
{
    for (int i = 0; i < core_count; i++) {
        struct perf_core *core = &events->cores[events->count];
        core->file = open_event(i);
        if (core->file < 0 && errno == ENODEV)
            continue;
        if (core->file < 0)
            return say_refused(error);
        events->count++;
        if (map_buffer(core, events->map_bytes, error) != 0)
            return -1;
    }
    return events->count > 0 ? 0 : say_refused(error);
}

int perf_events_open(struct trail_error *error)
{
    long core_count = sysconf(_SC_NPROCESSORS_CONF);
    size_t pages = DATA_PAGES_MAX;

    core_count = core_count < 1 ? 1 : core_count;
    while (pages > DATA_PAGES_MIN && pages * (size_t)core_count > ALL_PAGES_MAX)
        pages /= 2;
    opened = calloc(1, sizeof *opened + (size_t)core_count * sizeof opened->cores[0]);
    if (opened != NULL)
        opened->times = perf_times_new();
    if (opened == NULL || opened->times == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else {
        opened->map_bytes = (1 + pages) * (size_t)sysconf(_SC_PAGESIZE);
        if (open_cores(opened, (int)core_count, error) == 0)
            return 0;
    }
    perf_events_close();
    return -1;
}

void perf_events_close(void)
{
    for (unsigned i = 0; opened != NULL && i < opened->count; i++) {
        if (opened->cores[i].buffer.page != NULL)
            munmap(opened->cores[i].buffer.page, opened->map_bytes);
        close(opened->cores[i].file);
    }
    if (opened != NULL)
        perf_times_free(opened->times);
    free(opened);
    opened = NULL;
}

uint64_t perf_events_time_of(const struct event *event)
{
    uint64_t via = event->value[FIELD(CREATE_PROCESS, via)];

    if (opened == NULL)
        return 0;
    for (unsigned i = 0; i < opened->count; i++)
        perf_times_read(opened->times, &opened->cores[i].buffer);
    if (event->kind == EVENT_LOAD_DLL)
        return perf_times_of_module(opened->times, event->pid, event->value[FIELD(LOAD_DLL, base)],
                                    event->image.size, event->t_ns);
    if (event->kind == EVENT_CREATE_PROCESS && (via == VIA_LAUNCH || via == VIA_EXEC))
        perf_times_image(opened->times, event->pid, event->t_ns);
    return 0;
}
