/*
 * The PE file of a module of a job, if it still is the one that was loaded: of the same size, time
 * stamp and span. Worker's process only; what was opened stays so.
 */
#ifndef TRAIL_MODULE_FILE_PE_H
#define TRAIL_MODULE_FILE_PE_H

#include "image/pe_image.h"
#include "job.h"

/* NULL if it is not there. Notes in the job that the module is looked at. */
const struct pe_image *module_file_pe(struct job *job, uint32_t module);

#endif
