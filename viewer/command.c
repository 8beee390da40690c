/* See command.h. */
#include "command.h"

#include "nearest.h"

#include <string.h>

enum { COMMANDS_AT_MOST = 64 };

const struct command *command_find(const struct command *const *commands, const char *name,
                                   struct trail_error *error)
{
    const char *names[COMMANDS_AT_MOST], *nearest;
    size_t count;

    for (count = 0; commands[count] != NULL && count < COMMANDS_AT_MOST; count++) {
        names[count] = commands[count]->name;
        if (strcmp(commands[count]->name, name) == 0)
            return commands[count];
    }
    nearest = nearest_name(name, names, count, sizeof names[0]);
    if (nearest != NULL)
        error_set(error, TRAIL_FAILED, 0, "unknown command '%s'; did you mean '%s'?", name,
                  nearest);
    else
        error_set(error, TRAIL_FAILED, 0,
                  "unknown command '%s'; 'trailview help' lists the commands", name);
    return NULL;
}
