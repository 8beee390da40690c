/* The command line of trailrec. Main thread only. */
#ifndef TRAIL_OPTIONS_H
#define TRAIL_OPTIONS_H

#include "session.h"
#include "turns/side.h"

enum options_action {
    OPTIONS_RECORD,
    OPTIONS_EXIT, /* --help, --version: all is said, exit with 0 */
    OPTIONS_WRONG /* a sentence is on stderr, exit with 125 */
};

struct options {
    struct session_options session; /* without what is a side's own */
    bool quiet, takes_turns;
    /* how many runs of the command, and how many before them that are not kept; 0: not given */
    unsigned repeat, warmup;
    struct side sides[SIDES_MAX]; /* one, if they take no turns */
    unsigned side_count;
    /* Lists that `session` points into. */
    const char **environment_values;
    uint32_t *pids;
};

/*
 * Reads the arguments, which must outlive `options`. Prints help, the version or what is wrong.
 * Free with options_free.
 */
enum options_action options_read(int argument_count, char **arguments, struct options *options);
void options_free(struct options *options);

#endif
