/*
 * os_mapping of os.h on Linux: a file locked with flock(2), whose lock goes with its owner's last
 * descriptor, and mapped shared: its pages are the kernel's, whatever becomes of the process.
 */
#define _GNU_SOURCE
#include "file.h"
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct os_mapping {
    char *path;
    int file;
    void *memory;
    size_t size;
};

void os_mapping_close(struct os_mapping *mapping, bool remove)
{
    if (mapping == NULL)
        return;
    if (mapping->memory != NULL)
        munmap(mapping->memory, mapping->size);
    if (remove && mapping->file >= 0)
        unlink(mapping->path); /* before the lock goes with the descriptor */
    if (mapping->file >= 0)
        close(mapping->file);
    free(mapping->path);
    free(mapping);
}

static int fail(const char *path, struct trail_error *error)
{
    enum trail_error_code code = errno == EWOULDBLOCK ? TRAIL_LOCKED
                                 : errno == ENOSPC    ? TRAIL_NO_SPACE
                                                      : TRAIL_FAILED;

    return error_set(error, code, errno, "cannot use '%s': %s", path, strerror(errno));
}

static struct os_mapping *new_mapping(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = calloc(1, sizeof *mapping);

    if (mapping != NULL && (mapping->path = strdup(path)) != NULL) {
        mapping->file = -1;
        return mapping;
    }
    free(mapping);
    error_set(error, TRAIL_FAILED, 0, "out of memory");
    return NULL;
}

/* The file may have been removed meanwhile by its former owner: then the lock is on nothing. */
static int lock(struct os_mapping *mapping, struct trail_error *error)
{
    struct stat opened, named;

    if (flock(mapping->file, LOCK_EX | LOCK_NB) != 0 || fstat(mapping->file, &opened) != 0)
        return fail(mapping->path, error);
    if (lstat(mapping->path, &named) != 0 || opened.st_ino != named.st_ino ||
        opened.st_dev != named.st_dev)
        return error_set(error, TRAIL_LOCKED, 0, "'%s' was replaced just now", mapping->path);
    mapping->size = (size_t)opened.st_size;
    return 0;
}

/* Whether its owner lives can be told by who may only read it, too. */
static bool is_locked(const char *path)
{
    file_handle file = file_open_own(path, false, NULL);
    bool is = file != FILE_NONE && flock((int)file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    file_close(file);
    return is;
}

static struct os_mapping *map(struct os_mapping *mapping, struct trail_error *error)
{
    mapping->memory =
        mmap(NULL, mapping->size, PROT_READ | PROT_WRITE, MAP_SHARED, mapping->file, 0);
    if (mapping->memory != MAP_FAILED) {
        /* Page by page, as needed: reading ahead would clear megabytes at the first touch. */
        madvise(mapping->memory, mapping->size, MADV_RANDOM);
        return mapping;
    }
    mapping->memory = NULL;
    fail(mapping->path, error);
    os_mapping_close(mapping, false);
    return NULL;
}

/*
 * posix_fallocate(3) writes to each block where the file system cannot reserve them at once; tmpfs
 * finds each page (4 ms for 16 MiB).
 */
static int reserve(int file, size_t size, uint64_t spare_bytes)
{
    struct statfs medium;

    if (spare_bytes == 0)
        return (errno = posix_fallocate(file, 0, (off_t)size)) == 0 ? 0 : -1;
    if (fstatfs(file, &medium) == 0 && medium.f_type != TMPFS_MAGIC &&
        (uint64_t)medium.f_bavail * (uint64_t)medium.f_bsize >= size + spare_bytes &&
        fallocate(file, 0, 0, (off_t)size) == 0)
        return 0;
    errno = ENOSPC;
    return -1;
}

struct os_mapping *os_mapping_create(const char *path, const char *like, size_t size,
                                     uint64_t spare_bytes, struct trail_error *error)
{
    struct os_mapping *mapping = new_mapping(path, error);

    if (mapping == NULL)
        return NULL;
    if ((mapping->file = (int)file_make(path, like, error)) < 0) {
        error_context(error, "cannot use '%s'", path);
        os_mapping_close(mapping, false);
        return NULL;
    }
    if (lock(mapping, error) != 0 ||
        (reserve(mapping->file, size, spare_bytes) != 0 && fail(path, error) != 0)) {
        os_mapping_close(mapping, true);
        return NULL;
    }
    mapping->size = size;
    return map(mapping, error);
}

struct os_mapping *os_mapping_open(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = new_mapping(path, error);

    if (mapping == NULL)
        return NULL;
    if ((mapping->file = (int)file_open_own(path, true, error)) < 0) {
        if (error != NULL && error->code == TRAIL_READ_ONLY && is_locked(path))
            error->code = TRAIL_LOCKED;
        error_context(error, "cannot use '%s'", path);
    } else if (lock(mapping, error) == 0) {
        if (mapping->size > 0)
            return map(mapping, error);
        error_set(error, TRAIL_NOT_A_TRAIL, 0, "'%s' is empty", path);
    }
    os_mapping_close(mapping, false);
    return NULL;
}

void *os_mapping_memory(struct os_mapping *mapping)
{
    return mapping->memory;
}

void os_mapping_populate(struct os_mapping *mapping, size_t offset, size_t size)
{
#ifdef MADV_POPULATE_WRITE
    /* Linux 5.14; before, the pages come one by one */
    madvise((char *)mapping->memory + offset, size, MADV_POPULATE_WRITE);
#else
    (void)mapping, (void)offset, (void)size;
#endif
}

size_t os_mapping_size(const struct os_mapping *mapping)
{
    return mapping->size;
}
