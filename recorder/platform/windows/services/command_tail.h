/*
 * Finds where an argument starts in a Windows command line, so that the rest can be handed on as it
 * was typed: Windows passes one string, and quoting it anew from argv would not give the same
 * string back. Pure functions on UTF-16 that compile anywhere.
 */
#ifndef TRAIL_COMMAND_TAIL_H
#define TRAIL_COMMAND_TAIL_H

#include <stddef.h>
#include <stdint.h>

/*
 * Two runtimes disagree on "" inside quotes: both make a quote of it, then the old one goes on
 * outside of quotes, the UCRT inside.
 */
enum command_line_rules {
    COMMAND_LINE_MSVCRT, /* msvcrt.dll and CommandLineToArgvW */
    COMMAND_LINE_UCRT    /* Visual C++ since 2008 */
};

/*
 * The offset, in units, at which argument `index` starts (0 is the program name), its opening quote
 * included; the length of the line if there are not as many arguments. The line ends with a NUL.
 * Rules: "Parsing C command-line arguments" on MSDN.
 */
size_t command_tail(const uint16_t *line, unsigned index, enum command_line_rules rules);

#endif
