/*
 * Inside judge: what one rule is judged by - a run as a whole, or one process of it - and the
 * functions that judge a kind of rule.
 */
#ifndef TRAIL_SCOPE_H
#define TRAIL_SCOPE_H

#include "closed_orders.h"
#include "buffer.h"
#include "judge.h"
#include "run_index.h"
#include "sections.h"

struct time_value {
    size_t run;
    int64_t ns;
};

struct judging {
    struct judgement *judgement;
    const struct rules *rules;
    const struct recordings *recordings;
    struct subjects subjects;
    struct sections sections;
    /* of each word that is a module's name, of rules outside of sections */
    struct number_list *matches;
    size_t *first_match; /* [rule]: of its words in `matches` */
    struct pairs orders; /* subjects, and the order rules outside of sections that name them */
    struct closed_orders closed;
    size_t *closed_places;    /* [name]: for judge_closed, 0 */
    struct number_list found; /* for scope_matches */
    size_t *literals;         /* [rule]: how many characters of its first word are no wildcards */
    /*
     * [subject]: the require, allow or forbid rule outside sections that decides, or RECORDING_NONE
     */
    size_t *deciders;
    size_t *section_deciders;  /* the same for what a process loaded, with its sections */
    const size_t *current;     /* those of the two that count for what is at hand */
    struct time_value **times; /* [rule]: what limits of time have to judge */
    size_t *time_counts;
    /* subjects' names that are required but were not loaded in the run at hand: rules */
    size_t *missing;
    size_t missing_count;
    struct tuple_map too_many; /* programs of the run at hand with more processes than may be: 1 */
    size_t effort;             /* how many names may still be compared for hints */
    bool has_failed;           /* without memory */
};

struct scope {
    const struct recording *run;
    size_t run_index;
    const struct recorded_process *process; /* NULL: the run as a whole */
    size_t process_index;
    const struct run_index *index;
    struct part loads, threads, exceptions, marks; /* of the run's */
    const size_t *first; /* [subject]: position of its first load, or RECORDING_NONE */
};

/* The text of a number of the recordings. */
static inline const char *judge_text(const struct judging *judging, uint32_t number)
{
    return recordings_text(judging->recordings, number);
}

/* The subject of a load. */
static inline size_t scope_subject(const struct judging *judging, const struct scope *scope,
                                   size_t load)
{
    return judging->subjects.of_load[scope->run_index][load];
}

/*
 * The subjects that a rule's word matches: all that the scope has, others may be among them. Valid
 * until the next call.
 */
const struct number_list *scope_matches(struct judging *judging, const struct scope *scope,
                                        size_t rule, size_t word);

/* Each judges one rule (of its kind) in a scope; order only in a process. */
void judge_require(struct judging *judging, size_t rule, const struct scope *scope);
void judge_order(struct judging *judging, size_t rule, const struct scope *scope);
void judge_closed(struct judging *judging, size_t closed_order, const struct scope *process);
void judge_path(struct judging *judging, size_t rule, const struct scope *scope);
void judge_cause(struct judging *judging, size_t rule, const struct scope *scope);
void judge_identity(struct judging *judging, size_t rule, const struct scope *scope);
void judge_limit(struct judging *judging, size_t rule, const struct scope *scope);
void judge_arguments(struct judging *judging, size_t rule, const struct scope *scope);

/* The modules of one process by the rules that decide on them. */
void judge_presence(struct judging *judging, const struct scope *process);

/* The processes of a run; `scope` is the run as a whole. */
void judge_processes(struct judging *judging, const struct scope *scope);

/*
 * Limits with a name: of one process, by these rules of its sections and those outside of sections;
 * of processes, by the run as a whole.
 */
void judge_counts(struct judging *judging, const struct scope *process,
                  const struct number_list *rules);
void judge_process_counts(struct judging *judging, const struct scope *scope);

/* "; the limit is 2..4" */
void judge_add_limit(const struct rule *rule, struct buffer *out);

/* In which environment the program was started; `scope` is the run as a whole. */
void judge_environment(struct judging *judging, const struct scope *scope);

/* What a run asked for in vain; `scope` is the run as a whole. */
void judge_failures(struct judging *judging, const struct scope *scope);

/* After all runs: the medians. */
void judge_times(struct judging *judging);

/* The rule that decides, of two (either may be RECORDING_NONE). */
size_t judge_more_specific(const struct judging *judging, size_t a, size_t b);

/* What the last finding is about, where that is not the load that shows it. */
void judge_name_finding(struct judging *judging, const char *subject, int64_t pid);

/* Which event shows the last finding, where that is no load. */
void judge_place_finding(struct judging *judging, int64_t seq, int64_t t_ns, int64_t tid);

/* Adds a finding about a load (RECORDING_NONE: about none); takes the texts over. */
void judge_add(struct judging *judging, size_t rule, const struct scope *scope, size_t load,
               struct buffer *message, struct buffer *hint);

/*
 * "12.345 ms, seq 31, thread 4302 (worker)"; of several processes also which: " of helper.exe
 * (7102)"
 */
void judge_add_where(const struct judging *judging, struct buffer *out, const struct scope *scope,
                     size_t load);

/* " in process helper.exe (7102)", if the scope is one of several processes. */
void judge_add_process(const struct judging *judging, struct buffer *out,
                       const struct scope *scope);

#endif
