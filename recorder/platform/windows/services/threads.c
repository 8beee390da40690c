/* A thread, a lock and a wake-up, for Windows. See os.h. */
#include "os.h"
#include "services/windows_api.h"

#include <process.h>

#include <stdlib.h>

struct os_thread {
    HANDLE handle;
    void (*run)(void *);
    void *argument;
};

static unsigned __stdcall run_thread(void *context)
{
    struct os_thread *thread = context;

    thread->run(thread->argument);
    return 0;
}

struct os_thread *os_thread_start(void (*run)(void *), void *argument, struct trail_error *error)
{
    struct os_thread *thread = malloc(sizeof *thread);

    if (thread == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    *thread = (struct os_thread){.run = run, .argument = argument};
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, run_thread, thread, 0, NULL);
    if (thread->handle == NULL) {
        error_set(error, TRAIL_FAILED, (long)GetLastError(), "cannot start a thread (error %lu)",
                  GetLastError());
        free(thread);
        return NULL;
    }
    return thread;
}

void os_thread_join(struct os_thread *thread)
{
    if (thread == NULL)
        return;
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}

/* An os_lock is a slim lock; the struct is never defined. */
struct os_lock *os_lock_new(struct trail_error *error)
{
    SRWLOCK *lock = malloc(sizeof *lock);

    if (lock == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        InitializeSRWLock(lock);
    return (struct os_lock *)lock;
}

void os_lock_free(struct os_lock *lock)
{
    free(lock);
}

void os_lock_take(struct os_lock *lock)
{
    AcquireSRWLockExclusive((SRWLOCK *)lock);
}

bool os_lock_try(struct os_lock *lock)
{
    return TryAcquireSRWLockExclusive((SRWLOCK *)lock);
}

void os_lock_release(struct os_lock *lock)
{
    ReleaseSRWLockExclusive((SRWLOCK *)lock);
}

/*
 * Not an event object: to set one is a call of the system each time (under Wine: of a server, which
 * the target needs too).
 */
struct os_wake {
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
    bool is_set;
};

struct os_wake *os_wake_new(struct trail_error *error)
{
    struct os_wake *wake = malloc(sizeof *wake);

    if (wake == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    InitializeSRWLock(&wake->lock);
    InitializeConditionVariable(&wake->changed);
    wake->is_set = false;
    return wake;
}

void os_wake_free(struct os_wake *wake)
{
    free(wake);
}

void os_wake_set(struct os_wake *wake)
{
    AcquireSRWLockExclusive(&wake->lock);
    wake->is_set = true;
    ReleaseSRWLockExclusive(&wake->lock);
    WakeConditionVariable(&wake->changed);
}

void os_wake_wait(struct os_wake *wake, unsigned timeout_ms)
{
    AcquireSRWLockExclusive(&wake->lock);
    if (!wake->is_set)
        SleepConditionVariableSRW(&wake->changed, &wake->lock, timeout_ms, 0);
    wake->is_set = false;
    ReleaseSRWLockExclusive(&wake->lock);
}
