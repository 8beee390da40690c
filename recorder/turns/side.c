/* See side.h. */
#include "turns/side.h"

#include <stdlib.h>
#include <string.h>

int side_init(struct side *side, int argument_count)
{
    side->labels = calloc((size_t)argument_count + 1, sizeof *side->labels);
    side->variables = calloc((size_t)argument_count + 1, sizeof *side->variables);
    return side->labels != NULL && side->variables != NULL ? 0 : -1;
}

void side_release(struct side *side)
{
    free(side->command_line);
    free(side->labels);
    free(side->variables);
}

void side_append(const char **list, const char *value)
{
    while (*list != NULL)
        list++;
    *list = value;
}

void side_apply(const struct side *side, struct session_options *session)
{
    session->labels = side->labels;
    session->launch.variables = side->variables;
    session->launch.directory = side->directory;
    session->launch.arguments = side->arguments;
    session->launch.command_line = side->command_line;
}

static bool is_in(const char *const *list, const char *value)
{
    while (*list != NULL && strcmp(*list, value) != 0)
        list++;
    return *list != NULL;
}

const char *side_own_label(const struct side *side, const struct side *other)
{
    for (const char **label = side->labels; *label != NULL; label++)
        if (strpbrk(*label, " \t\n\"'\\$`!*?[](){}<>|&;#~%^") == NULL &&
            (other == NULL || !is_in(other->labels, *label)))
            return *label;
    return NULL;
}
