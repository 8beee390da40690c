/* See difference_times.h. */
#include "difference_times.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One quantity that both sides have samples of. */
struct question {
    uint32_t role, name;
    bool is_shown;                         /* also without a claim */
    const double *a, *b, *held_a, *held_b; /* held: by run; NULL for gaps */
    size_t have_a, have_b;                 /* how many; negative ones are none */
    size_t count_a, count_b;               /* of those that are there */
    double p;
};

struct collection {
    struct differences *differences;
    struct question *questions;
    size_t count;
    double *room_a, *room_b; /* for the samples of one quantity */
};

static uint32_t phase_name(struct differences *differences, const struct side_phase *phase)
{
    buffer_add_text(&differences->scratch, recordings_text(differences->all, phase->from));
    buffer_add_text(&differences->scratch, "..");
    buffer_add_text(&differences->scratch, recordings_text(differences->all, phase->to));
    return difference_text(differences);
}

/* The time to the first or last load: most of it is said by the phases and the total. */
static bool is_minor(const struct recordings *all, const struct side_phase *phase)
{
    return strstr(recordings_text(all, phase->to), " load") != NULL;
}

static bool ignores_end(const struct differences *differences, uint32_t role, uint32_t end)
{
    const struct side_module *module = side_module(differences->a, role, end);

    return module != NULL && difference_ignores_module(differences, module->variants[0].module);
}

/* "libcodec.so -> libnet.so" */
static uint32_t gap_name(struct differences *differences, const struct side_gap *gap)
{
    difference_add_name(differences, gap->from);
    buffer_add_text(&differences->scratch, " -> ");
    difference_add_name(differences, gap->to);
    return difference_text(differences);
}

static void collect_gaps(struct collection *collection)
{
    struct differences *differences = collection->differences;
    const struct side_gaps *gaps = &differences->a->gaps;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct side_gap *gap = &gaps->items[i],
                              *other = side_gaps_find(&differences->b->gaps, gap->role, gap->from,
                                                      gap->to);
        if (other == NULL || ignores_end(differences, gap->role, gap->from) ||
            ignores_end(differences, gap->role, gap->to))
            continue;
        collection->questions[collection->count++] =
            (struct question){.role = gap->role,
                              .name = gap_name(differences, gap),
                              .a = gap->times,
                              .b = other->times,
                              .have_a = gap->count,
                              .have_b = other->count,
                              .p = 1};
    }
}

static int collect(struct collection *collection)
{
    struct differences *differences = collection->differences;
    const struct side *a = differences->a, *b = differences->b;

    collection->questions =
        malloc((a->phase_count + a->gaps.count + 1) * sizeof *collection->questions);
    collection->room_a = malloc((a->count + 1) * sizeof *collection->room_a);
    collection->room_b = malloc((b->count + 1) * sizeof *collection->room_b);
    if (collection->questions == NULL || collection->room_a == NULL || collection->room_b == NULL)
        return -1;
    for (size_t i = 0; i < a->phase_count; i++) {
        const struct side_phase *phase = &a->phases[i],
                                *other = side_phase(b, phase->from, phase->to);
        if (other != NULL)
            collection->questions[collection->count++] =
                (struct question){.role = TEXT_NONE,
                                  .name = phase_name(differences, phase),
                                  .is_shown = !is_minor(differences->all, phase),
                                  .a = phase->times,
                                  .b = other->times,
                                  .held_a = phase->held,
                                  .held_b = other->held,
                                  .have_a = a->count,
                                  .have_b = b->count,
                                  .p = 1};
    }
    collect_gaps(collection);
    return 0;
}

static void take_samples(struct collection *collection, struct question *question)
{
    question->count_a = side_samples(question->a, question->have_a, collection->room_a);
    question->count_b = side_samples(question->b, question->have_b, collection->room_b);
}

static bool is_enough(const struct question *question)
{
    return question->count_a >= STATISTICS_RUNS_AT_LEAST &&
           question->count_b >= STATISTICS_RUNS_AT_LEAST;
}

/*
 * Tests one family of questions, the phases or the gaps, and corrects for how many they are, and
 * for there being two families.
 */
