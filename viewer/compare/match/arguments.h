/*
 * Command lines without what differs from run to run and from machine to machine: paths with the
 * placeholders of place.h, names as shapes.h has them, {pid} for a process of the run. What the
 * program is called by is left out; "(none)" where there is nothing else. Main thread.
 */
#ifndef TRAIL_ARGUMENTS_H
#define TRAIL_ARGUMENTS_H

#include "compare/model/recordings.h"

/*
 * Fills `arguments` and `numbered` of each process of all runs. A number that is a process of its
 * run by chance, and in another run is none, stays what it is. Memory that runs out is remembered
 * by the recordings.
 */
void arguments_find(struct recordings *recordings);

/*
 * What two lists of arguments, which may be such a result themselves, have in common, word by word:
 * {any} is for a word in which they differ, and for the whole where one has more words, or without
 * memory.
 */
uint32_t arguments_common(const struct recordings *recordings, uint32_t a, uint32_t b);

/* Whether two lists are other ones, {any} aside. */
bool arguments_differ(const struct recordings *recordings, uint32_t a, uint32_t b);

#endif
