/*
 * From an event and the identity of its image to the cause of a load, and back from the rows of a
 * file. Writer thread.
 */
#ifndef TRAIL_LOAD_CAUSES_H
#define TRAIL_LOAD_CAUSES_H

#include "causes.h"
#include "error.h"
#include "event.h"
#include "image/identity.h"

#include <sqlite3.h>

struct roster;
struct roster_process;

/* How causes are found in a run. */
struct load_causes {
    bool has_brackets;
};

/* Reads from the run's row how loads are seen. Returns 0, or -1 and error. */
int load_causes_begin(struct load_causes *causes, sqlite3 *db, int64_t run_id,
                      struct trail_error *error);

/* An event with an image, and where it stands in the run. */
struct load_event {
    uint64_t seq, t_ns;
    const struct event *event;
    const struct module_identity *identity;
};

/* The image of a process begins: a CreateProcess. -1 if out of memory. */
int load_causes_image(const struct load_causes *causes, struct roster_process *process,
                      const struct load_event *image);

/* The cause of a load: a LoadDll. -1 if out of memory. */
int load_causes_find(const struct load_causes *causes, struct roster_process *process,
                     const struct load_event *load, struct cause *cause);

/*
 * Remembers again, for the living processes of a roster that was read from the file, what the next
 * loads may follow from. Returns 0, or -1 and error.
 */
int load_causes_restore(const struct load_causes *causes, struct roster *roster, sqlite3 *db,
                        int64_t run_id, struct trail_error *error);

#endif
