/* os_file of os.h on Linux. */
#define _GNU_SOURCE
#include "linux_os.h"
#include "os.h"

#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct os_file {
    int descriptor;
};

void linux_os_show_path(int descriptor, char *path, size_t capacity)
{
    char link[64], raw[4096], text[TEXT_FROM_BYTES_CAPACITY(4096)];
    ssize_t length;
    bool exact;

    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, raw, sizeof raw);
    if (length <= 0)
        return;
    text_from_bytes(raw, (size_t)length, text, &exact);
    if (strlen(text) < capacity)
        memcpy(path, text, strlen(text) + 1);
}

size_t linux_os_read_file(void *descriptor, uint64_t offset, void *buffer, size_t size)
{
    size_t used = 0;
    ssize_t count;

    while (used < size && (count = pread(*(int *)descriptor, (char *)buffer + used, size - used,
                                         (off_t)(offset + used))) > 0)
        used += (size_t)count;
    return used;
}

struct os_file *os_file_open(const char *path, uint64_t *bytes, char *shown, size_t capacity)
{
    struct os_file *file = malloc(sizeof *file);
    struct stat status;

    snprintf(shown, capacity, "%s", path);
    if (file == NULL)
        return NULL;
    /* a relative path was relative to somewhere else */
    file->descriptor =
        path[0] == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
    if (file->descriptor >= 0 && fstat(file->descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        *bytes = (uint64_t)status.st_size;
        linux_os_show_path(file->descriptor, shown, capacity);
        return file;
    }
    os_file_close(file);
    return NULL;
}

size_t os_file_read(void *file, uint64_t offset, void *buffer, size_t size)
{
    return linux_os_read_file(&((struct os_file *)file)->descriptor, offset, buffer, size);
}

void os_file_close(struct os_file *file)
{
    if (file != NULL && file->descriptor >= 0)
        close(file->descriptor);
    free(file);
}
