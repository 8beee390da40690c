/* See difference_steps.h. */
#include "difference_steps.h"

#include "compare/match/sequence.h"
#include "compare/model/tuple_map.h"

struct comparing {
    struct differences *differences;
    enum recorded_stream stream;
    struct sequence a, b;
    struct tuple_map said; /* key -> 1: was reported */
};

static void choose_steps(const struct comparing *comparing, struct sequence *sequence,
                         size_t process)
{
    const struct recordings *all = comparing->differences->all;
    const struct recording *recording = sequence->recording;

    sequence->count = 0;
    for (size_t i = 0; i < recording->step_count[comparing->stream]; i++) {
        const struct recorded_step *step = &recording->steps[comparing->stream][i];
        uint32_t key = all->elements[step->element].key;
        if (step->process == process && !difference_ignores(comparing->differences, key, key))
            sequence_add(sequence, step, key);
    }
}

static void add_place(struct comparing *comparing, const struct sequence *sequence, size_t at)
{
    size_t before = sequence_anchor(sequence, at);

    buffer_add_text(&comparing->differences->scratch, before == ALIGN_NONE ? "first" : "after ");
    if (before != ALIGN_NONE)
        difference_add_name(
            comparing->differences,
            comparing->differences->all->elements[sequence->steps[before]->element].name);
}

static void report_moved(struct comparing *comparing, size_t a, size_t b)
{
    struct differences *differences = comparing->differences;
    const struct recorded_step *of_a = comparing->a.steps[a], *of_b = comparing->b.steps[b];
    const struct element *element = &differences->all->elements[of_b->element];
    uint32_t *said = tuple_map_at(&comparing->said, element->role, element->key, 0);
    struct difference *row;

    if ((*said)++ != 0)
        return;
    row = difference_add(differences, difference_section_of(comparing->stream), CHANGE_MOVED, true);
    row->role = element->role;
    row->name = element->name;
    row->a_place = of_a->item + 1;
    row->b_place = of_b->item + 1;
    row->a_ns = (double)of_a->net_ns;
    row->b_ns = (double)of_b->net_ns;
    buffer_add_text(&differences->scratch, "now ");
    add_place(comparing, &comparing->b, b);
    buffer_add_text(&differences->scratch, ", was ");
    add_place(comparing, &comparing->a, a);
    row->note = difference_text(differences);
}

static int compare_process(struct comparing *comparing, size_t process_a, size_t process_b,
                           struct trail_error *error)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;

    choose_steps(comparing, a, process_a);
    choose_steps(comparing, b, process_b);
    if (sequences_compare(a, b, error) != 0)
        return -1;
    for (size_t i = 0; i < b->count; i++)
        if (b->fates[i] == FATE_MOVED)
            report_moved(comparing, b->partners[i], i);
    return 0;
}

static int compare_stream(struct differences *differences, enum recorded_stream stream,
                          struct trail_error *error)
{
    const struct recording *a = &differences->all->items[differences->a->first],
                           *b = &differences->all->items[differences->b->first];
    struct comparing comparing = {.differences = differences, .stream = stream};
    int result = -1;

    if (sequence_init(&comparing.a, a, a->step_count[stream], error) == 0 &&
        sequence_init(&comparing.b, b, b->step_count[stream], error) == 0)
        result = stream == STREAM_PROCESSES
                     ? compare_process(&comparing, RECORDING_NONE, RECORDING_NONE, error)
                     : 0;
    for (size_t i = 0; i < a->process_count && result == 0 && stream != STREAM_PROCESSES; i++) {
        size_t other = recording_find_role(b, a->processes[i].role);
        if (other != RECORDING_NONE)
            result = compare_process(&comparing, i, other, error);
    }
    if (result == 0 && comparing.said.failed)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    sequence_release(&comparing.a);
    sequence_release(&comparing.b);
    tuple_map_release(&comparing.said);
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
