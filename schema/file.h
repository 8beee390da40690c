/*
 * Making, opening and replacing files in folders that strangers may write to: nothing is followed,
 * reused or overwritten that is not a regular file of ours, and nothing hangs. Paths are UTF-8. Any
 * thread.
 *
 * Errors have the codes TRAIL_NOT_FOUND, TRAIL_LOCKED, TRAIL_READ_ONLY, TRAIL_NO_SPACE,
 * TRAIL_FOREIGN (something else stands there), TRAIL_FAILED, and a sentence before which the caller
 * puts which file it is about.
 */
#ifndef TRAIL_FILE_H
#define TRAIL_FILE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A file descriptor, or on Windows a HANDLE that nobody shares. */
typedef intptr_t file_handle;
#define FILE_NONE ((file_handle)-1)

/*
 * Makes a new file for reading and writing, with the mode (and owner, where that is possible) of
 * the file `like`; NULL: as the user wants new files. FILE_NONE and error if anything stands there.
 */
file_handle file_make(const char *path, const char *like, struct trail_error *error);

/*
 * Opens a regular file that is there, no link to one. Without `writes` others may have it too.
 * FILE_NONE and error on failure.
 */
file_handle file_open_own(const char *path, bool writes, struct trail_error *error);
void file_close(file_handle file);

/*
 * Whether a regular file stands there, or a link to one: 1 with its size in *size (may be NULL), 0
 * if nothing does, -1 and error if it is something else or cannot be told.
 */
int file_look(const char *path, uint64_t *size, struct trail_error *error);

/*
 * Whether nothing stands there, or a regular file that is no link; it is not opened, so that locks
 * of ours on it stay. 0, or -1 and error.
 */
int file_check_own(const char *path, struct trail_error *error);

/* Opens a regular file, or what a link to one means, for reading. NULL and error on failure. */
FILE *file_read(const char *path, struct trail_error *error);

/*
 * Whether file_replace could write there: nothing, or a regular file that may be written, also by a
 * link to it. 0, or -1 and error.
 */
int file_check_replaceable(const char *path, struct trail_error *error);

/*
 * A file that is written beside the one at `path`, and takes its place at the end, once the medium
 * keeps it: whatever happens, one of the two is whole. A file that was there passes its mode on.
 * NULL and error.
 */
struct file_draft;
struct file_draft *file_draft_open(const char *path, struct trail_error *error);
FILE *file_draft_stream(const struct file_draft *draft);

/*
 * Frees the draft. 0 once it stands in its place; where it is not whole, or cannot be kept (then
 * error is filled), it is taken away, nothing has changed, and -1 is returned.
 */
int file_draft_close(struct file_draft *draft, bool is_whole, struct trail_error *error);

/* All that at once. 0, or -1 and error: then nothing has changed. */
int file_replace(const char *path, const void *bytes, size_t length, struct trail_error *error);

#endif
