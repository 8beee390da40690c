/*
 * The file of a module of a job, if it still is the one that was loaded: an ELF image of the same
 * build-id, or, of one that has none, of the same size (module_file.c); or a PE image
 * (module_file_pe.c). Worker's process only.
 */
#ifndef TRAIL_MODULE_FILE_H
#define TRAIL_MODULE_FILE_H

#include "job.h"

/* A descriptor to be closed (PE: a number), or -1. Notes that the module is looked at. */
int module_file_open(struct job *job, uint32_t module);

/* What is executed at an address of the image's own: reads size bytes, or returns false. */
bool module_file_code(int file, uint64_t address, unsigned char *bytes, size_t size);

#endif
