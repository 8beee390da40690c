/*
 * The differences between two sides while they are found: a list of rows, and what all that add to
 * it need. Memory that runs out is remembered in `failed`. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_LIST_H
#define TRAIL_DIFFERENCE_LIST_H

#include "compare/order/side.h"
#include "compare/times/sensitivity.h"
#include "tally.h"

enum difference_section {
    SECTION_LOADS,
    SECTION_ORDER,
    SECTION_IDENTITY,
    SECTION_PATH,
    SECTION_CAUSE,
    SECTION_FAILED,
    SECTION_PROCESSES,
    SECTION_THREADS,
    SECTION_EXCEPTIONS,
    SECTION_OUTPUT,
    SECTION_ENVIRONMENT,
    SECTION_TIME,
    SECTIONS
};

/* Rows of `same` and `skipped` give context; they are no differences. */
enum difference_change {
    CHANGE_SAME,
    CHANGE_SKIPPED,
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_MOVED,
    CHANGE_REPLACED,
    CHANGE_MORE,
    CHANGE_FEWER,
    CHANGE_THREAD,
    CHANGE_RENAMED,
    CHANGE_EXIT,
    CHANGE_SLOWER,
    CHANGE_FASTER,
    /*
     * a load that only changed sides with those of threads that ran at the same time: no difference
     */
    CHANGE_CONCURRENT,
    CHANGE_SHOWN, /* a value of both sides without a claim */
    CHANGES
};

struct difference {
    enum difference_section section;
    enum difference_change change;
    bool differs; /* it counts: the sides are not the same */
    uint32_t role, name;
    /*
     * the n-th load (or process, ...) of the run, from 1; 0: not there, or a side has several runs
     */
    size_t a_place, b_place;
    size_t a_runs, b_runs; /* in how many runs; only where a side has several */
    uint32_t a, b;         /* what it is there, as text: a build-id, "3 times" */
    /* when it is there, or how long it takes: of several runs the median; NAN: unknown */
    double a_ns, b_ns;
    /* how long the recorder held the target in it, which a_ns and b_ns are without; NAN */
    double a_held_ns, b_held_ns;
    /*
     * the interval of the difference of the medians, and the corrected chance; NAN without a test
     */
    double low_ns, high_ns, p;
    enum evidence_part part; /* of times with two modes the one that all above is about */
    /* a time that is no difference, since it does not stand out from the drift within a side */
    bool drifts;
    uint32_t note;
};

struct difference_options {
    bool only[SECTIONS];        /* which are looked at; of the others there are no rows */
    const char *const *ignored; /* globs of names, or of paths if they have a separator */
    size_t ignored_count;
    size_t context; /* how many unchanged loads around a changed one */
    /* smaller changes of times are no claims; NULL: evidence_floors_default */
    const struct evidence_floors *floors;
};

struct differences {
    const struct recordings *all;
    const struct side *a, *b;
    const struct difference_options *options;
    /* what is about modules in the order of the loads, then the other sections */
    struct difference *items;
    size_t count;
    size_t different;    /* how many count */
    size_t concurrent;   /* how many loads are CHANGE_CONCURRENT */
    size_t times_tested; /* how many times were compared as distributions */
    /*
     * the runs of the sides alternated, so that what else the machine did fell on both; else more
     * evidence is asked for
     */
    bool take_turns;
    bool whole_changed;             /* the time of the whole was claimed to have */
    struct sensitivity sensitivity; /* of the whole, where it was tested; else NAN */
    struct tally tally_a, tally_b;
    struct buffer scratch;
    bool failed;
};

const char *difference_section_name(enum difference_section section); /* "loads" */
const char *difference_change_name(enum difference_change change);    /* "added" */
char difference_change_sign(enum difference_change change);           /* '+' */

/*
 * A new row with nothing known, which the caller fills; never NULL (without memory, or of a section
 * that is not asked for, one that nobody reads).
 */
struct difference *difference_add(struct differences *differences, enum difference_section section,
                                  enum difference_change change, bool differs);

/* The number of what `scratch` holds; empties it. */
uint32_t difference_text(struct differences *differences);

/* Adds a name to `scratch`, of a long one the beginning. */
void difference_add_name(struct differences *differences, uint32_t name);

/* Where what is said of a stream stands. Of the loads: what is said of their order. */
enum difference_section difference_section_of(enum recorded_stream stream);

/*
 * Whether --ignore leaves a module out, by name and path; `module` is a position in
 * recordings->modules.
 */
bool difference_ignores(const struct differences *differences, uint32_t name, uint32_t path);
bool difference_ignores_module(const struct differences *differences, size_t module);

#endif
