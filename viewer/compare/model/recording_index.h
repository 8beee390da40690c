/* What recordings keep to themselves while runs are read; the files recording*.c only. */
#ifndef TRAIL_RECORDING_INDEX_H
#define TRAIL_RECORDING_INDEX_H

#include "buffer.h"
#include "recording.h"

struct module_slot {
    sqlite3 *db; /* NULL: free */
    int64_t id;
    size_t module;
};

struct recordings_index {
    struct module_slot *slots; /* open addressing */
    size_t slot_count, slots_used;
    struct buffer scratch;
};

/* An event without its details. */
struct moment {
    int64_t seq, t_ns, net_ns;
    size_t process, thread; /* positions, or RECORDING_NONE */
    bool is_synthetic;
};

/*
 * Makes room for one more in an array that doubles at each power of two. Returns the array, or NULL
 * (the old one stays valid).
 */
void *recordings_room(void *array, size_t count, size_t element_bytes);

/* The number of what `scratch` holds; empties it. */
uint32_t recordings_scratch(struct recordings *recordings);

/*
 * Reads the run that `recording` names (path, run) into it; the rest of it is zero. Returns 0, or
 * -1 and error; the caller releases it either way.
 */
int recording_read(struct recordings *recordings, sqlite3 *db, struct recording *recording,
                   struct trail_error *error);

/*
 * Fills the steps and elements of all runs, once their loads have keys and their processes roles.
 * Returns 0, or -1 and error.
 */
int recordings_make_steps(struct recordings *recordings, struct trail_error *error);

#endif
