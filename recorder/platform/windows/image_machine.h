/* The files of images. The rest of identify.c implements platform.h. Any thread. */
#ifndef TRAIL_WINDOWS_IMAGE_MACHINE_H
#define TRAIL_WINDOWS_IMAGE_MACHINE_H

#include <stdint.h>
#include <wchar.h>

/* The machine of the PE file at a path, 0 if it is none. */
uint32_t identify_machine(const wchar_t *path);

#endif
