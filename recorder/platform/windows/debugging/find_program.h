/* Where the program of a command is. */
#ifndef TRAIL_WINDOWS_FIND_PROGRAM_H
#define TRAIL_WINDOWS_FIND_PROGRAM_H

#include <wchar.h>

/*
 * The file that cmd.exe would run for that name, a full path to be freed with free(); NULL if there
 * is none. CreateProcessW must be told: by itself it looks first in the folder of its caller, which
 * is trailrec's. A name with a folder is looked for there; any other in the current folder (unless
 * NoDefaultCurrentDirectoryInExePath is set), then in those of PATH. In each the name as it is, if
 * it has an extension, goes before the name with .com, .exe, .bat and .cmd; with a folder, what
 * has no extension comes last.
 */
wchar_t *find_program(const wchar_t *name);

#endif
