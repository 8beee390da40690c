/*
 * What can be asked of all runs of a fleet at once. Adding a question takes a row of questions.def
 * and its SQL. Main thread.
 */
#ifndef TRAIL_QUESTIONS_H
#define TRAIL_QUESTIONS_H

#include "question.h"

/* All of them; the last has no name. */
extern const struct question questions[];

/* The question of that name, or NULL and a sentence with the nearest name. */
const struct question *questions_find(const char *name, struct trail_error *error);

#endif
