/*
 * See answer.h. Of time: the run of each side whose length is the median stands for it. What both
 * have in one order parts them into stretches; the stretch whose length changed most is looked into
 * on the side where it is longer: the longest gap in it, and what threads were seen doing there.
 */
#include "answer.h"

#include "bounds.h"
#include "compare/diff/difference_identity.h"
#include "compare/order/statistics.h"
#include "doing.h"
#include "escape.h"
#include "human.h"
#include "sayings.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCES_MAX = 3, SINGLE_RUN_FLOOR_NS = 20 * 1000 * 1000 };
#define SHARE_AT_LEAST 0.2   /* of the whole change, or it does not explain it */
#define SINGLE_RUN_SHARE 0.1 /* of the time, where each side has one run only */

/* The same process on both sides, in the runs that stand for them. */
struct part {
    const struct recording *runs[2];
    size_t processes[2];
    struct bounds bounds[2];
    struct bound_pair *pairs;
    size_t pair_count;
};

/* Two bounds that both sides have, and how long it is between them. */
struct stretch {
    size_t pair; /* of the first bound; the next pair is the second */
    double a_ns, b_ns;
};

struct answer {
    struct buffer *out;
    const struct differences *differences;
    unsigned sentences;
    double *room[2]; /* a value for each run of a side */
    double before_ns, after_ns;
    struct sayings_told told;
    bool failed;
};

static const char *text_of(const struct answer *answer, uint32_t text)
{
    return recordings_text(answer->differences->all, text);
}

static void add_text(struct answer *answer, const char *text)
{
    escape_for_terminal(answer->out, text, strlen(text));
}

static const struct side *side_of(const struct answer *answer, unsigned which)
{
    return which == 0 ? answer->differences->a : answer->differences->b;
}

/* How long the launched program ran, else the recording. */
static double length_of(const struct recording *recording)
{
    const struct recorded_process *process = recording->processes;

    return recording->process_count > 0 && process->start_net_ns != RECORDING_UNKNOWN &&
                   process->end_net_ns != RECORDING_UNKNOWN
               ? (double)(process->end_net_ns - process->start_net_ns)
               : (double)recording->net_wall_ns;
}

static double median_length(struct answer *answer, unsigned which)
{
    const struct side *side = side_of(answer, which);

    for (size_t i = 0; i < side->count; i++)
        answer->room[which][i] = length_of(&side->all->items[side->first + i]);
    return statistics_summary(answer->room[which], side->count).median;
}

/* The run whose length is nearest to the median. */
static const struct recording *typical_run(const struct side *side, double median)
{
    const struct recording *runs = &side->all->items[side->first], *best = runs;

    for (size_t i = 1; i < side->count; i++)
        if (fabs(length_of(&runs[i]) - median) < fabs(length_of(best) - median))
            best = &runs[i];
    return best;
}

static void release_part(struct part *part)
{
    bounds_release(&part->bounds[0]);
    bounds_release(&part->bounds[1]);
    free(part->pairs);
}

static int fill_part(struct part *part)
{
    size_t least;

    if (bounds_find(&part->bounds[0], part->runs[0], part->processes[0]) != 0 ||
        bounds_find(&part->bounds[1], part->runs[1], part->processes[1]) != 0)
        return -1;
    least = part->bounds[0].count < part->bounds[1].count ? part->bounds[0].count
                                                          : part->bounds[1].count;
    part->pairs = malloc((least + 1) * sizeof *part->pairs);
    if (part->pairs == NULL)
        return -1;
    part->pair_count = bounds_common(&part->bounds[0], &part->bounds[1], part->pairs);
    return part->pair_count != RECORDING_NONE ? 0 : -1;
}

/* From one bound to another in each run of a side that has both; returns in how many. */
static size_t sample(struct answer *answer, unsigned which, uint32_t role, const struct bound *from,
                     const struct bound *to)
{
    const struct side *side = side_of(answer, which);
    size_t count = 0;

    for (size_t i = 0; i < side->count; i++) {
        const struct recording *run = &side->all->items[side->first + i];
        size_t process = recording_find_role(run, role), a, b;
        struct bounds bounds = {NULL, 0};
        if (process == RECORDING_NONE)
            continue;
        if (bounds_find(&bounds, run, process) != 0)
            answer->failed = true;
        a = bounds_position(&bounds, from);
        b = bounds_position(&bounds, to);
        if (a != RECORDING_NONE && b != RECORDING_NONE)
            answer->room[which][count++] =
                (double)(bounds.items[b].net_ns - bounds.items[a].net_ns);
        bounds_release(&bounds);
    }
    return count;
}

