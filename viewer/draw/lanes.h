/*
 * A start-up as a picture has it: processes and their threads as lanes, in each process bars from
 * every event that bounds a gap to the next one, phases, exceptions, looks. It is read from the
 * tables that keep details, never from all events: of a long run the first bars are read, and the
 * lanes say so. All times are in nanoseconds from the run's first event. Main thread.
 */
#ifndef TRAIL_LANES_H
#define TRAIL_LANES_H

#include "buffer.h"
#include "compare/model/text_pool.h"

#include <sqlite3.h>

#define LANES_NONE SIZE_MAX     /* no process, thread, parent */
#define LANES_UNKNOWN INT64_MIN /* no such number */

enum lane_what {
    LANE_START,
    LANE_EXEC,
    LANE_LOAD,
    LANE_FAILED, /* a failed load */
    LANE_ENTRY,
    LANE_MARK,
    LANE_EXIT
};

/* From an event that bounds gaps to the next one of its process. */
struct lane_bar {
    enum lane_what what;
    size_t process, thread;
    int64_t seq, t_ns, end_ns;
    /* of that time: for how long the recorder held the process, and what it used of the CPU */
    int64_t held_ns, cpu_ns; /* LANES_UNKNOWN */
    int64_t module;          /* a row of table module; 0: none */
    uint32_t name;           /* "libz.so.1", "mark:ready", "failed:libx.so", "start", ... */
    uint32_t image;          /* of a start or an exec: the program; TEXT_NONE */
    bool is_of_startup;      /* a load before the program's entry */
    bool is_open;            /* nothing ended it: it goes to the end of what was recorded */
};

/* The loader's time, that of the constructors of what it loaded, the program's. */
enum lane_phase_kind { PHASE_LOADER, PHASE_CONSTRUCTORS, PHASE_PROGRAM, PHASE_MARK, PHASE_UNKNOWN };

struct lane_phase {
    enum lane_phase_kind kind;
    uint32_t name; /* of the mark that begins it, of the program that is loaded; TEXT_NONE */
    int64_t t_ns, end_ns;
};

struct lane_thread {
    int64_t id, tid, t_ns, end_ns; /* LANES_UNKNOWN */
    size_t process;
    uint32_t name;
    bool is_main;
};

/* An exception or signal that tells of an error. */
struct lane_exception {
    int64_t seq, t_ns;
    size_t process, thread;
    uint32_t name, place; /* "SIGSEGV", "app!main+0x15" or TEXT_NONE */
};

struct lane_look {
    int64_t id, t_ns;
    size_t process, thread;
    bool is_computing;
};

struct lane_process {
    int64_t id, pid, t_ns, end_ns; /* end_ns: of what was recorded, if `is_open` */
    size_t parent;                 /* always before its children; LANES_NONE */
    size_t depth;
    uint32_t name, command_line, exit; /* exit: "exit 3", "SIGSEGV"; TEXT_NONE where all is well */
    bool is_open, has_failed;
    bool is_unseen;              /* its loads were not observed */
    size_t first_bar, bar_count; /* in the order of time; the exit is the last one, of no length */
    size_t first_phase, phase_count;
    size_t first_look, look_count;
};

struct lanes_options {
    int64_t from_ns, to_ns; /* what is looked at; 0 and INT64_MAX: all */
    const char *process;    /* only these: a pid, or a glob over names and paths; NULL: all */
    size_t bars_at_most;    /* 0: LANES_BARS_AT_MOST */
};
enum { LANES_BARS_AT_MOST = 10000, LANES_OTHERS_AT_MOST = 10000 };

struct lanes {
    sqlite3 *db; /* stays open until lanes_release */
    int64_t run;
    struct text_pool *texts;
    sqlite3_stmt *words, *event_time;    /* of lanes_looks, of lanes_event_time */
    uint32_t command_line, start, state; /* start: UTC */
    int64_t wall_ns, hold_ns, events;
    int64_t from_ns, to_ns;         /* what is looked at, within the run */
    struct lane_process *processes; /* by id, which is the order of their starts */
    size_t process_count;
    struct lane_thread *threads; /* by id; all of the processes that are there */
    size_t thread_count;
    struct lane_bar *bars; /* process after process */
    size_t bar_count;
    struct lane_phase *phases;
    size_t phase_count;
    struct lane_exception *exceptions; /* by seq */
    size_t exception_count;
    struct lane_look *looks; /* process after process, in the order of time */
    size_t look_count;
    int64_t all_processes, all_loads; /* of the run */
    bool has_more_threads;
    /* what bounds gaps was read up to this time; INT64_MAX: all of it */
    int64_t read_to_ns;
};

/* Reads a run. Returns 0, or -1 and error; lanes_release also after a failure. */
int lanes_read(struct lanes *lanes, sqlite3 *db, int64_t run, const struct lanes_options *options,
               struct trail_error *error);
void lanes_release(struct lanes *lanes);

const char *lanes_text(const struct lanes *lanes, uint32_t text);

/* "load", "failed", ...; "loader", "constructors", "program", a mark's name, "". */
const char *lanes_what(enum lane_what what);
const char *lanes_phase_name(const struct lanes *lanes, const struct lane_phase *phase);

/* A bar's time without what it was held for and what it computed; LANES_UNKNOWN. */
int64_t lanes_waiting_ns(const struct lane_bar *bar);

/*
 * Adds what was seen of the threads during a bar, the main one first: "main: clock_nanosleep
 * 300 ms (9 of 9 looks)". Nothing if nobody looked. Returns 0, or -1 and error.
 */
int lanes_looks(struct lanes *lanes, const struct lane_bar *bar, struct buffer *out,
                struct trail_error *error);

#endif
