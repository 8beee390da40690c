/* See difference_list.h. */
#include "difference_list.h"

#include "compare/order/side_names.h"

#include "array.h"
#include "text.h"

#include <math.h>
#include <string.h>

const char *difference_section_name(enum difference_section section)
{
    static const char *const names[] = {"loads",      "order",  "identity",    "path",
                                        "cause",      "failed", "processes",   "threads",
                                        "exceptions", "output", "environment", "time"};

    return names[section];
}

static const struct {
    const char *name;
    char sign;
} changes[CHANGES] = {
    [CHANGE_SAME] = {"same", ' '},     [CHANGE_SKIPPED] = {"skipped", ' '},
    [CHANGE_ADDED] = {"added", '+'},   [CHANGE_REMOVED] = {"removed", '-'},
    [CHANGE_MOVED] = {"moved", '>'},   [CHANGE_REPLACED] = {"replaced", '!'},
    [CHANGE_MORE] = {"more", '+'},     [CHANGE_FEWER] = {"fewer", '-'},
    [CHANGE_THREAD] = {"thread", '!'}, [CHANGE_RENAMED] = {"renamed", '!'},
    [CHANGE_EXIT] = {"exit", '!'},     [CHANGE_SLOWER] = {"slower", '!'},
    [CHANGE_FASTER] = {"faster", '!'}, [CHANGE_CONCURRENT] = {"concurrent", ' '},
    [CHANGE_SHOWN] = {"shown", ' '},
};

const char *difference_change_name(enum difference_change change)
{
    return changes[change].name;
}

char difference_change_sign(enum difference_change change)
{
    return changes[change].sign;
}

struct difference *difference_add(struct differences *differences, enum difference_section section,
                                  enum difference_change change, bool differs)
{
    static struct difference nobody;
    struct difference *items;

    if (!differences->options->only[section])
        return &nobody;
    if ((items = array_with_room(differences->items, differences->count, sizeof *items)) == NULL) {
        differences->failed = true;
        return &nobody;
    }
    differences->items = items;
    differences->different += differs;
    items[differences->count] = (struct difference){.section = section,
                                                    .change = change,
                                                    .differs = differs,
                                                    .a_ns = NAN,
                                                    .b_ns = NAN,
                                                    .a_held_ns = NAN,
                                                    .b_held_ns = NAN,
                                                    .low_ns = NAN,
                                                    .high_ns = NAN,
                                                    .p = NAN};
    return &items[differences->count++];
}

uint32_t difference_text(struct differences *differences)
{
    uint32_t number = text_pool_add(differences->all->texts, buffer_text(&differences->scratch),
                                    differences->scratch.length);

    buffer_clear(&differences->scratch);
    return number;
}

void difference_add_name(struct differences *differences, uint32_t name)
{
    side_add_name(&differences->scratch, differences->all, name);
}

enum difference_section difference_section_of(enum recorded_stream stream)
{
    static const enum difference_section sections[STREAMS] = {SECTION_ORDER,   SECTION_PROCESSES,
                                                              SECTION_THREADS, SECTION_EXCEPTIONS,
                                                              SECTION_OUTPUT,  SECTION_FAILED};

    return sections[stream];
}

bool difference_ignores(const struct differences *differences, uint32_t name, uint32_t path)
{
    for (size_t i = 0; i < differences->options->ignored_count; i++) {
        const char *glob = differences->options->ignored[i];
        bool is_path = strchr(glob, '/') != NULL || strchr(glob, '\\') != NULL;
        if (text_glob(glob, recordings_text(differences->all, is_path ? path : name), true))
            return true;
    }
    return false;
}

bool difference_ignores_module(const struct differences *differences, size_t module)
{
    const struct recorded_module *of = &differences->all->modules[module];

    return difference_ignores(differences, of->name, of->path);
}
