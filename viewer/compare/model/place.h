/*
 * Folders with what differs from machine to machine and from run to run replaced by placeholders,
 * so that two recordings can be compared. Pure functions.
 *
 *     {system}  C:\Windows\System32 and SysWOW64, and where Wine has its own DLLs; /lib, /usr/lib,
 *               lib64 and their multiarch folders
 *     {app}     the folder of the launched program
 *     {temp}    C:\Users\NAME\AppData\Local\Temp, C:\Windows\Temp, /tmp, /var/tmp, and what
 *               TMPDIR, TMP and TEMP said; the first folder below it is always {n}
 *     {home}    C:\Users\NAME, /home/NAME, /root
 *     {uuid}    a GUID or UUID as (part of) a folder's name
 *     {n}       a version, a number of four digits or more, a name that is a number, a hash:
 *               python3.11, build-12345, /proc/123, a store's hash; what mkdtemp and installers
 *               make (shapes.h)
 *
 * Separators become /, and Windows folders lower case.
 */
#ifndef TRAIL_PLACE_H
#define TRAIL_PLACE_H

#include "buffer.h"

/* What is known to vary since it differs between runs of one build */
#define PLACE_ANY "{any}"

enum { PLACE_TEMPS = 3 };

/* Folders of a run, as place_add_folder gives them; NULL or "" for none. */
struct place_roots {
    const char *app;                /* of the launched program */
    const char *temps[PLACE_TEMPS]; /* what TMPDIR, TMP and TEMP said */
};

/* Adds the place of a file: its folder so written, without a last /. "" where there is no folder.
 */
void place_add(struct buffer *out, const char *path, const struct place_roots *roots,
               bool is_windows);

/* Adds the folder of a file with / and, on Windows, in lower case, but without any placeholder. */
void place_add_folder(struct buffer *out, const char *path, bool is_windows);

#endif
