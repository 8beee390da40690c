/* Who asked the loader: the first frame outside of it and of the runtime's wrappers. */
#ifndef TRAIL_CAUSE_H
#define TRAIL_CAUSE_H

#include <stddef.h>

/* A frame by its words; NULL: not known. */
struct cause_frame {
    const char *module; /* the file's name */
    const char *symbol;
};

/* The index of the frame that asked, among those of a stack, the innermost first; -1: none. */
int cause_find(const struct cause_frame *frames, unsigned count);

#endif