/* Whether what is in the rooms differs by more than chance. */
static bool is_certain(struct answer *answer, size_t count_a, size_t count_b)
{
    const struct side *a = side_of(answer, 0), *b = side_of(answer, 1);
    double p;

    if (a->count == 1 && b->count == 1)
        return true; /* each has one value: the floor is higher */
    if (count_a < STATISTICS_RUNS_AT_LEAST || count_b < STATISTICS_RUNS_AT_LEAST)
        return false;
    p = statistics_mann_whitney(answer->room[0], count_a, answer->room[1], count_b);
    return p >= 0 && p <= STATISTICS_ALPHA;
}

static const struct bound *bound_at(const struct part *part, unsigned which, size_t pair)
{
    return &part->bounds[which].items[which == 0 ? part->pairs[pair].a : part->pairs[pair].b];
}

static double stretch_length(const struct part *part, unsigned which, size_t pair)
{
    return (double)(bound_at(part, which, pair + 1)->net_ns - bound_at(part, which, pair)->net_ns);
}

/* The stretch that changed most in the typical runs; false if there is none. */
static bool find_stretch(const struct part *part, struct stretch *most)
{
    double largest = 0;

    for (size_t i = 0; i + 1 < part->pair_count; i++) {
        double a = stretch_length(part, 0, i), b = stretch_length(part, 1, i);
        if (fabs(b - a) <= largest)
            continue;
        largest = fabs(b - a);
        *most = (struct stretch){i, a, b};
    }
    return largest > 0;
}

/* The longest gap of a stretch: the bound that it begins with. */
static const struct bound *longest_gap(const struct part *part, unsigned which, size_t pair)
{
    const struct bound *from = bound_at(part, which, pair), *to = bound_at(part, which, pair + 1),
                       *longest = from;

    for (const struct bound *at = from; at < to; at++)
        if (at[1].net_ns - at[0].net_ns > longest[1].net_ns - longest[0].net_ns)
            longest = at;
    return longest;
}

/* Of this module that has been said which one it is, and no further sentence says it again. */
static void tell(struct answer *answer, const struct bound *bound)
{
    answer->told.names[answer->told.count++] = text_of(answer, bound->name);
}

/* " (another build: 564c2aed -> 8e201ed7)", " (only in B)", or nothing. */
static void add_change(struct answer *answer, const struct part *part, unsigned which,
                       const struct bound *bound)
{
    size_t there = bounds_position(&part->bounds[1 - which], bound);
    const struct recordings *all = answer->differences->all;
    char ids[2][DIFFERENCE_IDENTITY_BYTES];
    size_t modules[2];

    if (bound->kind != BOUND_LOAD || bound->module == RECORDING_NONE)
        return;
    if (there == RECORDING_NONE) {
        buffer_format(answer->out, " (only in %c)", which == 0 ? 'A' : 'B');
        tell(answer, bound);
        return;
    }
    modules[which] = bound->module;
    modules[1 - which] = part->bounds[1 - which].items[there].module;
    if (modules[1 - which] == RECORDING_NONE ||
        !difference_identity_values(all, modules[0], modules[1], ids[0], ids[1]))
        return;
    buffer_add_text(answer->out, " (another build: ");
    sayings_add_builds(answer->out, ids[0], ids[1]);
    buffer_add_char(answer->out, ')');
    tell(answer, bound);
}

static void add_bound(struct answer *answer, const struct part *part, unsigned which,
                      const struct bound *bound)
{
    static const char *const names[] = {[BOUND_START] = "the start",
                                        [BOUND_LOAD] = "",
                                        [BOUND_ENTRY] = "the entry point",
                                        [BOUND_MARK] = "mark ",
                                        [BOUND_END] = "the end"};

    buffer_add_text(answer->out, names[bound->kind]);
    if (bound->kind == BOUND_LOAD || bound->kind == BOUND_MARK)
        add_text(answer, text_of(answer, bound->name));
    add_change(answer, part, which, bound);
}

static void add_duration(struct answer *answer, double ns)
{
    human_duration(answer->out, (int64_t)llround(fabs(ns)));
}

static void end_sentence(struct answer *answer)
{
    buffer_add_text(answer->out, ".\n");
    answer->sentences++;
}

