/*
 * The parts of differences_find. Each adds the rows of its sections; memory that runs out is
 * remembered in `failed`.
 */
#ifndef TRAIL_DIFFERENCE_PRIVATE_H
#define TRAIL_DIFFERENCE_PRIVATE_H

#include "difference.h"

/*
 * A new row with nothing known, which the caller fills; never NULL (without memory, one that nobody
 * reads).
 */
struct difference *difference_add(struct differences *differences, enum difference_section section,
                                  enum difference_change change, bool differs);

/* The number of what `scratch` holds; empties it. */
uint32_t difference_text(struct differences *differences);

/* Adds a name to `scratch`, of a long one the beginning. */
void difference_add_name(struct differences *differences, uint32_t name);

/* Where what is said of a stream stands. Of the loads: what is said of their order. */
enum difference_section difference_section_of(enum recorded_stream stream);

/*
 * Whether --ignore leaves a module out, by name and path; `module` is a position in
 * recordings->modules.
 */
bool difference_ignores(const struct differences *differences, uint32_t name, uint32_t path);
bool difference_ignores_module(const struct differences *differences, size_t module);

/* What two builds differ in, of what is known of both: fills the row's a, b and note. */
void difference_describe_identity(struct differences *differences, struct difference *row,
                                  size_t module_a, size_t module_b);

/* run against run: loads, order, identity, path */
int difference_find_loads(struct differences *differences, struct trail_error *error);
/* sets: loads, identity, path */
int difference_find_modules(struct differences *differences, struct trail_error *error);
/* sets: of loads, exceptions and output */
int difference_find_order(struct differences *differences, struct trail_error *error);
/* run against run: the order of all but loads */
int difference_find_steps(struct differences *differences, struct trail_error *error);
/* processes, threads, exceptions, output */
int difference_find_tallies(struct differences *differences, struct trail_error *error);
int difference_find_times(struct differences *differences, struct trail_error *error);

#endif
