/*
 * See image_path.h. A name leads elsewhere for us where the process has another root or mount
 * namespace, where it stands in /proc or /dev (/proc/self is who looks), and where it counts from a
 * folder that is gone or has a name that is too long. Nothing but the mapping itself says what it
 * was then.
 */
#define _GNU_SOURCE
#include "loader/image_path.h"

#include "proc.h"
#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a namespace's link says, "mnt:[4026531841]": cheaper than to follow it. */
static size_t read_namespace(const char *link, char *text, size_t capacity)
{
    ssize_t length = readlink(link, text, capacity - 1);

    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* Where that cannot be told, it is taken for ours, which is read once; loop thread only. */
static bool is_in_other_namespace(const struct process *process)
{
    static char our_namespace[64];
    char link[64], namespace[64];

    if (our_namespace[0] == '\0' &&
        read_namespace("/proc/self/ns/mnt", our_namespace, sizeof our_namespace) == 0)
        return false;
    snprintf(link, sizeof link, "/proc/%d/ns/mnt", (int)process->memory_tid);
    return read_namespace(link, namespace, sizeof namespace) > 0 &&
           strcmp(namespace, our_namespace) != 0;
}

struct root {
    bool is_known, has_mount;
    unsigned device_major, device_minor;
    uint64_t inode, mount;
};

static void read_root(const char *link, struct root *root)
{
    struct statx status;

    *root = (struct root){.is_known = false};
#ifdef STATX_MNT_ID
    if (statx(AT_FDCWD, link, 0, STATX_INO | STATX_MNT_ID, &status) != 0)
        return;
    root->has_mount = (status.stx_mask & STATX_MNT_ID) != 0;
    root->mount = status.stx_mnt_id;
#else
    if (statx(AT_FDCWD, link, 0, STATX_INO, &status) != 0)
        return;
#endif
    root->is_known = true;
    root->device_major = status.stx_dev_major;
    root->device_minor = status.stx_dev_minor;
    root->inode = status.stx_ino;
}

/*
 * A mount is in one namespace only: where the root is ours on our mount, the namespace is ours,
 * too, and need not be asked for. Where a root cannot be told, it is taken for ours, as the
 * namespace is.
 */
enum image_view image_path_view(const struct process *process)
{
    static struct root ours;
    struct root root;
    char link[64];
    bool is_same;

    if (!ours.is_known)
        read_root("/", &ours);
    snprintf(link, sizeof link, "/proc/%d/root", (int)process->memory_tid);
    read_root(link, &root);
    is_same = !ours.is_known || !root.is_known ||
              (root.device_major == ours.device_major && root.device_minor == ours.device_minor &&
               root.inode == ours.inode);
    if (is_same && root.has_mount && ours.has_mount && root.mount == ours.mount)
        return VIEW_OURS;
    if (is_in_other_namespace(process))
        return VIEW_OF_NAMESPACE;
    return is_same ? VIEW_OURS : VIEW_OF_ROOT;
}

static void put_text(struct event *event, const char *path, size_t length)
{
    char text[TEXT_FROM_BYTES_CAPACITY(2 * NAME_BYTES_MAX)];
    bool exact;

    event->image.path = event_put_bytes(event, text, text_from_bytes(path, length, text, &exact));
}

/* How much of a path that the kernel shows us leads to the process's own root. */
static size_t root_of(pid_t pid, const char *path, size_t length)
{
    char link[64], root[NAME_BYTES_MAX];
    ssize_t root_length;

    snprintf(link, sizeof link, "/proc/%d/root", (int)pid);
    root_length = readlink(link, root, sizeof root);
    return root_length > 1 && (size_t)root_length < length && path[root_length] == '/' &&
                   memcmp(path, root, (size_t)root_length) == 0
               ? (size_t)root_length
               : 0;
}

static void put_root_length(struct event *event, const char *path, size_t root_length)
{
    char text[TEXT_FROM_BYTES_CAPACITY(NAME_BYTES_MAX)];
    bool exact;

    event->image.root_length = (uint32_t)text_from_bytes(path, root_length, text, &exact);
}

static void put_mapped(const struct process *process, enum image_view view, uint64_t base,
                       const char *name, size_t length, struct event *event)
{
    struct proc_mapping mapping;
    size_t root_length;

    event->image.place = IMAGE_NOWHERE;
    if (!proc_mapping_at(process->memory_tid, base, &mapping) || mapping.length == 0) {
        put_text(event, name, length);
        return;
    }
    root_length = root_of(process->memory_tid, mapping.path, mapping.length);
    if (mapping.unlinked || view == VIEW_OF_NAMESPACE) {
        put_text(event, mapping.path + root_length, mapping.length - root_length);
        event->image.place = mapping.unlinked ? IMAGE_NOWHERE : IMAGE_IN_ROOT;
        return;
    }
    put_text(event, mapping.path, mapping.length);
    put_root_length(event, mapping.path, root_length);
    event->image.place = IMAGE_AT_PATH;
}

static bool begins(const char *name, size_t length, const char *with)
{
    return length > strlen(with) && memcmp(name, with, strlen(with)) == 0;
}

/* The process's folder with a slash behind it, in `path`; 0 if nothing is to be found from there.
 */
static size_t read_folder(pid_t pid, char *path, size_t capacity)
{
    char link[64];
    ssize_t count;
    size_t length;

    snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
    count = readlink(link, path, capacity - 1);
    length = count > 0 ? (size_t)count : 0;
    if (length == 0 || path[0] != '/' || length >= capacity - 1 || proc_cut_unlinked(path, &length))
        return 0;
    path[length++] = '/';
    return length;
}

void image_path_put(const struct process *process, enum image_view view, uint64_t base,
                    const char *name, size_t length, struct event *event)
{
    bool is_elsewhere =
        view != VIEW_OURS || begins(name, length, "/proc/") || begins(name, length, "/dev/");
    char path[2 * NAME_BYTES_MAX];
    size_t folder = 0;

    if (!is_elsewhere && length > 0 && name[0] != '/') {
        folder = read_folder(process->memory_tid, path, NAME_BYTES_MAX);
        is_elsewhere = folder == 0;
    }
    if (is_elsewhere) {
        put_mapped(process, view, base, name, length, event);
    } else if (length > 0) {
        memcpy(path + folder, name, length);
        put_text(event, path, folder + length);
    }
}

void image_path_put_program(const struct process *process, struct event *event)
{
    pid_t pid = process->memory_tid;
    char link[64], path[NAME_BYTES_MAX];
    size_t root_length = 0, length;
    ssize_t count;

    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    count = readlink(link, path, sizeof path);
    length = count > 0 ? (size_t)count : 0;
    if (length == 0) { /* hidden: what is left of its name */
        length = proc_read(pid, "comm", path, sizeof path);
        length -= length > 0 && path[length - 1] == '\n';
        event->image.place = IMAGE_NOWHERE;
    } else if (proc_cut_unlinked(path, &length)) {
        event->image.place = IMAGE_NOWHERE;
    } else if (image_path_view(process) == VIEW_OF_NAMESPACE) {
        root_length = root_of(pid, path, length);
        event->image.place = IMAGE_IN_ROOT;
    }
    if (length > 0)
        put_text(event, path + root_length, length - root_length);
}
