/* See module_file_pe.h and module_file.h: a file is the number of its module. */
#include "module_file.h"
#include "module_file_pe.h"

#include "os.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4096, MACHINE_AMD64 = 0x8664 };
#define IS_EXECUTED UINT32_C(0x20000000) /* IMAGE_SCN_MEM_EXECUTE */

struct pe_file {
    struct os_file *file;
    struct image_source source;
    struct pe_image image;
    bool is_sound;
};

static struct pe_file *files[FILES_MAX]; /* by module */

/* On a drive: a name on a share would be asked of a server that a stranger may have chosen. */
static bool is_on_drive(const char *path)
{
    return path[0] != '\0' && path[1] == ':' && path[2] == '\\';
}

static bool open_file(struct pe_file *file, const struct job *job, const struct job_module *module)
{
    char path[JOB_PATH_BYTES_MAX], shown[JOB_PATH_BYTES_MAX];

    if (module->is_unreadable || module->path.length >= sizeof path)
        return false;
    memcpy(path, job_bytes(job, module->path), module->path.length);
    path[module->path.length] = '\0';
    if (!is_on_drive(path))
        return false;
    file->file = os_file_open(path, &file->source.size, shown, sizeof shown);
    file->source.context = file->file;
    file->source.read_at = os_file_read;
    return file->file != NULL && file->source.size == module->file_bytes &&
           pe_image_open(&file->image, &file->source) == 0 &&
           file->image.machine == MACHINE_AMD64 && file->image.timestamp == module->pe_timestamp &&
           file->image.image_bytes == module->bytes;
}

const struct pe_image *module_file_pe(struct job *job, uint32_t index)
{
    if (index >= FILES_MAX)
        return NULL;
    job->module = index + 1;
    if (files[index] == NULL && (files[index] = calloc(1, sizeof *files[index])) != NULL)
        files[index]->is_sound = open_file(files[index], job, &job_modules(job)[index]);
    return files[index] != NULL && files[index]->is_sound ? &files[index]->image : NULL;
}

int module_file_open(struct job *job, uint32_t module)
{
    return module_file_pe(job, module) != NULL ? (int)module + 1 : -1;
}

bool module_file_code(int file, uint64_t address, unsigned char *bytes, size_t size)
{
    const struct pe_image *image = &files[file - 1]->image;

    for (unsigned i = 0; i < image->section_count; i++) {
        uint64_t start = u32_at(image->sections[i] + 12);
        if ((u32_at(image->sections[i] + 36) & IS_EXECUTED) != 0 && address >= start &&
            address - start < u32_at(image->sections[i] + 16))
            return pe_read_rva(image, address, bytes, size);
    }
    return false;
}
