/*
 * Who a module is, from its file. Runs on the writer thread, when the target runs on or is gone:
 * the file is looked for where the event says, and, while the process is there, where its mapping
 * leads. What was read from the target's memory is the truth: the build-id, else how much the image
 * spans. A file that says otherwise is another one, and is not believed.
 */
#define _GNU_SOURCE
#include "platform.h"

#include "image/elf.h"
#include "image/identity_cache.h"
#include "linux_os.h"
#include "perf/perf_events.h"
#include "proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* What an event says of an image. */
struct named_image {
    char path[sizeof((struct module_identity *)NULL)->path],
        build_id[sizeof((struct module_identity *)NULL)->build_id]; /* "" if it has none */
    uint64_t span_bytes, base;
    pid_t pid;
    bool is_program, has_mapping, looked; /* looked: for its mapping */
    struct proc_mapping mapping;
};

static void name_image(const struct event *event, struct named_image *image)
{
    struct event_span span = event->image.path;

    snprintf(image->path, sizeof image->path, "%.*s", (int)span.length,
             (const char *)event_bytes_at(event, span));
    elf_hex(event_bytes_at(event, event->image.build_id), event->image.build_id.length,
            image->build_id, sizeof image->build_id);
    image->span_bytes = event->image.size;
    image->pid = (pid_t)event->pid;
    image->is_program = event->kind == EVENT_CREATE_PROCESS;
    image->base =
        event->value[image->is_program ? FIELD(CREATE_PROCESS, base) : FIELD(LOAD_DLL, base)];
    image->looked = image->has_mapping = false;
}

static bool find_mapping(struct named_image *image)
{
    if (!image->looked)
        image->has_mapping = proc_mapping_at(image->pid, image->base, &image->mapping);
    image->looked = true;
    return image->has_mapping && image->mapping.inode != 0;
}

/*
 * Whether a file is the one that is mapped. Without a build-id two of one span may be different
 * ones: the mapping tells, if the process is still there and the file system has one number for a
 * file (overlays may have two).
 */
static bool is_image(struct named_image *image, const struct stat *status,
                     const struct module_identity *identity)
{
    if (image->build_id[0] != '\0')
        return strcmp(identity->build_id, image->build_id) == 0;
    if (image->span_bytes != 0 && identity->image_bytes != image->span_bytes)
        return false;
    return !find_mapping(image) || image->mapping.device != status->st_dev ||
           image->mapping.inode == status->st_ino;
}

/* Identifies the file at `path` if it is the image. */
static bool identify_file(struct named_image *image, const char *path,
                          struct module_identity *identity)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool found = false;

    if (file < 0)
        return false;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        struct file_stamp stamp = stamp_of(&status);
        const struct module_identity *known = identity_cache_find(path, &stamp);
        struct image_source source = {&file, linux_os_read_file, stamp.bytes};
        identity_clear(identity);
        if (known != NULL) {
            identity_copy(identity, known);
            found = is_image(image, &status, identity);
        } else if (elf_parse(&source, identity) == 0 && is_image(image, &status, identity)) {
            identity->file_bytes = stamp.bytes;
            snprintf(identity->path, sizeof identity->path, "%s", path);
            linux_os_show_path(file, identity->path, sizeof identity->path);
            identity_cache_remember(path, &stamp, identity);
            found = true;
        }
    }
    close(file);
    return found;
}

void platform_discard(const struct event *event)
{
    (void)event; /* no handle comes with an event */
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

/* By the path that came with the event. */
static bool identify_at_path(struct named_image *image, enum image_place place,
                             struct module_identity *identity)
{
    char path[sizeof image->path + 64];
    const struct module_identity *known;

    if (image->path[0] != '/' || place == IMAGE_NOWHERE)
        return false;
    if (place == IMAGE_AT_PATH && (known = remembered(image)) != NULL) {
        identity_copy(identity, known);
        return true;
    }
    if (place == IMAGE_AT_PATH)
        return identify_file(image, image->path, identity);
    snprintf(path, sizeof path, "/proc/%d/root%s", (int)image->pid, image->path);
    if (!identify_file(image, path, identity))
        return false;
    snprintf(identity->path, sizeof identity->path, "%s", image->path);
    return true;
}

/*
 * By what is mapped, while the process is there: by its path, or by the links that lead to a file
 * that has none any more. Those of map_files may be followed by root only.
 */
static bool identify_mapped(struct named_image *image, enum image_place place,
                            struct module_identity *identity)
{
    char exe[64];
    bool is_mapped = find_mapping(image);

    if (is_mapped && place == IMAGE_AT_PATH && image->mapping.length > 0 &&
        !image->mapping.unlinked && identify_file(image, image->mapping.path, identity))
        return true;
    snprintf(exe, sizeof exe, "/proc/%d/exe", (int)image->pid);
    if (!(image->is_program && identify_file(image, exe, identity)) &&
        !(is_mapped && identify_file(image, image->mapping.link, identity)))
        return false;
    snprintf(identity->path, sizeof identity->path, "%s", image->path);
    return true;
}

void platform_identify(const struct event *event, struct module_identity *identity)
{
    static struct named_image image; /* one thread at a time */
    enum image_place place = (enum image_place)event->image.place;
    size_t root_length = event->image.root_length;

    name_image(event, &image);
    if (!identify_at_path(&image, place, identity) && !identify_mapped(&image, place, identity)) {
        identity_clear(identity);
        memcpy(identity->path, image.path, strlen(image.path) + 1);
        memcpy(identity->build_id, image.build_id, strlen(image.build_id) + 1);
        identity->image_bytes = image.span_bytes;
    }
    if (root_length > 0 && strlen(identity->path) > root_length &&
        memcmp(identity->path, image.path, root_length) == 0)
        memmove(identity->path, identity->path + root_length,
                strlen(identity->path + root_length) + 1);
    identity->mapped_ns = perf_events_time_of(event);
}
