/* The modules of the files that are read, each once for all runs. Main thread. */
#ifndef TRAIL_READING_MODULES_H
#define TRAIL_READING_MODULES_H

#include "reading.h"

/*
 * The position of a module of this file in `modules`, read once; RECORDING_NONE if there is no such
 * row. Returns 0, or -1 and error.
 */
int reading_module(struct reading *reading, int64_t id, size_t *position);

/* Where a module (a position) lies, by place.h. */
uint32_t reading_place(struct reading *reading, size_t module);

#endif
