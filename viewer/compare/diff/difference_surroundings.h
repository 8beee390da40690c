/* Differences of what the programs ran in: variables, command lines, folders, systems. */
#ifndef TRAIL_DIFFERENCE_SURROUNDINGS_H
#define TRAIL_DIFFERENCE_SURROUNDINGS_H

#include "difference_list.h"

/*
 * Adds a row for each that all runs of a side have alike, and the two sides differently. Of
 * two runs a variable counts as a difference if it steers what a program does and its value is
 * kept; of sets any variable does. Main thread.
 */
void difference_surroundings_find(struct differences *differences);

#endif
