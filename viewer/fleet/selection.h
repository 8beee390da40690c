/*
 * Which runs of a fleet are asked about, as the command line says it: @key=value (all so labelled),
 * a run's uuid; several are all of them; --since, --program. As conditions of SQL over there, with
 * every text of the user quoted. Main thread.
 */
#ifndef TRAIL_SELECTION_H
#define TRAIL_SELECTION_H

#include "viewer.h"

struct selection {
    const char *by;       /* the label by which questions group */
    int64_t since_ns;     /* since 1970; 0: all */
    struct buffer runs;   /* the condition on a row of the table run, but for --since */
    struct buffer rows;   /* on a row of any table with program, build and start; it may say less */
    struct buffer phrase; /* what was asked for, for messages; "" for all */
};

/* Fills (all zero before) from the arguments from `first` on. Returns 0, or -1 and error. */
int selection_read(struct selection *selection, const struct viewer *viewer, int first,
                   struct trail_error *error);
void selection_release(struct selection *selection);

/* Adds the condition on whole runs, each once: copy IN ..., and so on; `since` is part of it. */
void selection_add_where(const struct selection *selection, bool since, struct buffer *sql);

/*
 * Adds a SELECT of these runs that have the label `by`: copy, label, start_utc_ns, uuid, program.
 */
void selection_add_runs(const struct selection *selection, bool since, struct buffer *sql);

/* Adds a text as a literal of ClickHouse's SQL. */
void selection_quote(struct buffer *sql, const char *text, size_t length);

#endif
