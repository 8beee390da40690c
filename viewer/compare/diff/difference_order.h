/*
 * Sets of runs: what one side learned about the order (order.h) of loads, exceptions and debug
 * strings, and the other breaks. Main thread.
 */
#ifndef TRAIL_DIFFERENCE_ORDER_H
#define TRAIL_DIFFERENCE_ORDER_H

#include "difference_list.h"

/* Adds the rows. Returns 0, or -1 and error. */
int difference_order_find(struct differences *differences, struct trail_error *error);

#endif
