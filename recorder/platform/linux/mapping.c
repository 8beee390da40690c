/*
 * os_mapping of os.h on Linux: a file locked with flock(2), whose lock goes with its owner's last
 * descriptor, and mapped shared: its pages are the kernel's, whatever becomes of the process.
 */
#define _GNU_SOURCE
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

static void say_mapping_failed(const char *path, struct trail_error *error)
{
    enum trail_error_code code = errno == ENOENT                     ? TRAIL_NOT_FOUND
                                 : errno == EWOULDBLOCK              ? TRAIL_LOCKED
                                 : errno == ENOSPC                   ? TRAIL_NO_SPACE
                                 : errno == EACCES || errno == EROFS ? TRAIL_READ_ONLY
                                                                     : TRAIL_FAILED;

    error_set(error, code, errno, "cannot use '%s': %s", path, strerror(errno));
}

/*
 * Opens and locks. The file may have been removed between the two by its former owner: then the
 * lock is on nothing.
 */
static struct os_mapping *open_locked(const char *path, int flags, struct trail_error *error)
{
    struct os_mapping *mapping = calloc(1, sizeof *mapping);
    struct stat opened, named;

    if (mapping == NULL || (mapping->path = strdup(path)) == NULL) {
        free(mapping);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    mapping->file = open(path, flags | O_RDWR | O_CLOEXEC, 0666);
    if (mapping->file >= 0 && flock(mapping->file, LOCK_EX | LOCK_NB) == 0 &&
        fstat(mapping->file, &opened) == 0 && stat(path, &named) == 0 &&
        opened.st_ino == named.st_ino && opened.st_dev == named.st_dev) {
        mapping->size = (size_t)opened.st_size;
        return mapping;
    }
    say_mapping_failed(path, error);
    os_mapping_close(mapping, false);
    return NULL;
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
    say_mapping_failed(mapping->path, error);
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

struct os_mapping *os_mapping_create(const char *path, size_t size, uint64_t spare_bytes,
                                     struct trail_error *error)
{
    struct os_mapping *mapping = open_locked(path, O_CREAT, error);

    if (mapping == NULL)
        return NULL;
    if (ftruncate(mapping->file, 0) != 0 || reserve(mapping->file, size, spare_bytes) != 0) {
        say_mapping_failed(path, error);
        os_mapping_close(mapping, true);
        return NULL;
    }
    mapping->size = size;
    return map(mapping, error);
}

struct os_mapping *os_mapping_open(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = open_locked(path, 0, error);

    if (mapping == NULL)
        return NULL;
    if (mapping->size == 0) {
        error_set(error, TRAIL_DAMAGED, 0, "'%s' is empty", path);
        os_mapping_close(mapping, false);
        return NULL;
    }
    return map(mapping, error);
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