/* "It takes 302 ms longer (26 ms -> 328 ms)". */
static void add_total(struct answer *answer)
{
    double change = answer->after_ns - answer->before_ns;

    buffer_add_text(answer->out, "It takes ");
    add_duration(answer, change);
    buffer_add_text(answer->out, change > 0 ? " longer (" : " less (");
    add_duration(answer, answer->before_ns);
    buffer_add_text(answer->out, " -> ");
    add_duration(answer, answer->after_ns);
    buffer_add_char(answer->out, ')');
}

/* What has the stretch: the side on which it is longer. */
static void say_stretch(struct answer *answer, const struct part *part,
                        const struct stretch *stretch)
{
    unsigned which = stretch->b_ns > stretch->a_ns ? 1 : 0;
    double change = stretch->b_ns - stretch->a_ns, whole = answer->after_ns - answer->before_ns;
    bool is_part = fabs(change) <= fabs(whole) && (change > 0) == (whole > 0);
    const struct bound *gap = longest_gap(part, which, stretch->pair);
    struct doing_gap looked_at = {.run = part->runs[which],
                                  .process = part->processes[which],
                                  .from_seq = gap[0].seq,
                                  .to_seq = gap[1].seq,
                                  .from_net_ns = gap[0].net_ns,
                                  .to_net_ns = gap[1].net_ns};

    add_total(answer);
    buffer_add_text(answer->out, is_part ? ", " : ", and ");
    add_duration(answer, change);
    buffer_add_text(answer->out, is_part      ? " of them between "
                                 : which == 1 ? " longer between "
                                              : " less between ");
    add_bound(answer, part, which, &gap[0]);
    buffer_add_text(answer->out, " and ");
    add_bound(answer, part, which, &gap[1]);
    answer->failed |= doing_say(answer->out, answer->differences->all, &looked_at) != 0;
    if (which == 0)
        buffer_add_text(answer->out, " in A");
    end_sentence(answer);
}

static bool is_worth_saying(const struct answer *answer)
{
    double change = fabs(answer->after_ns - answer->before_ns);
    bool is_single = side_of(answer, 0)->count == 1 && side_of(answer, 1)->count == 1;

    if (!answer->differences->options->only[SECTION_TIME])
        return false;
    return is_single
               ? change >= SINGLE_RUN_FLOOR_NS && change >= SINGLE_RUN_SHARE * answer->before_ns
               : answer->differences->whole_changed;
}

/* The stretch with the medians of all runs in the place of the typical ones. */
static bool measure(struct answer *answer, const struct part *part, struct stretch *stretch)
{
    const struct bound *from = bound_at(part, 0, stretch->pair),
                       *to = bound_at(part, 0, stretch->pair + 1);
    uint32_t role = part->runs[0]->processes[part->processes[0]].role;
    size_t count_a = sample(answer, 0, role, from, to), count_b = sample(answer, 1, role, from, to);

    if (count_a == 0 || count_b == 0 || !is_certain(answer, count_a, count_b))
        return false;
    stretch->a_ns = statistics_summary(answer->room[0], count_a).median;
    stretch->b_ns = statistics_summary(answer->room[1], count_b).median;
    return fabs(stretch->b_ns - stretch->a_ns) >=
           SHARE_AT_LEAST * fabs(answer->after_ns - answer->before_ns);
}

static void say_time(struct answer *answer)
{
    struct part part = {.processes = {0, 0}};
    struct stretch stretch = {0, 0, 0};

    answer->before_ns = median_length(answer, 0);
    answer->after_ns = median_length(answer, 1);
    part.runs[0] = typical_run(side_of(answer, 0), answer->before_ns);
    part.runs[1] = typical_run(side_of(answer, 1), answer->after_ns);
    if (!is_worth_saying(answer) || part.runs[0]->process_count == 0 ||
        part.runs[1]->process_count == 0)
        return;
    if (fill_part(&part) != 0)
        answer->failed = true;
    else if (find_stretch(&part, &stretch) && measure(answer, &part, &stretch))
        say_stretch(answer, &part, &stretch);
    release_part(&part);
}

int answer_find(struct buffer *out, const struct differences *differences,
                struct trail_error *error)
{
    struct answer answer = {.out = out, .differences = differences};

    answer.room[0] = malloc((differences->a->count + 1) * sizeof *answer.room[0]);
    answer.room[1] = malloc((differences->b->count + 1) * sizeof *answer.room[1]);
    if (answer.room[0] == NULL || answer.room[1] == NULL)
        answer.failed = true;
    else
        say_time(&answer);
    sayings_find(out, differences, &answer.told, SENTENCES_MAX - answer.sentences);
    free(answer.room[0]);
    free(answer.room[1]);
    return answer.failed || out->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}
