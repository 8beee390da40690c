/* See module_file.h: for where the unwinder reads images by itself. */
#include "module_file.h"

int module_file_open(struct job *job, uint32_t module)
{
    (void)job;
    (void)module;
    return -1;
}

bool module_file_code(int file, uint64_t address, unsigned char *bytes, size_t size)
{
    (void)file;
    (void)address;
    (void)bytes;
    (void)size;
    return false;
}
