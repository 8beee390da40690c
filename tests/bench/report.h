/* Showing results: tables for people, JSON for programs. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "results.h"

struct conditions {
    unsigned rounds;
    bool quick;
    double load_before, load_after; /* of the machine, over a minute */
    /* samples or rounds in which others used the machine; with patience, they were taken again */
    unsigned disturbed;
    double waited; /* s, for the machine to be quiet */
    /* processors that the host of a virtual machine gave to others, on average */
    double stolen;
    char system[256];
    long processors;
};

/* The measurements of each workload, with ratios to the reference runners, on stdout. */
void report_tables(const struct results *results);

/* Each claim that could be measured, and whether it holds, on stdout. */
void report_claims(const struct results *results);

void report_conditions(const struct conditions *conditions);

/* Everything with all samples as one JSON object. Returns 0 or -1 (errno). */
int report_json(const char *path, const struct results *results,
                const struct conditions *conditions);

/* A text in which {n} stands for a count. */
void report_title(const struct workload *workload, long count, char *text, size_t size);

#endif
