/*
 * Phases between marks, totals, and the time to each module from what its thread did before, so that one slow step is not said of all that
 * come after it. Of sets: distributions, with a correction for all that is tested. Half of the chance of a false claim is the phases', which are few. Of single runs: shown, without a claim.
 */
#include "difference_private.h"

#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One quantity that both sides have samples of. */
struct question {
    uint32_t role, name;
    bool is_shown; /* also without a claim */
    const double *a, *b, *held_a, *held_b; /* by run; held is NULL for modules */
    size_t count_a, count_b;
    double p;
};

struct asking {
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

static int collect(struct asking *asking)
{
    struct differences *differences = asking->differences;
    const struct side *a = differences->a, *b = differences->b;

    asking->questions = malloc((a->phase_count + a->module_count + 1) * sizeof *asking->questions);
    asking->room_a = malloc((a->count + 1) * sizeof *asking->room_a);
    asking->room_b = malloc((b->count + 1) * sizeof *asking->room_b);
    if (asking->questions == NULL || asking->room_a == NULL || asking->room_b == NULL)
        return -1;
    for (size_t i = 0; i < a->phase_count; i++) {
        const struct side_phase *phase = &a->phases[i], *other = side_phase(b, phase->from, phase->to);
        if (other != NULL)
            asking->questions[asking->count++] = (struct question){TEXT_NONE, phase_name(differences, phase), !is_minor(differences->all, phase), phase->times, other->times,
                                                                   phase->held, other->held, 0, 0, 1};
    }
    for (size_t i = 0; i < a->module_count; i++) {
        const struct side_module *module = &a->modules[i], *other = side_module(b, module->role, module->key);
        if (other != NULL && !difference_ignores_module(differences, module->variants[0].module))
            asking->questions[asking->count++] =
                (struct question){module->role, module->name, false, module->gaps, other->gaps, NULL, NULL, 0, 0, 1};
    }
    return 0;
}

static void take_samples(struct asking *asking, struct question *question)
{
    question->count_a = side_samples(asking->differences->a, question->a, asking->room_a);
    question->count_b = side_samples(asking->differences->b, question->b, asking->room_b);
}

static bool is_enough(const struct question *question)
{
    return question->count_a >= STATISTICS_RUNS_AT_LEAST && question->count_b >= STATISTICS_RUNS_AT_LEAST;
}

/* Tests one family of questions, the phases or the modules, and corrects for how many they are, and for there being two families. */
static int test(struct asking *asking, bool are_phases, struct trail_error *error)
{
    double *p = malloc((asking->count + 1) * sizeof *p);
    int result = p == NULL ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
    size_t tested = 0;

    for (size_t i = 0; i < asking->count && result == 0; i++) {
        struct question *question = &asking->questions[i];
        if ((question->held_a != NULL) != are_phases)
            continue;
        take_samples(asking, question);
        if (is_enough(question) && (p[tested++] = statistics_mann_whitney(asking->room_a, question->count_a, asking->room_b, question->count_b)) < 0)
            result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    if (result == 0)
        result = statistics_holm(p, tested, error);
    asking->differences->times_tested += tested;
    tested = 0;
    for (size_t i = 0; i < asking->count && result == 0; i++)
        if ((asking->questions[i].held_a != NULL) == are_phases && is_enough(&asking->questions[i]))
            asking->questions[i].p = fmin(1, 2 * p[tested++]);
    free(p);
    return result;
}

static double median_of(const struct side *side, const double *samples, double *room)
{
    size_t count = side_samples(side, samples, room);

    return count > 0 ? statistics_summary(room, count).median : NAN;
}

/* A row for a phase always, for a module only if there is evidence; the claim needs the corrected chance, the interval and a size that matters. */
static int answer(struct asking *asking, struct question *question, struct trail_error *error)
{
    struct differences *differences = asking->differences;
    double median_a, median_b, low = NAN, high = NAN;
    struct difference *row;
    bool is_claimed = false;

    take_samples(asking, question);
    if (question->count_a == 0 || question->count_b == 0)
        return 0;
    median_a = statistics_summary(asking->room_a, question->count_a).median;
    median_b = statistics_summary(asking->room_b, question->count_b).median;
    if (is_enough(question) && (question->is_shown || question->p <= STATISTICS_ALPHA)) {
        if (statistics_interval(asking->room_a, question->count_a, asking->room_b, question->count_b, &low, &high, error) != 0)
            return -1;
        is_claimed = question->p <= STATISTICS_ALPHA && (low > 0 || high < 0) && fabs(median_b - median_a) >= STATISTICS_SMALLEST * median_a;
    }
    if (!question->is_shown && !is_claimed)
        return 0;
    row = difference_add(differences, SECTION_TIME, is_claimed ? median_b > median_a ? CHANGE_SLOWER : CHANGE_FASTER : CHANGE_SHOWN, is_claimed);
    row->role = question->role;
    row->name = question->name;
    row->a_ns = median_a;
    row->b_ns = median_b;
    row->a_runs = question->count_a;
    row->b_runs = question->count_b;
    row->low_ns = low;
    row->high_ns = high;
    row->p = is_enough(question) ? question->p : NAN;
    if (question->held_a != NULL) {
        row->a_held_ns = median_of(differences->a, question->held_a, asking->room_a);
        row->b_held_ns = median_of(differences->b, question->held_b, asking->room_b);
    }
    if (question->held_a == NULL)
        row->note = text_pool_add_text(differences->all->texts, "since the load before it in its thread");
    return 0;
}

int difference_find_times(struct differences *differences, struct trail_error *error)
{
    struct asking asking = {.differences = differences};
    int result = collect(&asking) != 0 ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;

    if (result == 0 && (test(&asking, true, error) != 0 || test(&asking, false, error) != 0))
        result = -1;
    for (size_t i = 0; i < asking.count && result == 0; i++)
        result = answer(&asking, &asking.questions[i], error);
    free(asking.questions);
    free(asking.room_a);
    free(asking.room_b);
    return result;
}