static int test(struct collection *collection, bool are_phases, struct trail_error *error)
{
    double *p = malloc((collection->count + 1) * sizeof *p);
    int result = p == NULL ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
    size_t tested = 0;

    for (size_t i = 0; i < collection->count && result == 0; i++) {
        struct question *question = &collection->questions[i];
        if ((question->held_a != NULL) != are_phases)
            continue;
        take_samples(collection, question);
        if (is_enough(question) &&
            (p[tested++] = statistics_mann_whitney(collection->room_a, question->count_a,
                                                   collection->room_b, question->count_b)) < 0)
            result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    if (result == 0)
        result = statistics_holm(p, tested, error);
    collection->differences->times_tested += tested;
    tested = 0;
    for (size_t i = 0; i < collection->count && result == 0; i++)
        if ((collection->questions[i].held_a != NULL) == are_phases &&
            is_enough(&collection->questions[i]))
            collection->questions[i].p = fmin(1, 2 * p[tested++]);
    free(p);
    return result;
}

static double median_of(const struct side *side, const double *samples, double *room)
{
    size_t count = side_samples(samples, side->count, room);

    return count > 0 ? statistics_summary(room, count).median : NAN;
}

/* What is known of one quantity. */
struct answer {
    double median_a, median_b, low, high;
    bool is_claimed, drifts;
};

/*
 * The chance that it is only drift within the sides; 0 where they took turns. The rooms hold the
 * samples in the order of the runs.
 */
static double chance_of_drift(const struct collection *collection, const struct question *question)
{
    if (collection->differences->take_turns)
        return 0;
    return statistics_batches(collection->room_a, question->count_a, collection->room_b,
                              question->count_b);
}

/*
 * A claim needs the corrected chance, the interval and a size that matters. Fills the answer from
 * samples that were taken.
 */
static int find_answer(struct collection *collection, const struct question *question,
                       struct answer *answer, struct trail_error *error)
{
    double drift = chance_of_drift(collection, question);
    bool is_change;

    *answer = (struct answer){statistics_summary(collection->room_a, question->count_a).median,
                              statistics_summary(collection->room_b, question->count_b).median,
                              NAN,
                              NAN,
                              false,
                              false};
    if (drift < 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (!is_enough(question) || (!question->is_shown && question->p > STATISTICS_ALPHA))
        return 0;
    if (statistics_interval(collection->room_a, question->count_a, collection->room_b,
                            question->count_b, &answer->low, &answer->high, error) != 0)
        return -1;
    is_change = question->p <= STATISTICS_ALPHA && (answer->low > 0 || answer->high < 0) &&
                fabs(answer->median_b - answer->median_a) >= STATISTICS_SMALLEST * answer->median_a;
    answer->is_claimed = is_change && drift <= STATISTICS_DRIFT;
    answer->drifts = is_change && drift > STATISTICS_DRIFT;
    return 0;
}

static void add_row(struct collection *collection, const struct question *question,
                    const struct answer *answer)
{
    struct differences *differences = collection->differences;
    struct difference *row = difference_add(differences, SECTION_TIME,
                                            !answer->is_claimed                   ? CHANGE_SHOWN
                                            : answer->median_b > answer->median_a ? CHANGE_SLOWER
                                                                                  : CHANGE_FASTER,
                                            answer->is_claimed);

    row->role = question->role;
    row->name = question->name;
    row->a_ns = answer->median_a;
    row->b_ns = answer->median_b;
    row->a_runs = question->count_a;
    row->b_runs = question->count_b;
    row->low_ns = answer->low;
    row->high_ns = answer->high;
    row->drifts = answer->drifts;
    row->p = is_enough(question) ? question->p : NAN;
    if (question->held_a != NULL) {
        row->a_held_ns = median_of(differences->a, question->held_a, collection->room_a);
        row->b_held_ns = median_of(differences->b, question->held_b, collection->room_b);
    }
}

/* A row for a phase always, for a gap only if there is evidence. */
static int answer(struct collection *collection, struct question *question,
                  struct trail_error *error)
{
    struct answer answer;

    take_samples(collection, question);
    if (question->count_a == 0 || question->count_b == 0)
        return 0;
    if (find_answer(collection, question, &answer, error) != 0)
        return -1;
    if (question->is_shown || answer.is_claimed)
        add_row(collection, question, &answer);
    return 0;
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
 * Whether the sides alternated: by when their runs started, there are half as many changes of side
 * or more as the smaller has runs.
 */
static int find_turns(struct differences *differences)
{
    const struct side *a = differences->a, *b = differences->b;
    size_t count = a->count + b->count, turns = 0;
    struct start *starts = malloc(count * sizeof *starts);

    if (starts == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t run = i < a->count ? a->first + i : b->first + i - a->count;
        starts[i] = (struct start){differences->all->items[run].start_utc_ns, run, i < a->count};
    }
    qsort(starts, count, sizeof *starts, compare_starts);
    for (size_t i = 1; i < count; i++)
        turns += starts[i].is_a != starts[i - 1].is_a;
    free(starts);
    differences->take_turns = 2 * turns >= (a->count < b->count ? a->count : b->count);
    return 0;
}

int difference_times_find(struct differences *differences, struct trail_error *error)
{
    struct collection collection = {.differences = differences};
    int result = collect(&collection) != 0 || find_turns(differences) != 0
                     ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                     : 0;

    if (result == 0 &&
        (test(&collection, true, error) != 0 || test(&collection, false, error) != 0))
        result = -1;
    for (size_t i = 0; i < collection.count && result == 0; i++)
        result = answer(&collection, &collection.questions[i], error);
    free(collection.questions);
    free(collection.room_a);
    free(collection.room_b);
    return result;
}
