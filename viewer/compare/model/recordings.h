/*
 * Recorded runs in memory, for comparing: all runs of a comparison, of both sides, stand in one
 * `recordings` with one pool of texts, so that equal things have equal numbers. Memory is bounded
 * by what the runs hold. A damaged or hostile file is an error or odd data, never more. Main
 * thread.
 *
 *     recordings_new, recordings_read for each run (recordings_read.h), keys_assign (keys.h: keys,
 *     roles and elements need all runs), ..., recordings_free
 *
 * Times are net: what the recorder held the target until then is subtracted, as the union of the
 * times in which any thread was held. Where other threads ran on meanwhile (Linux) that is a little
 * too much, but the same on both sides. Own times are net of what their process alone was held: for
 * gaps within a process.
 */
#ifndef TRAIL_RECORDINGS_H
#define TRAIL_RECORDINGS_H

#include "buffer.h"
#include "recorded_module.h"
#include "recording.h"
#include "text_pool.h"
#include "tuple_map.h"

/*
 * A step as such, whatever the run: "the second load of foo.dll by the helper process". Numbers
 * that vary (pattern.h) make no other one.
 */
struct element {
    enum recorded_stream stream;
    uint32_t role, key, occurrence;
    uint32_t name; /* for people: of a load the file name in one of the runs, else the key */
};

struct recordings {
    struct text_pool *texts;
    struct recording *items;
    struct recorded_module *modules;
    struct element *elements;
    size_t count, module_count, element_count;
    bool only_loads;               /* no exceptions, no debug strings, no steps but loads */
    bool without_steps;            /* not even those */
    size_t second_side;            /* where the runs of another side begin; 0: there is none */
    struct tuple_map module_index; /* private to what reads runs */
    struct buffer scratch;         /* for recordings_scratch_text */
};

/* NULL without memory. recordings_free accepts NULL. */
struct recordings *recordings_new(void);
void recordings_free(struct recordings *recordings);

/* Takes the runs out again and keeps texts and modules, for runs that are looked at one by one. */
void recordings_forget_runs(struct recordings *recordings);

/* The text of a number. */
const char *recordings_text(const struct recordings *recordings, uint32_t number);

/* The number of what `scratch` holds; empties it. */
uint32_t recordings_scratch_text(struct recordings *recordings);

/* Whether it is known why a module was loaded: who asked at run time not always is. */
bool recordings_know_cause(const struct recordings *recordings, const struct recorded_load *load);

/* Whether memory ran out for a text. */
bool recordings_have_failed(const struct recordings *recordings);

#endif
