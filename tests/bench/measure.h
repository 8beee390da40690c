/* Running one command, and what it took. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct sample {
    uint64_t command_ns; /* from before the start to after the end of the whole command */
    uint64_t beside_ns;  /* what timed wrote to timed.ns; 0 if there is none */
    uint64_t cpu_ns;     /* user and system time of the command and of the children it waited for */
    uint64_t peak_bytes; /* of the largest process among them */
    uint64_t file_bytes; /* of trail.db; 0 if there is none. What follows is from its last run. */
    uint64_t events, stalls, stall_ns;
};

/* Runs it untimed, and leaves the folder as it then is. Returns as measure_command. */
int measure_prepare(char *const arguments[]);

/* Runs arguments (looked up in PATH, stdin, stdout and stderr /dev/null) in the current folder,
 * which is emptied afterwards. Returns the exit status, 128 + signal, or -1 if it cannot be
 * started. */
int measure_command(char *const arguments[], struct sample *sample);

/* Whether there is such a program in PATH, or, where the name begins with a slash, that file. */
bool measure_has_program(const char *name);

#endif
