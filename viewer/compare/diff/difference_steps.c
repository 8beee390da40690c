/* See difference_steps.h. */
#include "difference_steps.h"

#include "compare/match/sequence.h"
#include "compare/model/grouped.h"
#include "compare/model/tuple_map.h"

struct comparison {
    struct differences *differences;
    enum recorded_stream stream;
    struct sequence a, b;
    struct grouped of_a, of_b; /* the steps by process */
    struct tuple_map said;     /* key -> 1: was reported */
};

static size_t process_of(const void *steps, size_t step)
{
    return ((const struct recorded_step *)steps)[step].process;
}

static void choose_steps(const struct comparison *comparison, struct sequence *sequence,
                         const struct part *part)
{
    const struct recordings *all = comparison->differences->all;
    const struct recorded_step *steps = sequence->recording->steps[comparison->stream];

    sequence->count = 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct recorded_step *step = &steps[part_at(part, i)];
        uint32_t key = all->elements[step->element].key;
        if (!difference_ignores(comparison->differences, key, key))
            sequence_add(sequence, step, key);
    }
}

static void add_place(struct comparison *comparison, const struct sequence *sequence, size_t at)
{
    size_t before = sequence_anchor(sequence, at);

    buffer_add_text(&comparison->differences->scratch, before == ALIGN_NONE ? "first" : "after ");
    if (before != ALIGN_NONE)
        difference_add_name(
            comparison->differences,
            comparison->differences->all->elements[sequence->steps[before]->element].name);
}

static void report_moved(struct comparison *comparison, size_t a, size_t b)
{
    struct differences *differences = comparison->differences;
    const struct recorded_step *of_a = comparison->a.steps[a], *of_b = comparison->b.steps[b];
    const struct element *element = &differences->all->elements[of_b->element];
    uint32_t *said = tuple_map_at(&comparison->said, element->role, element->key, 0);
    struct difference *row;

    if ((*said)++ != 0)
        return;
    row =
        difference_add(differences, difference_section_of(comparison->stream), CHANGE_MOVED, true);
    row->role = element->role;
    row->name = element->name;
    row->a_place = of_a->item + 1;
    row->b_place = of_b->item + 1;
    row->a_ns = (double)of_a->net_ns;
    row->b_ns = (double)of_b->net_ns;
    buffer_add_text(&differences->scratch, "now ");
    add_place(comparison, &comparison->b, b);
    buffer_add_text(&differences->scratch, ", was ");
    add_place(comparison, &comparison->a, a);
    row->note = difference_text(differences);
}

static int compare_parts(struct comparison *comparison, struct part of_a, struct part of_b,
                         struct trail_error *error)
{
    struct sequence *a = &comparison->a, *b = &comparison->b;

    choose_steps(comparison, a, &of_a);
    choose_steps(comparison, b, &of_b);
    if (sequences_compare(a, b, error) != 0)
        return -1;
    for (size_t i = 0; i < b->count; i++)
        if (b->statuses[i] == STEP_MOVED)
            report_moved(comparison, b->partners[i], i);
    return 0;
}

static int compare_processes(struct comparison *comparison, struct trail_error *error)
{
    const struct recording *a = comparison->a.recording, *b = comparison->b.recording;
    int result = 0;

    for (size_t i = 0; i < a->process_count && result == 0; i++) {
        size_t other = recording_find_role(b, a->processes[i].role);
        if (other != RECORDING_NONE)
            result = compare_parts(comparison, grouped_part(&comparison->of_a, i),
                                   grouped_part(&comparison->of_b, other), error);
    }
    return result;
}

static int compare_stream(struct differences *differences, enum recorded_stream stream,
                          struct trail_error *error)
{
    const struct recording *a = &differences->all->items[differences->a->first],
                           *b = &differences->all->items[differences->b->first];
    size_t steps_a = a->step_count[stream], steps_b = b->step_count[stream];
    struct comparison comparison = {.differences = differences, .stream = stream};
    int result = -1;

    if (grouped_init(&comparison.of_a, a->process_count, steps_a, process_of, a->steps[stream]) !=
            0 ||
        grouped_init(&comparison.of_b, b->process_count, steps_b, process_of, b->steps[stream]) !=
            0)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (sequence_init(&comparison.a, a, steps_a, error) == 0 &&
             sequence_init(&comparison.b, b, steps_b, error) == 0)
        result = stream == STREAM_PROCESSES /* which are of no process */
                     ? compare_parts(&comparison, (struct part){NULL, steps_a},
                                     (struct part){NULL, steps_b}, error)
                     : compare_processes(&comparison, error);
    if (result == 0 && comparison.said.failed)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    grouped_release(&comparison.of_a);
    grouped_release(&comparison.of_b);
    sequence_release(&comparison.a);
    sequence_release(&comparison.b);
    tuple_map_release(&comparison.said);
    return result;
}

int difference_steps_find(struct differences *differences, struct trail_error *error)
{
    for (int stream = STREAM_LOADS + 1; stream < STREAMS; stream++)
        if (differences->options->only[difference_section_of((enum recorded_stream)stream)] &&
            compare_stream(differences, (enum recorded_stream)stream, error) != 0)
            return -1;
    return 0;
}
