/* Whose doing a stack is: of the frames those that say it. */
#ifndef TRAIL_CAUSE_H
#define TRAIL_CAUSE_H

#include <stddef.h>

/* A frame by its words; NULL: not known. */
struct cause_frame {
    const char *module; /* the file's name */
    const char *symbol;
};

/*
 * Each returns an index among the frames of a stack, the innermost first; -1: none. The frame that
 * asked the loader: the first outside of it and of the runtime's wrappers.
 */
int cause_find(const struct cause_frame *frames, unsigned count);

/* Who waits or computes: the first frame outside of the loader and the C library. */
int cause_find_caller(const struct cause_frame *frames, unsigned count);

/* The innermost function that the loader has called as a constructor, at a start or in dlopen. */
int cause_find_constructor(const struct cause_frame *frames, unsigned count);

#endif
