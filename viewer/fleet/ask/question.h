/* A question to all runs of a fleet at once, and the SQL by which it is asked. Main thread. */
#ifndef TRAIL_QUESTION_H
#define TRAIL_QUESTION_H

#include "fleet/selection.h"
#include "fleet/server.h"

/* A question while it is asked. */
struct asking {
    struct viewer *viewer;
    struct server *server;
    struct selection selection;
    const char *module; /* what --of module is followed by, or NULL */
};

struct question {
    const char *name, *summary;
    const char *sql; /* with {names} of what is put in */
    const struct column *columns;
    size_t column_count;
    /* asks and prints; 0, or -1 and error */
    int (*print)(struct asking *asking, const struct question *question, struct trail_error *error);
};

/* Adds the question as SQL. */
void question_add_sql(const struct question *question, const struct asking *asking,
                      struct buffer *sql);

/* Adds the statement that makes a view of it, for other clients: all runs, by build. */
void question_add_view(const struct question *question, struct buffer *sql);

#endif
