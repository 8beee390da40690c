/* Files of images: opening by any of their names, and what the system calls them. Any thread. */
#ifndef TRAIL_OS_FILE_H
#define TRAIL_OS_FILE_H

#include "services/windows_api.h"

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* INVALID_HANDLE_VALUE if there is none that may be read. */
HANDLE os_file_open_wide(const wchar_t *path);

/* The same for a path as an event names it, UTF-8; `shown` becomes its path on a drive or share. */
HANDLE os_file_open_named(const char *name, char *shown, size_t capacity);

/*
 * The read_at of an image_source, whose context is the handle. A remote or failing file just ends
 * early; a mapping would raise an exception instead.
 */
size_t os_file_read_at(void *context, uint64_t offset, void *buffer, size_t size);

/*
 * What the system calls the file. A volume without a drive letter or mount point has no DOS path,
 * only a device path, which is shown where `shown` is empty; else that stays.
 */
void os_file_show(HANDLE file, char *shown, size_t capacity);

/*
 * Turns a path on a device into one of a drive or a share, in place; leaves others, and those of
 * volumes without a letter, as they are.
 */
void os_file_dos_path(wchar_t *path);

#endif
