/*
 * The roster: which processes and threads the recorded events speak of, under our own ids (the OS
 * reuses its PIDs and TIDs), and which modules each process has where. Plain memory, no SQL; it
 * belongs to the writer thread.
 */
#ifndef TRAIL_ROSTER_H
#define TRAIL_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct roster;

struct roster_module {
    uint64_t base;
    uint64_t bytes; /* 0 if unknown: then only its base belongs to it */
    int64_t module_id;
    uint64_t load_seq; /* 0 for the image of the process */
    bool inherited;    /* copied by a fork: the load is the parent's, and ends there */
};

struct causes;

struct roster_process {
    struct roster_process *next; /* same hash bucket */
    uint32_t pid;
    int64_t id;
    struct roster_module *modules; /* by ascending base */
    size_t module_count, module_capacity;
    struct causes *causes; /* of its loads; NULL before it is needed */
};

struct roster_thread {
    struct roster_thread *next; /* same hash bucket */
    uint32_t tid;
    int64_t id;
    struct roster_process *process;
};

/* NULL if out of memory. */
struct roster *roster_new(void);
void roster_free(struct roster *roster);

/*
 * A process or thread that starts; any living one with the same number is forgotten first. The next
 * id is given. NULL if out of memory. Pointers stay valid until the process or thread ends.
 */
struct roster_process *roster_add_process(struct roster *roster, uint32_t pid);
struct roster_thread *roster_add_thread(struct roster *roster, struct roster_process *process,
                                        uint32_t tid);

/* Goes on counting ids from these: for a roster that is filled from a file. */
void roster_set_last_ids(struct roster *roster, int64_t process_id, int64_t thread_id);

/* The living process or thread, or NULL. */
struct roster_process *roster_process(const struct roster *roster, uint32_t pid);
struct roster_thread *roster_thread(const struct roster *roster, uint32_t pid, uint32_t tid);

/*
 * Forgets a thread, or a process with all its threads and modules. `ended` (may be NULL) is called
 * for each thread.
 */
void roster_end_thread(struct roster *roster, struct roster_thread *thread);
void roster_end_process(struct roster *roster, struct roster_process *process,
                        void (*ended)(void *context, int64_t thread_id), void *context);

/* Forgets all threads but `except` (NULL: all). */
void roster_end_threads_but(struct roster *roster, const struct roster_process *process,
                            const struct roster_thread *except,
                            void (*ended)(void *context, int64_t thread_id), void *context);

/*
 * A module that comes (replacing what had the same base), and the one that goes: false if there was
 * none. -1 if out of memory.
 */
int roster_add_module(struct roster_process *process, const struct roster_module *module);
bool roster_remove_module(struct roster_process *process, uint64_t base,
                          struct roster_module *removed);
void roster_remove_all_modules(struct roster_process *process);

/* Gives `child` a copy of the modules of `parent`, as a fork does. -1 if out of memory. */
int roster_copy_modules(struct roster_process *child, const struct roster_process *parent);

/* The module that an address lies in, or NULL. */
const struct roster_module *roster_module_at(const struct roster_process *process,
                                             uint64_t address);

#endif
