/*
 * What all files of this folder share, and all that the services of os.h need: newer functions,
 * UTF-16 at the seam, whose Ctrl-C it is. Files: os.c, console.c, wide.c, command_tail.c. Any
 * thread. Nothing outside the folder includes it.
 */
#ifndef TRAIL_WINDOWS_OS_H
#define TRAIL_WINDOWS_OS_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601 /* newer functions are looked up at run time */
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <stddef.h>

/*
 * A function that is not in every Windows, from a DLL that is loaded already; NULL if it is not
 * there. Cast it to its type.
 */
typedef void (*any_function)(void);
any_function os_find_function(const wchar_t *dll, const char *name);

/*
 * wide.c: conversions that allocate, for where the target does not stand still. NULL if out of
 * memory. Free with free().
 */
wchar_t *wide_from_utf8(const char *text);
char *wide_to_utf8(const wchar_t *wide, size_t length);

/* Copies UTF-8 into a buffer, cut at a whole character, and ends it with a NUL. */
void wide_copy_utf8(char *out, size_t capacity, const char *text);

/*
 * console.c: from now on Ctrl-C in our console is meant for the recorder, since no debuggee shares
 * this console.
 */
void console_claim(void);

#endif
