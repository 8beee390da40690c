/* See questions.h. */
#include "questions.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdlib.h>

const double question_share[QUESTION_FAMILIES] = {1.5, 6, 6};

static int test_family(struct question *questions, size_t count, int family, double *p,
                       size_t *tested, struct trail_error *error)
{
    size_t in_family = 0;

    for (size_t i = 0; i < count; i++)
        if ((int)questions[i].family == family && questions[i].evidence.is_enough)
            p[in_family++] = questions[i].evidence.p;
    if (statistics_holm(p, in_family, error) != 0)
        return -1;
    *tested += in_family;
    in_family = 0;
    for (size_t i = 0; i < count; i++)
        if ((int)questions[i].family == family && questions[i].evidence.is_enough)
            questions[i].p = fmin(1, question_share[family] * p[in_family++]);
    return 0;
}

int questions_test(struct question *questions, size_t count, size_t *tested,
                   struct trail_error *error)
{
    double *p = malloc((count + 1) * sizeof *p);
    int result = p == NULL ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;

    *tested = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        questions[i].p = 1;
        result = evidence_weigh(&questions[i].samples, &questions[i].evidence, error);
    }
    for (int family = 0; family < QUESTION_FAMILIES && result == 0; family++)
        result = test_family(questions, count, family, p, tested, error);
    free(p);
    return result;
}
