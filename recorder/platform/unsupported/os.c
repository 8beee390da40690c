/*
 * The services of os.h where nobody has written them yet: what C11 alone can do, and a clear error
 * for the rest. See README.md beside this file.
 */
#include "os.h"
#include "os_newcomers.h"
#include "os_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *not_supported(struct trail_error *error, const char *what)
{
    error_set(error, TRAIL_FAILED, 0, "%s are not supported on this system", what);
    return NULL;
}

/* CLOCK_MONOTONIC, QueryPerformanceCounter: a clock that nobody sets. */
uint64_t os_monotonic_ns(void)
{
    return os_utc_ns();
}

uint64_t os_utc_ns(void)
{
    struct timespec now = {0, 0};

    timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct os_thread *os_thread_start(void (*run)(void *), void *argument, struct trail_error *error)
{
    (void)run, (void)argument;
    return not_supported(error, "threads");
}

void os_thread_join(struct os_thread *thread)
{
    (void)thread;
}

struct os_lock *os_lock_new(struct trail_error *error)
{
    return not_supported(error, "locks");
}

void os_lock_free(struct os_lock *lock)
{
    (void)lock;
}

void os_lock_take(struct os_lock *lock)
{
    (void)lock;
}

bool os_lock_try(struct os_lock *lock)
{
    (void)lock;
    return true;
}

void os_lock_release(struct os_lock *lock)
{
    (void)lock;
}

struct os_wake *os_wake_new(struct trail_error *error)
{
    return not_supported(error, "wake-ups");
}

void os_wake_free(struct os_wake *wake)
{
    (void)wake;
}

void os_wake_set(struct os_wake *wake)
{
    (void)wake;
}

void os_wake_wait(struct os_wake *wake, unsigned timeout_ms)
{
    (void)wake, (void)timeout_ms;
}

struct os_mapping *os_mapping_create(const char *path, const char *like, size_t size,
                                     uint64_t spare_bytes, struct trail_error *error)
{
    (void)path, (void)like, (void)size, (void)spare_bytes;
    return not_supported(error, "mapped files");
}

/* trailview asks for the ring of a run that was left behind; mostly there is none. */
struct os_mapping *os_mapping_open(const char *path, struct trail_error *error)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        error_set(error, TRAIL_NOT_FOUND, 0, "cannot use '%s'", path);
        return NULL;
    }
    fclose(file);
    return not_supported(error, "mapped files");
}

void *os_mapping_memory(struct os_mapping *mapping)
{
    (void)mapping;
    return NULL;
}

void os_mapping_populate(struct os_mapping *mapping, size_t offset, size_t size)
{
    (void)mapping, (void)offset, (void)size;
}

size_t os_mapping_size(const struct os_mapping *mapping)
{
    (void)mapping;
    return 0;
}

void os_mapping_close(struct os_mapping *mapping, bool remove)
{
    (void)mapping, (void)remove;
}

void os_facts(struct os_facts *facts)
{
    memset(facts, 0, sizeof *facts);
}

/* For recovery, which names modules as the events did where it reads no files. */
struct os_file *os_file_open(const char *path, uint64_t *bytes, char *shown, size_t capacity)
{
    (void)bytes;
    snprintf(shown, capacity, "%s", path);
    return NULL;
}

size_t os_file_read(void *file, uint64_t offset, void *buffer, size_t size)
{
    (void)file, (void)offset, (void)buffer, (void)size;
    return 0;
}

void os_file_close(struct os_file *file)
{
    (void)file;
}

void os_current_directory(char *out, unsigned capacity)
{
    (void)capacity;
    out[0] = '\0';
}

/* "NAME=VALUE" one after the other, then an empty text. */
char *os_environment(const char *const *changes)
{
    (void)changes;
    return calloc(2, 1);
}

void os_busy(struct os_busy *busy)
{
    memset(busy, 0, sizeof *busy);
}

/* Quoted as the system's shell would need it. */
char *os_command_line_from(int end, char *const *arguments, int index)
{
    (void)end, (void)arguments, (void)index;
    return calloc(1, 1);
}

/* sigaction, SetConsoleCtrlHandler. */
void os_on_stop_request(void (*on_stop)(void))
{
    (void)on_stop;
}

bool os_was_interrupted(void)
{
    return false;
}

void os_expect_standing(void)
{
}

void os_stand_with_target(void)
{
}

void os_exit_like(uint32_t exit_code, int signal)
{
    exit(signal != 0 ? 128 + signal : (int)exit_code);
}

struct os_shared *os_shared_new(size_t size)
{
    (void)size;
    return NULL;
}

void *os_shared_memory(struct os_shared *shared)
{
    (void)shared;
    return NULL;
}

void os_shared_free(struct os_shared *shared)
{
    (void)shared;
}

int os_shared_work(struct os_shared *shared, os_shared_worker work, unsigned timeout_ms)
{
    (void)shared;
    (void)work;
    (void)timeout_ms;
    return -1;
}

bool os_shared_serve(int argument_count, char *const *arguments, os_shared_worker work)
{
    (void)argument_count;
    (void)arguments;
    (void)work;
    return false;
}

/* Processes that come, for --wait: a list of all, asked for again and again. */
struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error)
{
    (void)name;
    return not_supported(error, "processes that come");
}

bool os_newcomers_look(struct os_newcomers *newcomers, os_newcomers_tell tell, void *context)
{
    (void)newcomers;
    (void)tell;
    (void)context;
    return false;
}

void os_newcomers_free(struct os_newcomers *newcomers)
{
    (void)newcomers;
}
