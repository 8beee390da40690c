/*
 * What is measured: workloads, the runners that each of them is run by, and what the project claims
 * of the results. Only tables; to add one of them, add its row.
 *
 * In arguments {name} stands for a value of variables (bench.c): {n} the workload's count, {follow}
 * -f or nothing, {trailrec}, {trailfake}, {trailview}, {programs} the folder of the benchmark's own
 * programs, {other} another build to compare with, and under Wine {wine} the Windows build,
 * {windows} its programs and {wine-other} another Windows build.
 */
#ifndef BENCH_TABLES_H
#define BENCH_TABLES_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_ARGUMENTS = 12 };

/*
 * Where a workload runs; it is run by the runners of the same system. VIEWER: over a file of
 * `count` events, which is made before.
 */
enum system { LINUX, WINE, PIPELINE, VIEWER };

struct workload {
    const char *name;  /* for --workload */
    const char *title; /* may hold {n} */
    enum system system;
    long count, quick_count;
    unsigned times;      /* samples per round: more for what is short */
    unsigned max_rounds; /* 0: as many as asked for */
    bool follow;
    bool beside; /* timed by a clock that stands beside the target: see timed.c */
    bool idle;   /* nothing runs for two seconds before each sample: caches and clocks are cold */
    const char *arguments[MAX_ARGUMENTS];
};

struct runner {
    const char *name;
    enum system system;
    const char *needs;   /* a program without which the runner is left out, or NULL */
    unsigned max_rounds; /* 0: all; less for what is very slow. It also has no warm-up then. */
    bool not_beside;     /* it cannot follow the clock's child */
    /* to a trail file that is there already; only for what is short, by the clock of the command */
    bool appends;
    const char *arguments[MAX_ARGUMENTS]; /* the workload's follow */
};

enum metric {
    METRIC_TIME,      /* ns, by the workload's clock */
    METRIC_COMMAND,   /* ns, the whole command */
    METRIC_PEAK,      /* bytes of memory */
    METRIC_FILE_EVENT /* bytes in the file per event */
};

enum comparison { RATIO, DIFFERENCE, VALUE };

/* `left` compared with `right` on each workload that matches the pattern. */
struct claim {
    const char *title;
    const char *workload; /* glob */
    enum metric metric;
    enum comparison comparison;
    const char *left, *right;   /* runners */
    const char *right_workload; /* NULL: the same */
    double limit;               /* of RATIO plain, else ms or MiB; bytes of METRIC_FILE_EVENT */
    bool at_least;              /* else at most */
};

extern const struct workload workloads[];
extern const size_t workload_count;
extern const struct runner runners[];
extern const size_t runner_count;
extern const struct claim claims[];
extern const size_t claim_count;

/* The runners that the ratio columns refer to, by system; NULL for none. */
extern const char *const reference_runners[][2];

#endif
