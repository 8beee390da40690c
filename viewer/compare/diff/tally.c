/* See tally.h. */
#include "tally.h"

#include "array.h"

#include <stdlib.h>
#include <string.h>

/* A side while it is counted. */
struct counting {
    struct tally *tally;
    const struct side *side;
    size_t run;
};

/* The class of an element, made if it is new; NULL without memory. */
static struct tally_class *take_class(struct counting *counting, const struct element *element)
{
    struct tally *tally = counting->tally;
    uint32_t *position =
        tuple_map_at(&tally->index, (uint32_t)element->stream, element->role, element->key);
    struct tally_class *classes;

    if (tally->index.failed)
        return NULL;
    if (*position != 0)
        return &tally->classes[*position - 1];
    if ((classes = array_with_room(tally->classes, tally->count, sizeof *classes)) == NULL)
        return NULL;
    tally->classes = classes;
    classes[tally->count++] = (struct tally_class){.stream = element->stream,
                                                   .role = element->role,
                                                   .key = element->key,
                                                   .last_run = SIZE_MAX,
                                                   .least = SIZE_MAX};
    *position = (uint32_t)tally->count;
    return &classes[tally->count - 1];
}

/* How often it was seen in the run that is over. */
static void end_run(struct tally_class *class)
{
    if (class->now == 0)
        return;
    class->least = class->now < class->least ? class->now : class->least;
    class->most = class->now > class->most ? class->now : class->most;
    class->now = 0;
}

static int count_steps(struct counting *counting, const struct recording *recording,
                       enum recorded_stream stream)
{
    for (size_t i = 0; i < recording->step_count[stream]; i++) {
        struct tally_class *class = take_class(
            counting, &counting->side->all->elements[recording->steps[stream][i].element]);
        if (class == NULL)
            return -1;
        if (class->last_run != counting->run)
            end_run(class);
        class->runs += class->now == 0;
        class->last_run = counting->run;
        class->now++;
    }
    return 0;
}

static int count_run(struct counting *counting)
{
    const struct recording *recording =
        &counting->side->all->items[counting->side->first + counting->run];

    for (size_t i = 0; i < recording->process_count; i++)
        ++*tuple_map_at(&counting->tally->roles, recording->processes[i].role, 0, 0);
    for (int stream = STREAM_LOADS + 1; stream < STREAMS; stream++)
        if (count_steps(counting, recording, (enum recorded_stream)stream) != 0)
            return -1;
    return counting->tally->roles.failed ? -1 : 0;
}

int tally_init(struct tally *tally, const struct side *side, struct trail_error *error)
{
    struct counting counting = {.tally = tally, .side = side};

    for (; counting.run < side->count; counting.run++)
        if (count_run(&counting) != 0)
            return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < tally->count; i++) {
        end_run(&tally->classes[i]);
        if (tally->classes[i].runs < side->count)
            tally->classes[i].least = 0;
    }
    return 0;
}

void tally_release(struct tally *tally)
{
    free(tally->classes);
    tuple_map_release(&tally->index);
    tuple_map_release(&tally->roles);
    memset(tally, 0, sizeof *tally);
}

size_t tally_role_runs(const struct tally *tally, uint32_t role)
{
    return tuple_map_find(&tally->roles, role, 0, 0);
}

const struct tally_class *tally_class(const struct tally *tally, enum recorded_stream stream,
                                      uint32_t role, uint32_t key)
{
    uint32_t position = tuple_map_find(&tally->index, (uint32_t)stream, role, key);

    return position != 0 ? &tally->classes[position - 1] : NULL;
}
