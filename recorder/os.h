/*
 * The few services of the operating system that the recorder needs besides debugging: clocks, one
 * thread, one wake-up, facts about the machine, and the end of our own process. Implemented by
 * platform/windows and platform/linux; the scripted platform uses the host's.
 */
#ifndef TRAIL_OS_H
#define TRAIL_OS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Monotonic time in ns since an arbitrary zero (QueryPerformanceCounter, CLOCK_MONOTONIC). Any
 * thread; costs well under 1 us.
 */
uint64_t os_monotonic_ns(void);

/* Nanoseconds since 1970-01-01 UTC. */
uint64_t os_utc_ns(void);

/*
 * Starts a thread that runs `run(argument)`. Signals meant for the process stay with the calling
 * thread, which comes first where cores are short, if the system can have it so (Linux). NULL and
 * error on failure.
 */
struct os_thread;
struct os_thread *os_thread_start(void (*run)(void *), void *argument, struct trail_error *error);
/* Waits for its end and frees it. */
void os_thread_join(struct os_thread *thread);

/* A lock that is held for moments. os_lock_try never waits: false if another thread has it. */
struct os_lock;
struct os_lock *os_lock_new(struct trail_error *error);
void os_lock_free(struct os_lock *lock);
void os_lock_take(struct os_lock *lock);
bool os_lock_try(struct os_lock *lock);
void os_lock_release(struct os_lock *lock);

/*
 * An auto-reset wake-up: os_wake_set makes the current or the next os_wake_wait return. One waiter,
 * any setter.
 */
struct os_wake;
struct os_wake *os_wake_new(struct trail_error *error);
void os_wake_free(struct os_wake *wake);
void os_wake_set(struct os_wake *wake);
void os_wake_wait(struct os_wake *wake, unsigned timeout_ms);

/*
 * A file of fixed size that is mapped into memory and outlives a killed process. While it is open
 * nobody else can open it: that is how others know that its owner lives.
 *
 * os_mapping_create makes a new file with the mode of the file `like` (see file_make; NULL: any),
 * and reserves all of its space, so that no later write to the memory can fail for want of it;
 * TRAIL_FOREIGN if something stands there. With spare_bytes, TRAIL_NO_SPACE also if less would stay
 * free beside it, or to reserve the space is more than one call of the system. os_mapping_open maps
 * an existing one: error->code is TRAIL_NOT_FOUND if there is none, TRAIL_LOCKED if its owner
 * lives, also where it could only be read, and TRAIL_FOREIGN if it is no regular file. Both return
 * NULL and fill error on failure.
 */
struct os_mapping;
struct os_mapping *os_mapping_create(const char *path, const char *like, size_t size,
                                     uint64_t spare_bytes, struct trail_error *error);
struct os_mapping *os_mapping_open(const char *path, struct trail_error *error);
void *os_mapping_memory(struct os_mapping *mapping);
/*
 * Has the pages of a part of it ready to be written, where the system can do that ahead. Any
 * thread.
 */
void os_mapping_populate(struct os_mapping *mapping, size_t offset, size_t size);
size_t os_mapping_size(const struct os_mapping *mapping);
/* Unmaps and closes; with `remove` the file goes too. NULL is accepted. */
void os_mapping_close(struct os_mapping *mapping, bool remove);

/*
 * A regular file that is read: for images. os_file_open takes a path as an event names it, and says
 * its size and how the system shows the path (`shown`: absolute, without links, as far as that can
 * be told, also if it cannot be opened; then NULL). os_file_read is the read_at of an image_source.
 */
struct os_file;
struct os_file *os_file_open(const char *path, uint64_t *bytes, char *shown, size_t capacity);
size_t os_file_read(void *file, uint64_t offset, void *buffer, size_t size);
/* NULL is accepted. */
void os_file_close(struct os_file *file);

/* Facts about the machine for the run row. */
struct os_facts {
    char os[128];   /* "Windows 10.0.19045", "Linux 6.1.0 (Debian GNU/Linux 12)" */
    char arch[16];  /* "x86_64" */
    char host[256]; /* host name, "" if unknown */
    char wine[64];  /* "8.0" under Wine, else "" */
};
void os_facts(struct os_facts *facts);

/*
 * Our environment with the changes of a platform_launch: "NAME=VALUE" in UTF-8, one after the
 * other, then an empty text. NULL if out of memory; free with free().
 */
char *os_environment(const char *const *changes);

/* How busy the machine is. */
struct os_busy {
    unsigned cpus, has_load, has_pressure;
    double load, pressure;        /* Linux: of the last minute; % of 10 s with somebody waiting */
    uint64_t idle, total, stolen; /* times since it started, in some unit; total 0: unknown */
};
void os_busy(struct os_busy *busy);

/* The current directory as UTF-8 into out; "" if it cannot be told. */
void os_current_directory(char *out, unsigned capacity);

/*
 * The part of our own command line from argument `index` up to number `end`, verbatim (Windows), or
 * these arguments joined with spaces and quoted as a shell would need it (elsewhere). The
 * caller frees it with free(). NULL if out of memory.
 */
char *os_command_line_from(int end, char *const *arguments, int index);

/*
 * Calls `on_stop` (from a handler or another thread) when somebody asks the recorder to end:
 * SIGTERM (Ctrl-C and SIGHUP too, if it has attached), or a console event. Signals that are meant
 * for the target and reach it by themselves do not end the recorder.
 */
void os_on_stop_request(void (*on_stop)(void));

/* Whether Ctrl-C was pressed (or its like) since then, for whomever it was meant. Any thread. */
bool os_was_interrupted(void);

/*
 * For a launched target that is left standing still. When our end leaves its process group without
 * a parent in the session, Linux wakes a stopped group with SIGHUP (POSIX, "orphaned process
 * group"). So where we are the job of a shell, os_stand_with_target stands still too; when the
 * shell continues the job, it waits for the target's end. Elsewhere the target's parent must stay
 * while the target stands: os_expect_standing, to be called before all else, makes a second process
 * that records, while the first ends as it tells it. Neither does anything on Windows, where
 * nothing of that kind exists.
 */
void os_expect_standing(void);
void os_stand_with_target(void);

/*
 * Ends this process as the target ended: by that exit code, or by that fatal signal (without a core
 * of our own).
 */
void os_exit_like(uint32_t exit_code, int signal);

#endif
