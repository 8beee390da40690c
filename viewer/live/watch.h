/*
 * A recording that runs, looked at again and again: what its file says, and of what runs on this
 * machine what the system says besides. What it costs grows with what came since the last look and
 * with the processes that live, not with the run. Main thread.
 */
#ifndef TRAIL_WATCH_H
#define TRAIL_WATCH_H

#include "event_kinds.h"
#include "follow.h"

enum { WATCH_LOADS = 12, WATCH_NAME_BYTES = 64, WATCH_DOING_BYTES = 160, WATCH_PATH_BYTES = 256 };

/* A process that lives. Texts are as recorded: make them harmless. */
struct watched {
    int64_t id, pid;
    char name[WATCH_NAME_BYTES];
    int64_t cpu_ns;    /* -1: not known; as the last of its events that tells, or of now */
    double percent;    /* of one processor, lately; negative: not known */
    int64_t last_t_ns; /* of its last event among those that were looked at; -1: none was */
    enum event_kind last_kind;
    int64_t before_cpu_ns;     /* private: at the last measurement; -1: none was */
    bool was_checked, is_here; /* private */
};

struct watch_load {
    int64_t t_ns, pid;
    char name[WATCH_NAME_BYTES], folder[WATCH_PATH_BYTES];
};

struct watch {
    /* of the run */
    struct buffer state, command_line;
    bool is_recording;
    int64_t elapsed_ns, last_t_ns; /* since its first event; when the last one was */
    int64_t events, loads, exceptions, hold_ns;
    double rate, hold_share;   /* lately: events a second, of the time; negative: not known yet */
    struct watched *processes; /* in the order in which they started */
    size_t process_count;
    struct watch_load last_loads[WATCH_LOADS]; /* the last first */
    size_t load_count;

    /* private */
    struct follow follow;
    sqlite3_stmt *events_since, *run_row, *living, *loads_row, *look;
    bool is_here;
    int64_t measured_at_ns, measured_events, measured_hold_ns;
};

/* Returns 0, or -1 and error; watch_release in either case. */
int watch_init(struct watch *watch, const struct run_reference *run, struct trail_error *error);
void watch_release(struct watch *watch);

/* Fills all that is not private anew. Returns 0, or -1 and error. */
int watch_look(struct watch *watch, struct trail_error *error);

/*
 * After a look: what the main thread of the process does now, in words (WATCH_DOING_BYTES): by a
 * look into its silence, by the system, else by what was recorded last.
 */
void watch_doing(struct watch *watch, const struct watched *process, char *doing);

/* Until the next look: see follow_wait. */
int watch_wait(struct watch *watch, struct trail_error *error);

#endif
