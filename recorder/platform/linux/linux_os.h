/* What os.c offers to the Linux platform besides os.h. */
#ifndef TRAIL_LINUX_OS_H
#define TRAIL_LINUX_OS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Of an open file: its bytes, as an image_source gets them (image/image_source.h), and its path,
 * absolute and without symbolic links; the path stays as it is where it is not known or too long.
 * Any thread.
 */
size_t linux_os_read_file(void *descriptor, uint64_t offset, void *buffer, size_t size);
void linux_os_show_path(int descriptor, char *path, size_t capacity);

/*
 * From now on Ctrl-C and SIGHUP ask the recorder to end: the target is not in our terminal's
 * foreground group. Loop thread.
 */
void linux_os_claim_interrupt(void);

/*
 * Puts one argument of a command line as a shell would need it, single-quoted if at all, without a
 * NUL: at most 4 bytes for each of its own, and 2 more. Returns the new end. Any thread.
 */
char *linux_os_put_argument(char *out, const char *argument);

/* The parent's number, from /proc; 0 if there is none. Any thread, and signal handlers. */
pid_t linux_os_parent_of(pid_t pid);

#endif
