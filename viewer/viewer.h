/*
 * One invocation of trailview: what the command line said, the files that are open, the runs that
 * were named, and where the rows go. Main thread.
 */
#ifndef TRAIL_VIEWER_H
#define TRAIL_VIEWER_H

#include "error.h"
#include "options.h"
#include "output.h"

#include <sqlite3.h>

struct command;

struct database {
    char *path;
    /*
     * inside one read transaction: what another program adds meanwhile is not seen before
     * viewer_refresh
     */
    sqlite3 *db;
    struct database *next;
};

struct run_reference {
    struct database *database;
    sqlite3_int64 run;
};

struct viewer {
    const struct command *const *commands; /* all, in the order of the help; ends with NULL */
    const struct command *command;
    struct options options;
    char **arguments; /* what follows the command's name */
    int argument_count;
    const char *path;           /* the file of -d, $TRAIL_DB or trail.db */
    char *environment_path;     /* $TRAIL_DB, if it is that; freed by viewer_release */
    struct database *database;  /* that file, if it was needed */
    struct database *databases; /* all open files; freed by viewer_release */
    struct run_reference *runs;
    size_t run_count;
    struct buffer title;
    struct output output; /* format, stream and colour are set when a command runs */
    /* the command's own format that was asked for (its rows would be a table), or NULL */
    const char *own_format;
};

/* The file where neither -d nor $TRAIL_DB names one, told from such a name by its address. */
extern const char viewer_default_path[];

/* Closes and frees all that it holds. */
void viewer_release(struct viewer *viewer);

/* The open file of that path, opened if it is not yet; NULL and error on failure. */
struct database *viewer_open(struct viewer *viewer, const char *path, struct trail_error *error);

/*
 * Ends the read transaction; the next one begins with the next read, and sees what was added until
 * then. Returns 0, or -1 and error.
 */
int viewer_refresh(struct database *database, struct trail_error *error);

/*
 * Brings in what dead recorders left behind in that file, with a remark for each. Returns how many
 * runs it was, or -1 and error.
 */
int viewer_recover(const char *path, struct trail_error *error);

/* Puts one more run at the end of viewer->runs. Returns 0, or -1 and error. */
int viewer_add_run(struct viewer *viewer, struct database *database, sqlite3_int64 run,
                   struct trail_error *error);

/* Prints a remark for the user on stderr, with the program's name before it. */
void viewer_say(const char *sentence);

/*
 * What a document is called: "trailview loads: run 3 of trail.db: python3 app.py". Valid until the
 * next call or viewer_release.
 */
const char *viewer_title(struct viewer *viewer);

/* Whether rows go to a table for people. */
bool viewer_prints_table(const struct viewer *viewer);

#endif
