/*
 * What differs between two sides, as rows. A single run on both sides is compared load by load;
 * where a side has several runs, only what each side always does counts, times are compared as
 * distributions, and an order only if it was learned (order.h). Main thread.
 */
#ifndef TRAIL_DIFFERENCE_H
#define TRAIL_DIFFERENCE_H

#include "buffer.h"
#include "compare/order/side.h"
#include "tally.h"

enum difference_section {
    SECTION_LOADS,
    SECTION_ORDER,
    SECTION_IDENTITY,
    SECTION_PATH,
    SECTION_PROCESSES,
    SECTION_THREADS,
    SECTION_EXCEPTIONS,
    SECTION_OUTPUT,
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
    CHANGE_EXIT,
    CHANGE_SLOWER,
    CHANGE_FASTER,
    /*
     * a load that only changed sides with those of threads that ran at the same time: no difference
     */
    CHANGE_MINGLED,
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
    /* a time that is no difference, since it does not stand out from the drift within a side */
    bool drifts;
    uint32_t note;
};

struct difference_options {
    bool only[SECTIONS];        /* which are looked at */
    const char *const *ignored; /* globs of names, or of paths if they have a separator */
    size_t ignored_count;
    size_t context; /* how many unchanged loads around a changed one */
};

struct differences {
    const struct recordings *all;
    const struct side *a, *b;
    const struct difference_options *options;
    /* what is about modules in the order of the loads, then the other sections */
    struct difference *items;
    size_t count;
    size_t different;    /* how many count */
    size_t mingled;      /* how many loads are CHANGE_MINGLED */
    size_t times_tested; /* how many times were compared as distributions */
    /*
     * the runs of the sides alternated, so that what else the machine did fell on both; else more
     * evidence is asked for
     */
    bool take_turns;
    struct tally tally_a, tally_b;
    struct buffer scratch;
    bool failed;
};

const char *difference_section_name(enum difference_section section); /* "loads" */
const char *difference_change_name(enum difference_change change);    /* "added" */
char difference_change_sign(enum difference_change change);           /* '+' */

/*
 * Fills differences (all zero before; a and b are of the same recordings). Returns 0, or -1 and
 * error; differences_release in either case.
 */
int differences_find(struct differences *differences, const struct side *a, const struct side *b,
                     const struct difference_options *options, struct trail_error *error);
void differences_release(struct differences *differences);

#endif
