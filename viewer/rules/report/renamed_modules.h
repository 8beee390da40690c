/*
 * One fact is one violation: a required module that was not loaded, and one that no rule allows and
 * that came in its place, are told as one. Main thread.
 */
#ifndef TRAIL_RENAMED_MODULES_H
#define TRAIL_RENAMED_MODULES_H

#include "rules/judge/judge.h"

/*
 * Joins the findings of each run that are such a pair: the other one comes from the folder that
 * the rules name, and is the build that they name or, where they name none, comes where they want
 * the missing one: by their order or, of an import, by its cause. What is not the only one for
 * another is left alone. To be weighed afterwards. Returns 0, or -1 and error.
 */
int renamed_modules_join(struct judgement *judgement, struct trail_error *error);

#endif
