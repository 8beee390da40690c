/*
 * What both programs need of the system they run on as command-line programs: UTF-8 arguments,
 * standard streams that carry bytes unchanged, and what a terminal can show. Main thread only.
 */
#ifndef TRAIL_PROGRAM_H
#define TRAIL_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>

/*
 * The program proper; each program defines it, and program.c's main or wmain calls it with UTF-8
 * arguments and binary streams.
 */
int program_main(int argument_count, char **arguments);

/* An environment variable as UTF-8, or NULL if unset. Valid until the next call. */
const char *program_environment(const char *name);

/*
 * Whether the stream is a terminal (with escape sequences switched on, on Windows), and how wide it
 * is; 80 if that cannot be told.
 */
bool program_is_terminal(FILE *stream);
int program_terminal_width(FILE *stream);

/* Whether who reads the stream can show more than ASCII, as the locale, or the console, says. */
bool program_shows_unicode(FILE *stream);

/*
 * What is printed on stdout, a terminal, from here on goes to $PAGER (default: less) if it is more
 * than a screen. That runs in this process, which then ends with the status of a new one, in which
 * this function returns: so call it before threads and files. Does nothing where PAGER is empty or
 * "cat", where nobody types, and on Windows.
 */
void program_page(void);

/* From here on writing to a pipe that nobody reads fails, instead of ending the program. */
void program_ignore_closed_pipes(void);

#endif
