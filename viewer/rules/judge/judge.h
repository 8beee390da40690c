/*
 * Judges recordings by rules. Every run is judged by itself, but limits of time by the median of
 * all runs. What breaks a rule is a finding, with the event that shows it and, where there is one,
 * the nearest explanation.
 *
 * Which rule decides on a module that was loaded: of all require, allow and forbid rules that match
 * it the most specific, that is, the one with the most characters that are no wildcards; among
 * equals one of a section, then a forbid. A module that none matches may load.
 */
#ifndef TRAIL_JUDGE_H
#define TRAIL_JUDGE_H

#include "rules/rules.h"

#include "compare/model/recordings.h"

struct finding {
    size_t rule;         /* in rules->rules */
    size_t run;          /* in recordings->items; RECORDING_NONE: all together */
    int64_t seq, t_ns;   /* of the event that shows it; seq 0: there is none */
    int64_t pid, tid;    /* 0: not known */
    const char *subject; /* the module or process, or "" */
    const char *path;    /* its path, or "" */
    char *message;       /* one sentence: what is so, and where that is seen */
    char *hint;          /* the nearest explanation, or NULL */
    bool is_notice;      /* it is shown, and no violation: weight.h */
};

/* What became of one rule. */
struct verdict {
    size_t findings, runs; /* how many, and in how many runs */
    bool is_violated;      /* one of them is no notice */
    size_t at_least;       /* so many runs it takes; more than there are: it cannot be violated */
    size_t judged;         /* how often there was something to judge: loads, pairs, runs */
    /* limits: the most that was seen; order: the shortest time between two; INT64_MIN: nothing */
    int64_t worst;
};

struct judgement {
    const struct rules *rules;
    const struct recordings *recordings;
    struct verdict *verdicts; /* one for each rule */
    struct finding *findings; /* in the order of the rules, then of the runs, then of the events */
    size_t finding_count;
    size_t violated, noticed; /* rules; noticed ones have nothing but notices */
};

/*
 * Both must stay. The recordings are finished. Returns 0, or -1 and error; release also after a
 * failure.
 */
int judge(const struct rules *rules, const struct recordings *recordings,
          struct judgement *judgement, struct trail_error *error);
void judgement_release(struct judgement *judgement);

/* Sorts the findings, and counts in how many runs each rule has some; judge has done so. */
void judgement_count(struct judgement *judgement);

#endif
