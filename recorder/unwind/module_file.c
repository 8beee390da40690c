/* See module_file.h. */
#define _GNU_SOURCE
#include "module_file.h"

#include "image/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64 };

static size_t read_at(void *context, uint64_t offset, void *buffer, size_t size)
{
    ssize_t count = pread(*(const int *)context, buffer, size, (off_t)offset);

    return count > 0 ? (size_t)count : 0;
}

static bool is_the_one(int file, const struct job *job, const struct job_module *module)
{
    struct stat facts;
    struct image_source source = {&file, read_at, 0};
    char build_id[2 * ELF_BUILD_ID_MAX + 1];
    struct elf_head head;

    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    source.size = (uint64_t)facts.st_size;
    if (elf_read_head(&source, false, &head) != 0 || !head.is_64_bit)
        return false;
    if (module->build_id.length == 0)
        return module->file_bytes == source.size;
    elf_hex(head.build_id, head.build_id_bytes, build_id, sizeof build_id);
    return strlen(build_id) == module->build_id.length &&
           memcmp(build_id, job_bytes(job, module->build_id), module->build_id.length) == 0;
}

int module_file_open(struct job *job, uint32_t index)
{
    const struct job_module *module = &job_modules(job)[index];
    char path[JOB_PATH_BYTES_MAX];
    int file;

    if (module->is_unreadable || module->path.length == 0 || module->path.length >= sizeof path)
        return -1;
    job->module = index + 1;
    memcpy(path, job_bytes(job, module->path), module->path.length);
    path[module->path.length] = '\0';
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file >= 0 && !is_the_one(file, job, module)) {
        close(file);
        file = -1;
    }
    return file;
}

bool module_file_code(int file, uint64_t address, unsigned char *bytes, size_t size)
{
    Elf64_Ehdr head;
    Elf64_Phdr segment;

    if (pread(file, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        head.e_phentsize != sizeof segment)
        return false;
    for (unsigned i = 0; i < head.e_phnum && i < SEGMENTS_MAX; i++) {
        if (pread(file, &segment, sizeof segment, (off_t)(head.e_phoff + i * sizeof segment)) !=
            (ssize_t)sizeof segment)
            return false;
        if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 &&
            address >= segment.p_vaddr && size <= segment.p_filesz &&
            address - segment.p_vaddr <= segment.p_filesz - size)
            return pread(file, bytes, size,
                         (off_t)(segment.p_offset + (address - segment.p_vaddr))) == (ssize_t)size;
    }
    return false;
}
