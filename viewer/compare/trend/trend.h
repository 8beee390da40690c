/*
 * A quantity over builds: the runs by the value of a label, in the order in which the values were
 * first recorded, and where the quantity changed. Main thread.
 */
#ifndef TRAIL_TREND_H
#define TRAIL_TREND_H

#include "changes.h"
#include "compare/order/side.h"
#include "compare/times/evidence.h"
#include "viewer.h"

/* A value of the label. */
struct trend_build {
    char *name;
    int64_t start_utc_ns;     /* of its first run */
    size_t first, count;      /* of its values */
    double median, low, high; /* the 95 % interval of the median; NAN with fewer than six runs */
    size_t level;             /* which */
};

/* What lasts from one change to the next. */
struct trend_level {
    size_t first, count; /* builds */
    double median;       /* over all their runs */
    double p;            /* of the change that began it; of the first NAN */
};

/* A run that has the label and the quantity: its build, and its value. */
struct trend_run {
    char *label;
    size_t run; /* orders those that began at the same time */
    int64_t start_utc_ns;
    double value;
};

struct trend {
    struct recordings *recordings; /* the caller's */
    struct side side;              /* all runs */
    char *what;                    /* "start..end" */
    bool is_time;                  /* else a count of loads */
    struct trend_build *builds;
    size_t build_count;
    double *values; /* of a build side by side */
    size_t value_count;
    struct trend_level *levels;
    size_t level_count;
    struct changes_drift drift;
    size_t without_label, without_value; /* runs that are left out */
};

/*
 * Fills the trend (all zero before) of the recordings, which are those of viewer->runs and outlive
 * it, as --by, --of, --sort and --threshold say; `module` is what follows '--of module'. Returns 0,
 * or -1 and error; trend_release in either case.
 */
int trend_find(struct trend *trend, const struct viewer *viewer, struct recordings *recordings,
               const char *module, struct trail_error *error);
void trend_release(struct trend *trend);

/*
 * The same of runs that are known already, which it sorts; it takes over what it uses of their
 * labels, and leaves NULL there.
 */
int trend_of_runs(struct trend *trend, const struct options *options, const char *module,
                  struct trend_run *runs, size_t count, struct trail_error *error);

/* Adds a value as people read it: "33.1 ms", "217". */
void trend_add_value(const struct trend *trend, struct buffer *out, double value);
/* "131 (33.1 ms -> 34.8 ms, +5.1 %)": what began a level, which is not the first. */
void trend_add_change(const struct trend *trend, struct buffer *out, size_t level);

/* Adds in a sentence what the builds do by themselves, if changes do not stand out against it. */
void trend_add_drift(const struct trend *trend, struct buffer *out);

#endif
