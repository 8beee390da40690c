/*
 * What a command of trailview is. Each is one file in commands/ with one descriptor; commands.def
 * lists them. A command never includes another.
 */
#ifndef TRAIL_COMMAND_H
#define TRAIL_COMMAND_H

#include "viewer.h"

enum command_flags {
    COMMAND_NEEDS_DATABASE = 1, /* the file of -d is open as viewer->database when it runs */
    /*
     * its arguments are RUNs; at least one is in viewer->runs when it runs (the last, if none was
     * named)
     */
    COMMAND_TAKES_RUNS = 2,
    COMMAND_TAKES_ALL_RUNS = 4,  /* with TAKES_RUNS: no argument means all runs, possibly none */
    COMMAND_TAKES_ARGUMENTS = 8, /* it looks at viewer->arguments itself */
    COMMAND_OWN_FORMATS = 16,    /* its formats are its own only; the first is the default */
    COMMAND_DRAWS = 32           /* on the terminal: there is no pager */
};

struct command {
    const char *name;
    const char *summary;   /* a few words for the list of commands */
    const char *arguments; /* "[RUN...]" */
    const char *details;   /* further help, whole lines; may be "" */
    uint64_t options;      /* OPTION_BITs besides OPTIONS_COMMON */
    unsigned flags;        /* enum command_flags */
    /* formats of its own, besides those for rows; ends with NULL. NULL: none */
    const char *const *formats;
    int (*run)(struct viewer *viewer, struct trail_error *error); /* 0, 1 ("no") or -1 and error */
};

/* The command of that name, or NULL and a sentence with the nearest name. */
const struct command *command_find(const struct command *const *commands, const char *name,
                                   struct trail_error *error);

#endif
