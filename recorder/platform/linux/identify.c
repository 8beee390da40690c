/*
 * Who a module is, from its file. Runs on the writer thread, when the target runs on or is gone:
 * the file is looked for through the process's own root first (a chroot, a container), then through
 * ours. The build-id that was read from the target's memory is the truth; a file that says
 * otherwise was replaced meanwhile and is not believed.
 */
#define _GNU_SOURCE
#include "platform.h"

#include "image/elf.h"
#include "image/identity_cache.h"
#include "perf/perf_events.h"
#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t read_file(void *context, uint64_t offset, void *buffer, size_t size)
{
    size_t used = 0;
    ssize_t count;

    while (used < size && (count = pread(*(int *)context, (char *)buffer + used, size - used,
                                         (off_t)(offset + used))) > 0)
        used += (size_t)count;
    return used;
}

/*
 * The path as the system shows it: absolute, without symbolic links. `prefix` is what led into
 * another root.
 */
static void canonical_path(int file, const char *prefix, char *path, size_t capacity)
{
    char link[64], raw[4096], text[TEXT_FROM_BYTES_CAPACITY(4096)], root[4096];
    ssize_t length, root_length = 0;
    bool exact;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, raw, sizeof raw);
    if (length <= 0)
        return;
    if (prefix[0] != '\0')
        root_length = readlink(prefix, root, sizeof root);
    if (root_length <= 1 || root_length >= length || memcmp(raw, root, (size_t)root_length) != 0)
        root_length = 0;
    text_from_bytes(raw + root_length, (size_t)(length - root_length), text, &exact);
    if (strlen(text) < capacity)
        memcpy(path, text, strlen(text) + 1);
}

static uint64_t ns_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

static struct file_stamp stamp_of(const struct stat *status)
{
    return (struct file_stamp){
        .volume = status->st_dev,
        .number = status->st_ino,
        .bytes = (uint64_t)status->st_size,
        .modified = ns_of(&status->st_mtim),
        .changed = ns_of(&status->st_ctim),
    };
}

/* Opens `prefix` + path and identifies it. -1 if it cannot be opened or is no ELF image. */
static int identify_file(const char *prefix, const char *path, struct module_identity *identity)
{
    char full[4200];
    struct stat status;
    int file, result = -1;

    snprintf(full, sizeof full, "%s%s", prefix, path);
    file = open(full, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0)
        return -1;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        struct file_stamp stamp = stamp_of(&status);
        const struct module_identity *known = identity_cache_find(path, &stamp);
        struct image_source source = {&file, read_file, stamp.bytes};
        if (known != NULL) {
            identity_copy(identity, known);
            result = 0;
        } else if (elf_parse(&source, identity) == 0) {
            identity->file_bytes = stamp.bytes;
            canonical_path(file, prefix, identity->path, sizeof identity->path);
            identity_cache_remember(path, &stamp, identity);
            result = 0;
        }
    }
    close(file);
    return result;
}

static bool is_same_image(const struct module_identity *identity, const char *build_id)
{
    return build_id[0] == '\0' || strcmp(identity->build_id, build_id) == 0;
}

void platform_discard(const struct event *event)
{
    (void)event; /* no handle comes with an event */
}

/*
 * How the target named the file, and the build-id that was read from its memory ("" if it has
 * none).
 */
struct named_image {
    char path[sizeof((struct module_identity *)NULL)->path],
        build_id[sizeof((struct module_identity *)NULL)->build_id];
};

static void name_image(const struct event *event, struct named_image *image)
{
    struct event_span span = event->image.path;

    snprintf(image->path, sizeof image->path, "%.*s", (int)span.length,
             (const char *)event_bytes_at(event, span));
    elf_hex(event_bytes_at(event, event->image.build_id), event->image.build_id.length,
            image->build_id, sizeof image->build_id);
}

/*
 * What is remembered of the same image at the same path, NULL if nothing is: the build-id says more
 * than another look at the file would.
 */
static const struct module_identity *remembered(const struct named_image *image)
{
    const struct module_identity *known = identity_cache_find_path(image->path);

    if (known == NULL || image->build_id[0] == '\0' ||
        strcmp(known->build_id, image->build_id) != 0)
        return NULL;
    return known;
}

static void identify(const struct event *event, struct module_identity *identity)
{
    const struct module_identity *known;
    struct named_image image;
    char root[64];

    name_image(event, &image);
    if ((known = remembered(&image)) != NULL) {
        identity_copy(identity, known);
        return;
    }
    snprintf(root, sizeof root, "/proc/%u/root", (unsigned)event->pid);
    identity_clear(identity);
    if (image.path[0] == '/') {
        if (identify_file(root, image.path, identity) == 0 &&
            is_same_image(identity, image.build_id))
            return;
        identity_clear(identity);
        if (identify_file("", image.path, identity) == 0 && is_same_image(identity, image.build_id))
            return;
        identity_clear(identity);
    }
    snprintf(identity->path, sizeof identity->path, "%s", image.path);
    snprintf(identity->build_id, sizeof identity->build_id, "%s", image.build_id);
    identity->image_bytes = event->image.size;
}

void platform_identify(const struct event *event, struct module_identity *identity)
{
    identify(event, identity);
    identity->mapped_ns = perf_events_time_of(event);
}
