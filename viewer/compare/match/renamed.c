/* See renamed.h. */
#include "renamed.h"

#include <stdlib.h>

/* A build as one side has it. */
struct named {
    uint32_t key;
    size_t run, load; /* the first */
    bool is_there;
};

struct build {
    struct named sides[2];
    bool is_out; /* a program, of several names on a side, or its name varies */
    bool is_renamed;
};

struct finding {
    struct recordings *all;
    const uint32_t *builds;
    struct tuple_map *keys, names; /* (key, side) -> 1 */
    struct build *found;
};

static uint32_t key_of(const struct finding *finding, size_t module)
{
    uint32_t key = finding->all->modules[module].key,
             other = tuple_map_find(finding->keys, finding->builds[module], key, 0);

    return other != 0 ? other : key;
}

static void take(struct finding *finding, size_t run, size_t load)
{
    size_t module = finding->all->items[run].loads[load].module;
    uint32_t side = run >= finding->all->second_side, key = finding->all->modules[module].key;
    struct build *build = &finding->found[finding->builds[module]];
    struct named *named = &build->sides[side];

    *tuple_map_at(&finding->names, key, side, 0) = 1;
    build->is_out |= key_of(finding, module) != key || (named->is_there && named->key != key);
    if (!named->is_there)
        *named = (struct named){key, run, load, true};
}

static void take_all(struct finding *finding)
{
    for (size_t r = 0; r < finding->all->count; r++) {
        const struct recording *run = &finding->all->items[r];
        for (size_t i = 0; i < run->load_count; i++)
            take(finding, r, i);
        for (size_t i = 0; i < run->process_count; i++)
            if (run->processes[i].module != RECORDING_NONE)
                finding->found[finding->builds[run->processes[i].module]].is_out = true;
    }
}

/* The key of the load of the same process before it (step -1) or behind it (1). */
static uint32_t neighbour(const struct finding *finding, const struct named *named, int step)
{
    const struct recording *run = &finding->all->items[named->run];

    for (size_t i = named->load + (size_t)step; i < run->load_count; i += (size_t)step)
        if (run->loads[i].process == run->loads[named->load].process)
            return key_of(finding, run->loads[i].module);
    return TEXT_NONE;
}

static bool has_same_place(const struct finding *finding, const struct build *build)
{
    const struct named *a = &build->sides[0], *b = &build->sides[1];
    const struct recorded_load *of_a = &finding->all->items[a->run].loads[a->load],
                               *of_b = &finding->all->items[b->run].loads[b->load];

    return of_a->place == of_b->place && neighbour(finding, a, -1) == neighbour(finding, b, -1) &&
           neighbour(finding, a, 1) == neighbour(finding, b, 1);
}

/* `module`: one of that build. */
static bool is_renamed(const struct finding *finding, const struct build *build, size_t module)
{
    const struct named *a = &build->sides[0], *b = &build->sides[1];

    return !build->is_out && a->is_there && b->is_there && a->key != b->key &&
           tuple_map_find(&finding->names, a->key, 1, 0) == 0 &&
           tuple_map_find(&finding->names, b->key, 0, 0) == 0 &&
           (identity_is_sure(&finding->all->modules[module].identity) ||
            has_same_place(finding, build));
}

static int rename_all(struct finding *finding)
{
    int count = 0;

    for (size_t i = 0; i < finding->all->module_count; i++) {
        struct build *build = &finding->found[finding->builds[i]];
        build->is_renamed = build->is_renamed || is_renamed(finding, build, i);
    }
    for (size_t i = 0; i < finding->all->module_count; i++) {
        struct recorded_module *module = &finding->all->modules[i];
        const struct build *build = &finding->found[finding->builds[i]];
        if (!build->is_renamed)
            continue;
        module->is_renamed = true;
        *tuple_map_at(finding->keys, finding->builds[i], module->key, 0) = build->sides[0].key;
        *tuple_map_at(finding->keys, UINT32_MAX, module->key, 0) = build->sides[0].key;
        count++;
    }
    return count;
}

int renamed_find(struct recordings *recordings, const uint32_t *builds, struct tuple_map *keys)
{
    struct finding finding = {.all = recordings, .builds = builds, .keys = keys};
    int count = 0;

    if (recordings->second_side == 0)
        return 0;
    if ((finding.found = calloc(recordings->module_count + 1, sizeof *finding.found)) == NULL)
        return -1;
    take_all(&finding);
    if (!finding.names.failed)
        count = rename_all(&finding);
    if (finding.names.failed)
        count = -1;
    tuple_map_release(&finding.names);
    free(finding.found);
    return count;
}
