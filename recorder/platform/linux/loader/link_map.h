/*
 * What the loader's list says was loaded and unloaded since the last look. Loop thread.
 */
#ifndef TRAIL_LINUX_LINK_MAP_H
#define TRAIL_LINUX_LINK_MAP_H

#include "loader/image_path.h"

/* Found at one stop, and told one by one. */
struct link_changes {
    struct link_change *found;
    unsigned count, next, loads;
    uint64_t load_phase; /* of the loads */
    enum image_view view;
    bool unreadable; /* the loader's list could not be read, so nothing was found */
    char *staged;    /* their paths */
    uint32_t staged_bytes;
};

/* 0, or -1 if out of memory. */
int link_map_begin(struct link_changes *changes);
void link_map_end(struct link_changes *changes);

/* Forgets what was found. */
void link_map_clear(struct link_changes *changes);

/* Whether the loader may have loaded something that it has not told yet, as it does at the end of a
 * start-up. */
bool link_map_is_starting(const struct process *process);

/*
 * Finds what has changed, and plants the probes of what is new. `processes` are all there are. The
 * process stands still.
 */
void link_map_find_and_plant(struct link_changes *changes, const struct process *processes,
                             struct process *process);
/* The same where a start-up is broken off: in the loader's list, unfinished as it is. */
void link_map_find_unfinished(struct link_changes *changes, const struct process *processes,
                              struct process *process);

/*
 * The path, as the loader has it, of the first module that is loaded and not told yet: what the
 * request began with that the loader is at. Its length, 0 if it is at none.
 */
size_t link_map_first_new(const struct process *process, char *path, size_t capacity);

/* The next found change as an event; false if there is none. */
bool link_map_next_event(struct link_changes *changes, const struct process *process, uint64_t t_ns,
                         struct event *event);

/* A fork's child starts with its parent's list. */
void link_map_copy(struct process *child, const struct process *parent);

#endif
