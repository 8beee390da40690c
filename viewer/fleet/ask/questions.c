/* See questions.h. */
#include "questions.h"

#include "answers.h"
#include "nearest.h"
#include "viewer_sql.h"

#include <string.h>

#define QUESTION(name, blanks, print, summary, ...) \
    static const struct column columns_##name[] = {__VA_ARGS__};
#include "questions.def"
#undef QUESTION

const struct question questions[] = {
#define QUESTION(name, blanks, print, summary, ...)  \
    {#name,                                          \
     summary,                                        \
     sql_fleet_##name,                               \
     columns_##name,                                 \
     sizeof columns_##name / sizeof *columns_##name, \
     answers_##print},
#include "questions.def"
#undef QUESTION
    {0}};

const struct question *questions_find(const char *name, struct trail_error *error)
{
    const struct question *question = questions;
    const char *nearest;

    while (question->name != NULL && strcmp(question->name, name) != 0)
        question++;
    if (question->name != NULL)
        return question;
    nearest =
        nearest_name(name, &questions->name, (size_t)(question - questions), sizeof *questions);
    error_set(error, TRAIL_FAILED, 0, "there is no question '%.40s'; did you mean '%s'?", name,
              nearest != NULL ? nearest : questions->name);
    return NULL;
}
