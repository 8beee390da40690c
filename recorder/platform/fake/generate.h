/*
 * Events made up on the spot, for load tests: `generate:N` is a program of N events in all -
 * CreateProcess, a mix of loads and unloads (of 64 modules), threads, exceptions and debug strings,
 * ExitProcess - and `generate:N:KIND` has only that kind between the two. KIND is the name of a
 * kind, or `plain` for events without any detail. The same N always gives the same events, times
 * aside.
 */
#ifndef TRAIL_FAKE_GENERATE_H
#define TRAIL_FAKE_GENERATE_H

#include "error.h"
#include "event.h"

struct generator;

/* Whether a program name asks for a generator. */
bool generate_is_asked(const char *name);

/*
 * Makes the generator. NULL on failure, with TRAIL_NOT_EXECUTABLE if the name makes no sense. Free
 * with generate_free.
 */
struct generator *generate_new(const char *name, struct trail_error *error);
void generate_free(struct generator *generator);

uint64_t generate_count(const struct generator *generator);

/*
 * Fills event number `index` (from 0) as it happens at t_ns. Only copies: all texts were made by
 * generate_new.
 */
void generate_event(const struct generator *generator, uint64_t index, uint64_t t_ns,
                    struct event *event);

#endif
