/*
 * Recorded runs in memory, for comparing: all runs of a comparison, of both sides, stand in one
 * `recordings` with one pool of texts, so that equal things have equal numbers. Memory is bounded
 * by what the runs hold. A damaged or hostile file is an error or odd data, never more. Main
 * thread.
 *
 *     recordings_new, recordings_add for each run, recordings_finish (keys, roles, elements need
 *     all runs), ..., recordings_free
 *
 * Times are net: what the recorder held the target until then is subtracted, as the union of the
 * times in which any thread was held. Where other threads ran on meanwhile (Linux) that is a little
 * too much, but the same on both sides.
 */
#ifndef TRAIL_RECORDING_H
#define TRAIL_RECORDING_H

#include "error.h"
#include "text_pool.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_NONE ((size_t)-1)
#define RECORDING_UNKNOWN INT64_MIN /* a number or time that was not recorded */

/*
 * What tells two builds of a module apart. Texts are numbers of the pool, TEXT_NONE and 0 are
 * unknown.
 */
struct identity {
    uint32_t version, build_id, pdb; /* pdb: GUID and age */
    int64_t pe_timestamp, pe_checksum, image_bytes, file_bytes;
};

struct recorded_module {
    uint32_t name, path;
    uint32_t key; /* module_key.h, before recordings_finish keeps different ones apart */
    struct identity identity;
};

struct recorded_process {
    int64_t id, pid;
    /*
     * TEXT_NONE: the launched (or first attached) one; else image key, from the second of that name
     * on with #2, #3
     */
    uint32_t role;
    /* via, exit_signal: words */
    uint32_t name, key, command_line, via, load_detection, exit_signal;
    size_t parent; /* RECORDING_NONE if it was not recorded */
    /* its (last) image in `modules`, or RECORDING_NONE */
    size_t module;
    size_t main_thread;          /* RECORDING_NONE if none was recorded */
    unsigned loader_breakpoints; /* while a run is read: which were seen */
    uint32_t place;
    int64_t exit_code; /* or RECORDING_UNKNOWN */
    /* the end is RECORDING_UNKNOWN if it was not seen */
    int64_t start_seq, end_seq, start_net_ns, end_net_ns;
};

struct recorded_thread {
    int64_t id, tid;
    size_t process;
    bool is_main;       /* the first of its process */
    uint32_t name;      /* its name, or TEXT_NONE */
    uint32_t start_key; /* key of the module that its start address is in */
    /* there, or RECORDING_UNKNOWN; means the same only within one build of that module */
    int64_t start_offset;
    /* for people: "" for the main thread, its name, "foo.dll+0x1200", or "thread" */
    uint32_t role;
    int64_t start_seq, end_seq, start_net_ns, end_net_ns;
    bool is_synthetic; /* it was there at an attach */
};

struct recorded_load {
    int64_t seq, t_ns, net_ns;
    int64_t unload_net_ns; /* RECORDING_UNKNOWN: it stayed */
    /* positions; the latter two may be RECORDING_NONE in a damaged file */
    size_t module, process, thread;
    uint32_t name, place; /* place.h */
    uint32_t key;         /* what it is matched by within its process role */
    uint32_t occurrence;  /* the n-th load of that key by that process, from 1; 0 if synthetic */
    /* position in `elements`: (role, key, occurrence); UINT32_MAX if synthetic */
    uint32_t element;
    uint32_t cause, time_source; /* words */
    bool is_synthetic;           /* replayed state: takes no part in order */
};

struct recorded_exception {
    int64_t seq, net_ns;
    size_t process, thread;
    uint32_t what;   /* "SIGSEGV", "EXCEPTION_ACCESS_VIOLATION", "0xe0000001" */
    uint32_t module; /* key of where it happened, or TEXT_NONE */
    int64_t offset;
    int64_t first_chance; /* 1, 0, or RECORDING_UNKNOWN */
    bool is_loader; /* the breakpoint by which Windows tells a debugger that a process is ready */
    bool is_synthetic;
};

struct recorded_output {
    int64_t seq, net_ns;
    size_t process, thread;
    uint32_t text;
};

/* A mark, and what else time is measured to. */
struct recorded_mark {
    int64_t seq, t_ns, net_ns;
    size_t process;
    uint32_t name; /* the n-th mark of a name, from the second on, is "name#2" */
};

/* What the order of is compared, each among its like. */
enum recorded_stream {
    STREAM_LOADS,
    STREAM_PROCESSES,
    STREAM_THREADS,
    STREAM_EXCEPTIONS,
    STREAM_OUTPUT,
    STREAMS
};

/*
 * One thing that a run did: a load, the start of a process or thread, an exception, a debug string.
 * Replayed state is none.
 */
struct recorded_step {
    int64_t seq, net_ns;
    /*
     * positions, or RECORDING_NONE; what starts is told by its own thread, since who made it is not
     * recorded
     */
    size_t process, thread;
    size_t item;      /* its position in loads, processes, ... */
    uint32_t element; /* position in `elements` */
};

struct recording {
    const char *path; /* of the file; belongs to the caller */
    int64_t run;
    uint32_t title; /* "run 3", with its labels */
    uint32_t command_line, os, state;
    bool folds_case; /* the recorded system is Windows */
    bool is_attach;
    uint32_t app;         /* the launched program's folder, place_add_folder */
    int64_t start_utc_ns; /* since 1970 */
    int64_t wall_ns, net_wall_ns, hold_ns;
    struct recorded_process *processes;
    struct recorded_thread *threads;
    struct recorded_load *loads; /* in order of seq, as are all below */
    struct recorded_exception *exceptions;
    struct recorded_output *outputs;
    struct recorded_mark *marks;
    struct recorded_step *steps[STREAMS]; /* in order of seq, from recordings_finish on */
    size_t process_count, thread_count, load_count, exception_count, output_count, mark_count,
        step_count[STREAMS];
};

/*
 * A step as such, whatever the run: "the second load of foo.dll by the helper process". Numbers
 * that vary (pattern.h) make no other one.
 */
struct element {
    enum recorded_stream stream;
    uint32_t role, key, occurrence;
    uint32_t name; /* for people: of a load the file name in one of the runs, else the key */
};

struct recordings {
    struct text_pool *texts;
    struct recording *items;
    struct recorded_module *modules;
    struct element *elements;
    size_t count, module_count, element_count;
    struct recordings_index *index; /* private */
};

/* NULL without memory. recordings_free accepts NULL. */
struct recordings *recordings_new(void);
void recordings_free(struct recordings *recordings);

/* Reads one run of an open file; `path` must outlive the recordings. Returns 0, or -1 and error. */
int recordings_add(struct recordings *recordings, sqlite3 *db, const char *path, int64_t run,
                   struct trail_error *error);

/*
 * Fills keys, roles, occurrences and elements once all runs are there. Returns 0, or -1 and error.
 */
int recordings_finish(struct recordings *recordings, struct trail_error *error);

/* The position of the process of that role in a run, or RECORDING_NONE. */
size_t recording_find_role(const struct recording *recording, uint32_t role);

/* The text of a number. */
const char *recordings_text(const struct recordings *recordings, uint32_t number);

/* Whether what both know of two identities is equal; what either does not know does not count. */
bool identity_equal(const struct identity *a, const struct identity *b);

/*
 * Whether two threads (of two runs) do the same job, as far as can be told; never false where it
 * cannot be told.
 */
bool recording_same_thread_role(const struct recordings *recordings, const struct recording *a,
                                size_t thread_a, const struct recording *b, size_t thread_b);

#endif
