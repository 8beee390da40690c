/* The list of commands. */
#include "command.h"

#include "human.h"

#include <string.h>

extern const struct command command_runs, command_summary, command_events, command_loads,
    command_tree, command_threads, command_exceptions, command_output, command_diff, command_stats,
    command_baseline, command_check, command_sql, command_info, command_verify, command_recover,
    command_help;

const struct command *const commands[] = {
    &command_runs,       &command_summary,  &command_events,
    &command_loads,      &command_tree,     &command_threads,
    &command_exceptions, &command_output,   &command_diff,
    &command_stats,      &command_baseline, &command_check,
    &command_sql,        &command_info,     &command_verify,
    &command_recover,    &command_help,     NULL,
};

const struct command *command_find(const char *name, struct trail_error *error)
{
    const char *names[sizeof commands / sizeof commands[0]], *nearest;
    size_t count;

    for (count = 0; commands[count] != NULL; count++) {
        names[count] = commands[count]->name;
        if (strcmp(commands[count]->name, name) == 0)
            return commands[count];
    }
    nearest = human_nearest(name, names, count, sizeof names[0]);
    if (nearest != NULL)
        error_set(error, TRAIL_FAILED, 0, "unknown command '%s'; did you mean '%s'?", name,
                  nearest);
    else
        error_set(error, TRAIL_FAILED, 0,
                  "unknown command '%s'; 'trailview help' lists the commands", name);
    return NULL;
}
