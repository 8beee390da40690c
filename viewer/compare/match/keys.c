/* See keys.h. */
#include "keys.h"

#include "compare/model/module_key.h"
#include "roles.h"
#include "steps.h"
#include "varying.h"

#include <stdlib.h>
#include <string.h>

/*
 * How much of a module's name a key needs so that no two different modules of one process fall on
 * it.
 */
enum detail { BY_KEY, BY_NAME, BY_PLACE };

struct finishing {
    struct recordings *all;
    struct tuple_map seen;    /* cleared for each run */
    struct tuple_map details; /* (key or folded name, which of them) -> 1: it is not enough */
};

static uint32_t with_number(struct recordings *all, uint32_t text, uint32_t number)
{
    struct buffer *scratch = &all->scratch;

    if (number < 2)
        return text;
    buffer_add_text(scratch, recordings_text(all, text));
    buffer_format(scratch, "#%u", (unsigned)number);
    return recordings_scratch_text(all);
}

static void name_marks(struct finishing *finishing, struct recording *recording)
{
    tuple_map_clear(&finishing->seen);
    for (size_t i = 0; i < recording->mark_count; i++)
        recording->marks[i].name =
            with_number(finishing->all, recording->marks[i].name,
                        ++*tuple_map_at(&finishing->seen, recording->marks[i].name, 0, 0));
}

static int compare_roles(const void *left, const void *right)
{
    const struct role_place *a = left, *b = right;

    return a->role != b->role ? (a->role > b->role) - (a->role < b->role)
                              : (a->process > b->process) - (a->process < b->process);
}

static int sort_roles(struct recording *recording)
{
    struct role_place *roles = calloc(recording->process_count + 1, sizeof *roles);

    if (roles == NULL)
        return -1;
    for (size_t i = 0; i < recording->process_count; i++)
        roles[i] = (struct role_place){recording->processes[i].role, i};
    qsort(roles, recording->process_count, sizeof *roles, compare_roles);
    recording->by_role = roles;
    return 0;
}

static uint32_t folded_name(struct recordings *all, const struct recording *recording,
                            const struct recorded_load *load)
{
    if (all->modules[load->module].varies)
        return all->modules[load->module].key;
    if (!recording->folds_case)
        return load->name;
    module_key_add_folded(&all->scratch, recordings_text(all, load->name), true);
    return recordings_scratch_text(all);
}

static uint32_t placed_name(struct recordings *all, const struct recorded_load *load, uint32_t name)
{
    struct buffer *scratch = &all->scratch;

    buffer_add_text(scratch, recordings_text(all, load->place));
    buffer_add_char(scratch, '/');
    buffer_add_text(scratch, recordings_text(all, name));
    return recordings_scratch_text(all);
}

/* Whether `value` is the only one that came with `what` in this process so far. */
static bool is_only(struct finishing *finishing, size_t process, uint32_t what, enum detail detail,
                    uint32_t value)
{
    uint32_t *known = tuple_map_at(&finishing->seen, (uint32_t)process, what, detail);

    if (*known == 0)
        *known = value + 1;
    return *known == value + 1;
}

static void look_for_clashes(struct finishing *finishing, const struct recording *recording)
{
    tuple_map_clear(&finishing->seen);
    for (size_t i = 0; i < recording->load_count; i++) {
        const struct recorded_load *load = &recording->loads[i];
        uint32_t key = finishing->all->modules[load->module].key,
                 name = folded_name(finishing->all, recording, load);
        if (!is_only(finishing, load->process, key, BY_KEY, name))
            *tuple_map_at(&finishing->details, key, BY_KEY, 0) = 1;
        if (!is_only(finishing, load->process, name, BY_NAME, load->place))
            *tuple_map_at(&finishing->details, name, BY_NAME, 0) = 1;
    }
}

static uint32_t key_of(struct finishing *finishing, const struct recording *recording,
                       const struct recorded_load *load)
{
    uint32_t key = finishing->all->modules[load->module].key,
             name = folded_name(finishing->all, recording, load);

    if (*tuple_map_at(&finishing->details, name, BY_NAME, 0) != 0)
        return placed_name(finishing->all, load, name);
    return *tuple_map_at(&finishing->details, key, BY_KEY, 0) != 0 ? name : key;
}

static void name_loads(struct finishing *finishing, struct recording *recording)
{
    for (size_t i = 0; i < recording->load_count; i++)
        recording->loads[i].key = key_of(finishing, recording, &recording->loads[i]);
}

int keys_assign(struct recordings *recordings, struct trail_error *error)
{
    struct finishing finishing = {.all = recordings};
    bool failed = false;

    if (varying_find(recordings, error) != 0 || roles_assign(recordings, error) != 0)
        return -1;
    for (size_t i = 0; i < recordings->count; i++) {
        name_marks(&finishing, &recordings->items[i]);
        failed |= sort_roles(&recordings->items[i]) != 0;
        look_for_clashes(&finishing, &recordings->items[i]);
    }
    for (size_t i = 0; i < recordings->count; i++)
        name_loads(&finishing, &recordings->items[i]);
    failed |=
        finishing.seen.failed || finishing.details.failed || recordings_have_failed(recordings);
    tuple_map_release(&finishing.seen);
    tuple_map_release(&finishing.details);
    return failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                  : steps_make(recordings, error);
}
