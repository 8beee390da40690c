/* See spread.h. */
#include "spread.h"

#include "array.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 5, NEARLY = 4 }; /* at most a fifth of the runs; four fifths of them */

static struct spread_group *take_group(struct spread *spread, uint32_t number)
{
    while (spread->group_count <= number) {
        struct spread_group *groups =
            array_with_room(spread->groups, spread->group_count, sizeof *groups);
        if (groups == NULL)
            return NULL;
        spread->groups = groups;
        groups[spread->group_count++] = (struct spread_group){0};
    }
    return &spread->groups[number];
}

static bool is_shape(const char *text)
{
    return strstr(text, "{n}") != NULL || strstr(text, "{uuid}") != NULL;
}

void spread_take(struct spread *spread, uint32_t group, uint32_t value, const char *text,
                 size_t run)
{
    uint32_t *position = tuple_map_at(&spread->index, group, value, 0);
    struct spread_group *of = take_group(spread, group);
    struct spread_value *values, *at;

    if (of == NULL || spread->index.failed) {
        spread->failed = true;
        return;
    }
    if (*position == 0) {
        if ((values = array_with_room(spread->values, spread->value_count, sizeof *values)) ==
            NULL) {
            spread->failed = true;
            return;
        }
        spread->values = values;
        values[spread->value_count++] = (struct spread_value){
            .group = group, .value = value, .next = of->first, .is_shape = is_shape(text)};
        *position = (uint32_t)spread->value_count;
        of->first = spread->value_count;
    }
    at = &spread->values[*position - 1];
    at->runs += at->last_run != run + 1;
    at->last_run = run + 1;
    of->runs += of->last_run != run + 1;
    of->last_run = run + 1;
}

void spread_choose(struct spread *spread)
{
    for (size_t i = 0; i < spread->value_count; i++) {
        struct spread_value *value = &spread->values[i];
        struct spread_group *group = &spread->groups[value->group];
        value->is_left =
            value->is_shape ||
            (value->runs < group->runs && (value->runs == 1 || FEW * value->runs <= group->runs));
        group->left += value->is_left;
        group->left_of_runs += value->is_shape ? value->runs : value->is_left;
        group->has_shape |= value->is_shape;
    }
}

void spread_take_again(struct spread *spread, uint32_t group, uint32_t value, size_t run)
{
    const struct spread_value *at = spread_find(spread, group, value);

    if (at == NULL || !at->is_left)
        return;
    spread->groups[group].left_runs += spread->groups[group].last_left != run + 1;
    spread->groups[group].last_left = run + 1;
}

bool spread_varies(const struct spread_group *group)
{
    return group->left_runs >= 2 && group->left >= 2 &&
           (NEARLY + 1) * group->left_of_runs >= NEARLY * group->left_runs;
}

const struct spread_value *spread_find(const struct spread *spread, uint32_t group, uint32_t value)
{
    uint32_t position = tuple_map_find(&spread->index, group, value, 0);

    return position != 0 ? &spread->values[position - 1] : NULL;
}

void spread_release(struct spread *spread)
{
    free(spread->values);
    free(spread->groups);
    tuple_map_release(&spread->index);
    memset(spread, 0, sizeof *spread);
}
