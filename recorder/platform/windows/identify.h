/* The files of images. The rest of identify.c implements platform.h. Any thread. */
#ifndef TRAIL_WINDOWS_IDENTIFY_H
#define TRAIL_WINDOWS_IDENTIFY_H

#include <stdint.h>
#include <wchar.h>

/* The machine of the PE file at a path, 0 if it is none. */
uint32_t identify_machine(const wchar_t *path);

/*
 * Turns a path on a device into one of a drive or a share, in place; leaves others, and those of
 * volumes without a letter, as they are.
 */
void identify_dos_path(wchar_t *path);

#endif
