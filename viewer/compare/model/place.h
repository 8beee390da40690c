/*
 * Folders with what differs from machine to machine and from run to run replaced by placeholders,
 * so that two recordings can be compared. Pure functions.
 *
 *     {system}  C:\Windows\System32 and SysWOW64, and where Wine has its own DLLs; /lib, /usr/lib,
 *               lib64 and their multiarch folders
 *     {app}     the folder of the launched program
 *     {temp}    C:\Users\NAME\AppData\Local\Temp, C:\Windows\Temp, /tmp, /var/tmp
 *     {home}    C:\Users\NAME, /home/NAME, /root
 *     {uuid}    a GUID or UUID as (part of) a folder's name
 *     {n}       a version, a number of four digits or more, a name that is a number, a hash:
 *               python3.11, build-12345, /proc/123, a store's hash; directly below {temp} any
 *               number: _MEI812
 *
 * Separators become /, and Windows folders lower case.
 */
#ifndef TRAIL_PLACE_H
#define TRAIL_PLACE_H

#include "buffer.h"

/*
 * Adds the place of a file: its folder so written, without a last /. `app` is the folder of the
 * launched program as place_add_folder gives it, or "". "" for a path without a folder.
 */
void place_add(struct buffer *out, const char *path, const char *app, bool is_windows);

/* Adds the folder of a file with / and, on Windows, in lower case, but without any placeholder. */
void place_add_folder(struct buffer *out, const char *path, bool is_windows);

#endif
