/*
 * What the names in rules are matched with: the distinct modules of a set of recordings. A name
 * matches a module by its key (without what only tells a version), by the key that keeps it apart
 * from others of its process, and by its file name.
 */
#ifndef TRAIL_SUBJECTS_H
#define TRAIL_SUBJECTS_H

#include "names.h"

#include "compare/model/recordings.h"

struct subject {
    size_t module; /* in recordings->modules */
    uint32_t key;  /* of its loads */
    uint32_t name, place;
    bool folds_case;
    size_t next; /* of the same module, or RECORDING_NONE */
};

struct subjects {
    const struct recordings *recordings;
    struct subject *items;
    size_t count;
    size_t **of_load; /* [recording][load]: its subject */
    struct names names;
    /*
     * of each whether a rule requires or allows it by its name, so that it is none that {any} in a
     * name is for; NULL: of none. May be set, and is freed by subjects_release
     */
    bool *named;
    char *with_places; /* of each subject "place/name", one behind the other */
};

/*
 * The recordings must be finished and stay. Returns 0, or -1 and error; release also after a
 * failure.
 */
int subjects_init(struct subjects *subjects, const struct recordings *recordings,
                  struct trail_error *error);
void subjects_release(struct subjects *subjects);

/*
 * Those that a glob matches, in ascending order. Returns 0, or -1 and error; the list is freed by
 * the caller.
 */
int subjects_match(const struct subjects *subjects, const char *glob, struct number_list *list,
                   struct trail_error *error);

/*
 * Adds those of a name, which is no glob, in ascending order to a list that has none. Returns 0, or
 * -1 without memory.
 */
int subjects_add_name(const struct subjects *subjects, const char *name, struct number_list *list);

/* Whether the glob matches this one. */
bool subject_matches(const struct subjects *subjects, const char *glob, size_t subject);

/* Whether a name is a glob, that is, has characters that do not stand for themselves. Pure. */
bool subject_is_glob(const char *name);

/* How many characters of a glob stand for themselves: the more, the more specific it is. Pure. */
size_t subject_literal_characters(const char *glob);

/* Whether a glob matches a process of a recording, by its program's key or file name. */
bool subject_matches_process(const struct recordings *recordings, const char *glob,
                             const struct recording *run, const struct recorded_process *process);

#endif
