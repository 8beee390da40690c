/*
 * A judgement as text: for people, and in the formats that other programs read. What breaks a rule
 * in the same way in several runs is told once, with the first run that shows it. Texts of the
 * recorded program are made harmless here. Main thread.
 */
#ifndef TRAIL_REPORT_H
#define TRAIL_REPORT_H

#include "buffer.h"
#include "rules/judge/judge.h"

/* Findings of one rule about one module or process. */
struct report_group {
    size_t first; /* in judgement->findings: the first of them */
    size_t runs;  /* in how many runs */
};

struct report {
    const struct judgement *judgement;
    struct report_group *groups; /* by rule, then as they were found */
    size_t group_count;
    size_t *groups_of; /* [rule] where its groups begin; one more at the end */
    const char *start; /* when the first run began, ISO 8601 */
    const char *host;  /* where it ran */
    bool color;        /* of the format for people */
    bool explains;     /* tells also of the rules that hold */
};

/* The judgement must stay. Returns 0, or -1 and error; release also after a failure. */
int report_init(struct report *report, const struct judgement *judgement,
                struct trail_error *error);
void report_release(struct report *report);

/*
 * How to print it, by the name of a format; NULL if it is none of these ("junit", "sarif",
 * "github", and "table" for people).
 */
typedef void report_printer(const struct report *report, struct buffer *out);
report_printer *report_format(const char *name);
report_printer report_text, report_junit, report_sarif, report_github;

/* The formats that are not for rows; ends with NULL. */
extern const char *const report_formats[];

/* "run 12", "the 10 runs"; how many rules are violated, as a sentence without the file's name. */
void report_add_runs(const struct report *report, struct buffer *out);
void report_add_result(const struct report *report, struct buffer *out);

/* The rule with its section: "[process helper.exe] require a.dll". */
void report_add_rule(const struct rule *rule, struct buffer *out);

/* "in 3 of 10 runs, first in run 5: libfoo.so was not loaded", made harmless. */
void report_add_message(const struct report *report, const struct report_group *group,
                        struct buffer *out);

/* What the rule asks for, and how it was judged: two sentences. */
void report_add_meaning(const struct report *report, size_t rule, struct buffer *out);

#endif
