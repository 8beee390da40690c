/* See debuggees.h. */
#include "debuggees.h"

#include <stdlib.h>

struct debuggee *debuggees_find(struct platform *platform, uint32_t pid)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++)
        if (platform->debuggees[i].pid == pid)
            return &platform->debuggees[i];
    return NULL;
}

bool debuggees_is_launched(const struct platform *platform, const struct debuggee *debuggee)
{
    return debuggee->pid == platform->launched_pid && platform->launched != NULL &&
           !platform->exit.ended && !debuggee->attached;
}

int debuggees_reserve(struct platform *platform)
{
    unsigned capacity = platform->debuggee_capacity == 0 ? 64 : platform->debuggee_capacity * 2;
    struct debuggee *debuggees;

    if (platform->debuggee_count + 2 <= platform->debuggee_capacity)
        return 0;
    debuggees = realloc(platform->debuggees, capacity * sizeof *debuggees);
    if (debuggees == NULL)
        return -1;
    platform->debuggees = debuggees;
    platform->debuggee_capacity = capacity;
    return 0;
}

struct debuggee *debuggees_add(struct platform *platform, uint32_t pid)
{
    struct debuggee *debuggee = &platform->debuggees[platform->debuggee_count++];

    *debuggee = (struct debuggee){.pid = pid};
    return debuggee;
}

void debuggees_remove(struct platform *platform, uint32_t pid)
{
    struct debuggee *debuggee = debuggees_find(platform, pid);

    if (debuggee != NULL)
        *debuggee = platform->debuggees[--platform->debuggee_count];
}

void debuggees_note_end(struct platform *platform, const struct debuggee *debuggee,
                        uint32_t exit_code)
{
    if (debuggees_is_launched(platform, debuggee))
        platform->exit = (struct platform_exit){.ended = true, .exit_code = exit_code};
    platform->ended_pid = debuggee->pid;
}
