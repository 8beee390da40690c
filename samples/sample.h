/*
 * What the samples need of the operating system, so that one source serves both: implemented by
 * sample_posix.c and sample_windows.c. A failure here ends the sample with status 99 and a message,
 * since a sample that could not do its one thing must not pass.
 */
#ifndef TRAIL_SAMPLE_H
#define TRAIL_SAMPLE_H

#include <stddef.h>

/* Says why on stderr and exits with 99. */
void sample_fail(const char *what);

/*
 * For samples that die of something: no crash dialog, no dump by an installed debugger, no core
 * file.
 */
void sample_die_quietly(void);

/*
 * Runs `run(index)` in `count` threads (at most 64) at once, all named "sample worker", and waits
 * for all of them.
 */
void sample_run_threads(int count, void (*run)(int index));

/*
 * Loads a library by its path beside the executable; `name` has no extension. sample_unload lets go
 * of it.
 */
void *sample_load(const char *name);
void sample_unload(void *library);

/*
 * Loads a library of the system that no program has from the start, by its bare name: libm.so.6,
 * version.dll.
 */
void *sample_load_from_system(void);

/* Calls a function `int NAME(void)` of a loaded library. */
int sample_call(void *library, const char *name);

/* Hands a string to the debugger; where there is no such thing, prints it. */
void sample_debug_string(const char *text);
void sample_debug_string_wide(const wchar_t *text);

/*
 * An event that the program survives and waits for: a signal that it handles (SIGUSR1); on Windows
 * a debug string.
 */
void sample_raise(void);

/* Maps the first `bytes` of a file that is there, shared with whoever else maps it. */
void *sample_share(const char *path, size_t bytes);

/* Runs this program again with one argument and returns the exit code. */
int sample_run_self(const char *argument);

#if defined(_WIN32)
/*
 * Starts this program again with one argument and flags of CreateProcess. Returns the handle of the
 * process.
 */
void *sample_start_self(const char *argument, unsigned long flags);
#endif

#endif
