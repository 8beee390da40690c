/*
 * How answers of a fleet are printed: what `print` of questions.def may be. Each asks and prints
 * in the format that was asked for, and returns 0, or -1 and error. Main thread.
 */
#ifndef TRAIL_ANSWERS_H
#define TRAIL_ANSWERS_H

#include "question.h"

/* A row for each row. */
int answers_rows(struct asking *asking, const struct question *question, struct trail_error *error);

/* The rows are runs: as the command history prints those of a file. */
int answers_history(struct asking *asking, const struct question *question,
                    struct trail_error *error);

#endif
