/*
 * Rows of the detail tables, driven by the event descriptor table: one bulk of rows per kind, whose
 * columns follow from the types of the kind's fields. Writer thread only.
 */
#ifndef TRAIL_DETAIL_H
#define TRAIL_DETAIL_H

#include "causes.h"
#include "error.h"
#include "event.h"
#include "roster.h"

#include <sqlite3.h>

struct detail;

/*
 * What an event's fields refer to, found out by the writer beforehand; 0 or NULL where not known.
 */
struct detail_references {
    int64_t module_id;                    /* MODULE */
    int64_t process_id;                   /* PROCESS */
    uint64_t load_seq;                    /* LOAD */
    const struct roster_module *location; /* LOCATION: the module that the address lies in */
};

/* For a recording connection. NULL and error on failure. */
struct detail *detail_new(sqlite3 *db, struct trail_error *error);
void detail_free(struct detail *detail);

/*
 * Inserts the event's detail row, if its kind has a table and it has at least one field. Returns 0,
 * or -1 and error.
 */
int detail_insert(struct detail *detail, int64_t run_id, uint64_t seq, const struct event *event,
                  const struct detail_references *references, struct trail_error *error);

/*
 * The row of that load if it is not inserted yet: sets its end_seq. False if it is in the table by
 * now.
 */
bool detail_end_load(struct detail *detail, uint64_t load_seq, uint64_t end_seq);

/* The load that was inserted just now was mapped at that time, as the kernel says. */
void detail_time_load(struct detail *detail, uint64_t mapped_t_ns);

/* Why the load that was inserted just now came. */
void detail_cause_load(struct detail *detail, const struct cause *cause);

/* As bulk_flush and bulk_forget, for the tables of all kinds. */
int detail_flush(struct detail *detail, struct trail_error *error);
void detail_forget(struct detail *detail);

#endif
