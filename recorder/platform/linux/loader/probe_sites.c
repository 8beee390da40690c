/*
 * Which probes an image has. Its notes about them are in its file only, so that a file must be
 * opened while the target stands still: once, since what was found is kept under the image's
 * build-id.
 */
#define _GNU_SOURCE
#include "loader/probe_sites.h"

#include "image/stapsdt.h"
#include "process.h"
#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WINDOW_BYTES = 4 * 1024,
    SITES_MAX = 4096, /* kept; of one image at most PER_IMAGE_MAX */
    PER_IMAGE_MAX = 1024,
    IMAGES_MAX = 512
};

/*
 * A file as an image source: read in pieces of which two are kept, since parsers go to and fro
 * between two tables.
 */
struct file_windows {
    int file;
    unsigned last;
    struct window {
        uint64_t offset;
        size_t length;
        unsigned char bytes[WINDOW_BYTES];
    } windows[2];
};

static bool copy_from(const struct window *window, uint64_t offset, void *buffer, size_t size)
{
    if (offset < window->offset || offset - window->offset > window->length ||
        size > window->length - (size_t)(offset - window->offset))
        return false;
    memcpy(buffer, window->bytes + (offset - window->offset), size);
    return true;
}

static size_t read_windows(void *context, uint64_t offset, void *buffer, size_t size)
{
    struct file_windows *file = context;
    struct window *window = &file->windows[!file->last];
    ssize_t count;

    for (unsigned i = 0; i < 2; i++)
        if (copy_from(&file->windows[i], offset, buffer, size)) {
            file->last = i;
            return size;
        }
    if (size > WINDOW_BYTES)
        return 0;
    count = pread(file->file, window->bytes, WINDOW_BYTES, (off_t)offset);
    window->offset = offset;
    window->length = count > 0 ? (size_t)count : 0;
    file->last = !file->last;
    return copy_from(window, offset, buffer, size) ? size : 0;
}

/* What was found in an image. */
static struct found {
    bool used;
    unsigned char build_id[ELF_BUILD_ID_MAX];
    unsigned build_id_bytes; /* 0: by the file */
    dev_t device;
    ino_t inode;
    struct timespec modified;
    unsigned first, count;
} images[IMAGES_MAX];
static struct probe_site kept[SITES_MAX];
static unsigned kept_count;

struct finding {
    const struct image_source *source;
    unsigned count;
};

static bool place_argument(const struct image_source *source, const char *text,
                           struct stapsdt_argument *argument)
{
    const char *symbol;
    size_t length;
    uint64_t value;

    if (!stapsdt_parse_argument(text, argument, &symbol, &length))
        return false;
    if (symbol == NULL)
        return true;
    if (!stapsdt_find_symbol(source, symbol, length, &value))
        return false;
    argument->displacement = (int64_t)((uint64_t)argument->displacement + value);
    return true;
}

static bool take_note(void *context, const struct stapsdt_note *note)
{
    struct finding *finding = context;
    struct probe_site site = {.address = note->address, .semaphore = note->semaphore};

    if (strcmp(note->provider, "trail") != 0)
        return true;
    site.kind = strcmp(note->name, "mark") == 0     ? EVENT_MARK
                : strcmp(note->name, "string") == 0 ? EVENT_OUTPUT_DEBUG_STRING
                                                    : EVENT_NONE;
    if (site.kind == EVENT_NONE ||
        !place_argument(finding->source, note->arguments, &site.argument))
        return true;
    kept[kept_count++] = site;
    return ++finding->count < PER_IMAGE_MAX;
}

static bool is_same_image(const struct image_source *source, const struct elf_head *mapped)
{
    struct elf_head head;

    return mapped->build_id_bytes == 0 ||
           (elf_read_head(source, false, &head) == 0 &&
            head.build_id_bytes == mapped->build_id_bytes &&
            memcmp(head.build_id, mapped->build_id, head.build_id_bytes) == 0);
}

/*
 * The path under which a process's image can be opened from here: through its root, or from where
 * it is now.
 */
static int open_image(pid_t pid, const struct probed_image *image)
{
    char path[NAME_BYTES_MAX + 64];

    if (image->is_program)
        snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    else
        snprintf(path, sizeof path, "/proc/%d/%s/%s", (int)pid,
                 image->name[0] == '/' ? "root" : "cwd", image->name);
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static struct found *slot_of(const unsigned char *bytes, size_t length)
{
    return &images[text_hash(bytes, length) % IMAGES_MAX];
}

static bool is_this_file(const struct found *found, const struct stat *status)
{
    return found->used && found->build_id_bytes == 0 && found->device == status->st_dev &&
           found->inode == status->st_ino && found->modified.tv_sec == status->st_mtim.tv_sec &&
           found->modified.tv_nsec == status->st_mtim.tv_nsec;
}

static bool is_this_build(const struct found *found, const struct elf_head *head)
{
    return found->used && found->build_id_bytes == head->build_id_bytes &&
           memcmp(found->build_id, head->build_id, head->build_id_bytes) == 0;
}

static void read_sites(int file, const struct stat *status, const struct elf_head *head,
                       struct found *found)
{
    static struct file_windows windows;
    struct image_source source = {&windows, read_windows, (uint64_t)status->st_size};
    struct finding finding = {&source, 0};

    if (kept_count + PER_IMAGE_MAX > SITES_MAX) { /* begin anew */
        memset(images, 0, sizeof images);
        kept_count = 0;
    }
    windows.file = file;
    windows.windows[0].length = windows.windows[1].length = 0;
    *found = (struct found){.used = true,
                            .build_id_bytes = head->build_id_bytes,
                            .device = status->st_dev,
                            .inode = status->st_ino,
                            .modified = status->st_mtim,
                            .first = kept_count};
    memcpy(found->build_id, head->build_id, head->build_id_bytes);
    stapsdt_read(&source, take_note, &finding);
    if (finding.count > 0 && !is_same_image(&source, head)) {
        found->used = false; /* the file was replaced: another of that build may come */
        finding.count = 0;
    }
    found->count = finding.count;
    kept_count = found->first + found->count;
}

static const struct found *find_in_file(pid_t pid, const struct probed_image *image)
{
    const struct elf_head *head = &image->head;
    struct stat status;
    struct found *found = NULL;
    int file = open_image(pid, image);

    if (file < 0)
        return NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        found = head->build_id_bytes > 0
                    ? slot_of(head->build_id, head->build_id_bytes)
                    : slot_of((const unsigned char *)&status.st_ino, sizeof status.st_ino);
        if (head->build_id_bytes > 0 || !is_this_file(found, &status))
            read_sites(file, &status, head, found);
    }
    close(file);
    return found;
}

unsigned probe_sites_of(pid_t pid, const struct probed_image *image,
                        const struct probe_site **sites)
{
    const struct elf_head *head = &image->head;
    const struct found *found = slot_of(head->build_id, head->build_id_bytes);

    if (head->build_id_bytes == 0 || !is_this_build(found, head))
        found = find_in_file(pid, image);
    if (found == NULL || !found->used)
        return 0;
    *sites = &kept[found->first];
    return found->count;
}
