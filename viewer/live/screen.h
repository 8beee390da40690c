/*
 * A terminal on which pictures are drawn one over the other, and keys are taken as they are typed.
 * Whatever ends the program - a key, a failure, a signal - the terminal is as before. One of
 * screen_posix.c and screen_windows.c. Main thread only.
 */
#ifndef TRAIL_SCREEN_H
#define TRAIL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum screen_key { SCREEN_NOTHING = 0, SCREEN_RESIZED = -1, SCREEN_ENDS = -2 };

/* Whether standard input and output are a terminal that can do this; then it is taken over. */
bool screen_begin(void);

/* Gives it back; nothing if it was not taken. */
void screen_end(void);

void screen_size(size_t *columns, size_t *rows);

/* Writes what was put together, controls and all, at once. Returns 0, or -1. */
int screen_write(const char *text, size_t length);

/*
 * Waits for a key: its character, or one of screen_key. SCREEN_ENDS: somebody asked the program to
 * end; a signal then comes again in screen_end.
 */
int screen_wait(unsigned timeout_ms);

#endif
