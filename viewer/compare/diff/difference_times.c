/* See difference_times.h. */
#include "difference_times.h"

#include "compare/order/side_names.h"
#include "compare/order/statistics.h"
#include "compare/times/questions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a question is about. */
struct subject {
    uint32_t role, name;
    bool is_shown, is_whole;                    /* shown also without a claim */
    const struct side_phase *phase_a, *phase_b; /* NULL of gaps */
};

struct collection {
    struct differences *differences;
    struct question *questions;
    struct subject *subjects; /* of each question */
    size_t count;
    size_t *places; /* of the runs, first a's and then b's, by when they started */
    double *room;   /* a value for each run of a side */
};

/* The time to the first or last load: most of it is said by the phases and the total. */
static bool is_minor(const struct recordings *all, const struct side_phase *phase)
{
    return strstr(recordings_text(all, phase->to), " load") != NULL;
}

static bool is_whole(const struct recordings *all, const struct side_phase *phase)
{
    return strcmp(recordings_text(all, phase->from), "start") == 0 &&
           strcmp(recordings_text(all, phase->to), "end") == 0;
}

static bool ignores_end(const struct differences *differences, uint32_t role, uint32_t end)
{
    const struct side_module *module = side_module(differences->a, role, end);

    return module != NULL && difference_ignores_module(differences, module->variants[0].module);
}

static size_t phase_samples(const struct side_phase *phase, size_t runs, const size_t *places,
                            struct timed *out)
{
    size_t count = 0;

    for (size_t run = 0; run < runs; run++)
        if (phase->times[run] >= 0)
            out[count++] = (struct timed){phase->times[run], places[run]};
    return count;
}

static void gap_samples(const struct side_gap *gap, const size_t *places, struct timed *out)
{
    for (size_t i = 0; i < gap->count; i++)
        out[i] = (struct timed){gap->times[i], places[gap->runs[i]]};
}

/* Room for the samples of both sides, a's first. */
static struct timed *add_question(struct collection *collection, const struct subject *subject,
                                  size_t count_a, size_t count_b)
{
    struct timed *samples = malloc((count_a + count_b + 1) * sizeof *samples);
    struct question *question = &collection->questions[collection->count];

    if (samples == NULL)
        return NULL;
    *question = (struct question){.samples = {samples, samples + count_a, count_a, count_b},
                                  .family = subject->is_whole          ? QUESTION_WHOLE
                                            : subject->phase_a != NULL ? QUESTION_PHASE
                                                                       : QUESTION_GAP};
    collection->subjects[collection->count++] = *subject;
    return samples;
}

static int collect_gap(struct collection *collection, const struct side_gap *a,
                       const struct side_gap *b)
{
    struct differences *differences = collection->differences;
    struct subject subject = {.role = a->role};
    struct timed *samples;

    side_add_gap_name(&differences->scratch, differences->all, a);
    subject.name = difference_text(differences);
    if ((samples = add_question(collection, &subject, a->count, b->count)) == NULL)
        return -1;
    gap_samples(a, collection->places, samples);
    gap_samples(b, collection->places + differences->a->count, samples + a->count);
    return 0;
}

/* Of gaps that too few runs have nothing could be said. */
static int collect_gaps(struct collection *collection)
{
    struct differences *differences = collection->differences;
    const struct side_gaps *gaps = &differences->a->gaps;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct side_gap *gap = &gaps->items[i],
                              *other = side_gaps_find(&differences->b->gaps, gap->role, gap->from,
                                                      gap->to);
        if (other != NULL && gap->count >= STATISTICS_RUNS_AT_LEAST &&
            other->count >= STATISTICS_RUNS_AT_LEAST &&
            !ignores_end(differences, gap->role, gap->from) &&
            !ignores_end(differences, gap->role, gap->to) &&
            collect_gap(collection, gap, other) != 0)
            return -1;
    }
    return 0;
}

static int collect_phase(struct collection *collection, const struct side_phase *a,
                         const struct side_phase *b)
{
    struct differences *differences = collection->differences;
    size_t runs_a = differences->a->count, runs_b = differences->b->count;
    struct subject subject = {.role = TEXT_NONE,
                              .is_shown = !is_minor(differences->all, a),
                              .is_whole = is_whole(differences->all, a),
                              .phase_a = a,
                              .phase_b = b};
    struct timed *samples;
    struct evidence_samples *of;

    side_add_phase_name(&differences->scratch, differences->all, a);
    subject.name = difference_text(differences);
    if ((samples = add_question(collection, &subject, runs_a, runs_b)) == NULL)
        return -1;
    of = &collection->questions[collection->count - 1].samples;
    of->count_a = phase_samples(a, runs_a, collection->places, samples);
    of->count_b = phase_samples(b, runs_b, collection->places + runs_a, samples + runs_a);
    return 0;
}

