/*
 * What the target programs share. Each program is a topic, its first argument chooses one behaviour
 * of a table. What a behaviour prints must be the same at every run; that it is the same under a
 * recorder is what the tables of rows check.
 */
#ifndef TRAIL_TARGET_H
#define TRAIL_TARGET_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct behaviour {
    const char *name;
    /* arguments[0] is the one behind the name; the result is the exit status */
    int (*run)(int argument_count, char **arguments);
};

/* Ends the program with status 99 and a sentence where a call that should not fail has failed. */
#define MUST(call)                                                     \
    do {                                                               \
        if (!(call)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #call); \
            exit(99);                                                  \
        }                                                              \
    } while (0)

static inline int run_behaviour(const struct behaviour *table, int argument_count, char **arguments)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* so that a fork has nothing to write twice */
    for (; table->name != NULL; table++)
        if (argument_count > 1 && strcmp(table->name, arguments[1]) == 0)
            return table->run(argument_count - 2, arguments + 2);
    fprintf(stderr, "%s: there is no such behaviour\n", arguments[0]);
    return 98;
}

#endif
