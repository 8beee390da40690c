/*
 * Which rules are about a process: those with a plain name are found by it, only patterns are
 * tried. Main thread.
 */
#ifndef TRAIL_SECTIONS_H
#define TRAIL_SECTIONS_H

#include "rules/names.h"
#include "rules/rules.h"
#include "rules/subjects.h"

/* Patterns of names, each with a number. */
struct globs {
    struct names plain, globs;
};

struct sections {
    const struct rules *rules;
    size_t *in_sections; /* rules, those of one name together and in order */
    size_t count;
    struct globs sections;         /* by the first of their rules in in_sections */
    struct globs processes;        /* rules of the kind 'require process NAME' */
    struct globs variables;        /* 'environment NAME ...' and its like */
    struct globs failures;         /* rules of the kind 'forbid failed NAME' */
    struct globs limits[MEASURES]; /* 'limit loads NAME N', outside of sections */
};

/* The rules must stay. Returns 0, or -1 without memory; release also after a failure. */
int sections_init(struct sections *sections, const struct rules *rules);
void sections_release(struct sections *sections);

/* Adds a name to patterns; names_sort(&plain) follows. Returns 0, or -1 without memory. */
int globs_add(struct globs *globs, const char *text, size_t number);

/* Adds the numbers of what matches a name. Returns 0, or -1 without memory. */
int globs_match(const struct globs *globs, const char *name, bool folds_case,
                struct number_list *found);

/* The same for a process, by its program's key or file name. */
int globs_match_process(const struct globs *globs, const struct recordings *recordings,
                        const struct recording *run, const struct recorded_process *process,
                        struct number_list *found);

/* Adds the rules of the sections of a process. As above. */
int sections_match(const struct sections *sections, const struct recordings *recordings,
                   const struct recording *run, const struct recorded_process *process,
                   struct number_list *found);

#endif