static int collect(struct collection *collection)
{
    const struct side *a = collection->differences->a, *b = collection->differences->b;
    size_t most = a->phase_count + a->gaps.count + 1;

    collection->questions = malloc(most * sizeof *collection->questions);
    collection->subjects = malloc(most * sizeof *collection->subjects);
    collection->room = malloc((a->count + b->count) * sizeof *collection->room);
    if (collection->questions == NULL || collection->subjects == NULL || collection->room == NULL)
        return -1;
    for (size_t i = 0; i < a->phase_count; i++) {
        const struct side_phase *phase = &a->phases[i],
                                *other = side_phase(b, phase->from, phase->to);
        if (other != NULL && collect_phase(collection, phase, other) != 0)
            return -1;
    }
    return collect_gaps(collection);
}

static double median_held(struct collection *collection, const struct side *side,
                          const struct side_phase *phase)
{
    size_t count = side_samples(phase->held, side->count, collection->room);

    return count > 0 ? statistics_summary(collection->room, count).median : NAN;
}

static void add_row(struct collection *collection, const struct subject *subject,
                    const struct question *question, bool is_change, bool drifts)
{
    struct differences *differences = collection->differences;
    const struct evidence *evidence = &question->evidence;
    struct difference *row =
        difference_add(differences, SECTION_TIME,
                       !is_change                                ? CHANGE_SHOWN
                       : evidence->median_b > evidence->median_a ? CHANGE_SLOWER
                                                                 : CHANGE_FASTER,
                       is_change);

    row->role = subject->role;
    row->name = subject->name;
    row->a_ns = evidence->median_a;
    row->b_ns = evidence->median_b;
    row->a_runs = evidence->count_a;
    row->b_runs = evidence->count_b;
    row->low_ns = evidence->low;
    row->high_ns = evidence->high;
    row->part = evidence->part;
    row->drifts = drifts;
    row->p = evidence->is_enough ? question->p : NAN;
    if (subject->phase_a != NULL) {
        row->a_held_ns = median_held(collection, differences->a, subject->phase_a);
        row->b_held_ns = median_held(collection, differences->b, subject->phase_b);
    }
}

/* A row for a phase always, for a gap only if there is evidence. */
static int answer(struct collection *collection, size_t at, struct trail_error *error)
{
    struct differences *differences = collection->differences;
    const struct evidence_floors *floors = differences->options->floors != NULL
                                               ? differences->options->floors
                                               : &evidence_floors_default;
    const struct subject *subject = &collection->subjects[at];
    struct question *question = &collection->questions[at];
    bool is_change;

    if (question->samples.count_a == 0 || question->samples.count_b == 0 ||
        (!subject->is_shown && question->p > STATISTICS_TIME_ALPHA))
        return 0;
    if (question->p > STATISTICS_TIME_ALPHA)
        question->evidence.part = EVIDENCE_ALL;
    if (evidence_measure(&question->samples, &question->evidence, error) != 0)
        return -1;
    is_change = evidence_is_change(&question->evidence, question->p, floors);
    differences->whole_changed |= subject->is_whole && is_change;
    if (subject->is_shown || is_change)
        add_row(collection, subject, question, is_change,
                evidence_is_drift(&question->evidence, question->p, floors));
    return subject->is_whole && !is_change && question->evidence.is_enough
               ? sensitivity_find(&question->samples, floors, &differences->sensitivity, error)
               : 0;
}

struct start {
    int64_t ns;
    size_t run;
    bool is_a;
};

static int compare_starts(const void *left, const void *right)
{
    const struct start *a = left, *b = right;

    return a->ns != b->ns ? (a->ns > b->ns) - (a->ns < b->ns)
                          : (a->run > b->run) - (a->run < b->run);
}

/*
 * Finds the places of the runs, and whether the sides alternated: by when their runs started, there
 * are half as many changes of side or more as the smaller has runs.
 */
static int find_turns(struct collection *collection)
{
    struct differences *differences = collection->differences;
    const struct side *a = differences->a, *b = differences->b;
    size_t count = a->count + b->count, turns = 0;
    struct start *starts = malloc(count * sizeof *starts);

    collection->places = malloc(count * sizeof *collection->places);
    if (starts == NULL || collection->places == NULL) {
        free(starts);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        size_t run = i < a->count ? a->first + i : b->first + i - a->count;
        starts[i] = (struct start){differences->all->items[run].start_utc_ns, i, i < a->count};
    }
    qsort(starts, count, sizeof *starts, compare_starts);
    for (size_t i = 0; i < count; i++) {
        collection->places[starts[i].run] = i;
        turns += i > 0 && starts[i].is_a != starts[i - 1].is_a;
    }
    free(starts);
    differences->take_turns = 2 * turns >= (a->count < b->count ? a->count : b->count);
    return 0;
}

int difference_times_find(struct differences *differences, struct trail_error *error)
{
    struct collection collection = {.differences = differences};
    int result = find_turns(&collection) != 0 || collect(&collection) != 0
                     ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                     : 0;

    differences->sensitivity = (struct sensitivity){NAN, NAN};
    if (result == 0)
        result = questions_test(collection.questions, collection.count, &differences->times_tested,
                                error);
    for (size_t i = 0; i < collection.count && result == 0; i++)
        result = answer(&collection, i, error);
    for (size_t i = 0; i < collection.count; i++)
        free((void *)collection.questions[i].samples.a);
    free(collection.questions);
    free(collection.subjects);
    free(collection.places);
    free(collection.room);
    return result;
}
