/* Completion of a program's command line, out of its manual. Prints on stdout. */
#ifndef TRAIL_COMPLETION_H
#define TRAIL_COMPLETION_H

#include "manual.h"

/* For the shell of that name: bash, zsh or fish; false if it is none of them. */
bool completion_print(const struct manual *manual, const char *shell);

#endif
