/* See views.h. */
#include "views.h"

#include "nearest.h"

#include <string.h>

const struct exported_view views_list[] = {
    {"events", "seq", 1},        {"runs", "run", 1},
    {"loads", "seq", 1},         {"load_causes", "seq", 1},
    {"bounds", "seq", 1},        {"failed_loads", "seq, name", 1},
    {"processes", "process", 1}, {"threads", "thread", 1},
    {"exceptions", "seq", 1},    {"output", "seq", 1},
    {"stacks", "seq, depth", 1}, {"looks", "look", 1},
    {"variables", "name", 1},    {"marks", "seq", 1},
    {"modules", "module", 0},    {"imports", "module, position", 0},
    {"places", "frame", 0},      {NULL, NULL, 0},
};

enum { VIEWS = sizeof views_list / sizeof views_list[0] - 1 };

const struct exported_view *views_find(const char *name, struct trail_error *error)
{
    const char *nearest;

    for (size_t i = 0; i < VIEWS; i++)
        if (strcmp(views_list[i].name, name) == 0)
            return &views_list[i];
    nearest = nearest_name(name, &views_list[0].name, VIEWS, sizeof views_list[0]);
    if (nearest != NULL)
        error_set(error, TRAIL_FAILED, 0, "there is no view '%s'; did you mean '%s'?", name,
                  nearest);
    else
        error_set(error, TRAIL_FAILED, 0, "there is no view '%s'; schema/README.md has them all",
                  name);
    return NULL;
}
