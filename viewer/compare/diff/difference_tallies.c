/* See difference_tallies.h. */
#include "difference_tallies.h"

#include "difference_identity.h"

#include <inttypes.h>

static void add_range(struct differences *differences, uint32_t *text, size_t least, size_t most)
{
    if (least == most)
        buffer_format(&differences->scratch, "%zu", most);
    else
        buffer_format(&differences->scratch, "%zu to %zu", least, most);
    *text = difference_text(differences);
}

/* The process of a role in one of a side's runs, or NULL. */
static const struct recorded_process *process_of(const struct side *side, size_t run, uint32_t role)
{
    const struct recording *recording = &side->all->items[side->first + run];
    size_t at = recording_find_role(recording, role);

    return at != RECORDING_NONE ? &recording->processes[at] : NULL;
}

/* How many more there may have been in a run: threads whose start was not seen. */
static size_t unseen(const struct side *side, const struct tally_class *class)
{
    size_t most = 0;

    for (size_t run = 0; run < side->count && class->stream == STREAM_THREADS; run++) {
        const struct recorded_process *process = process_of(side, run, class->role);
        if (process != NULL && process->unseen_threads > most)
            most = process->unseen_threads;
    }
    return most;
}

/* Why it failed, by the first run of the side that has it. */
static uint32_t failure_words(const struct side *side, uint32_t element_key)
{
    for (size_t run = 0; run < side->count; run++) {
        const struct recording *recording = &side->all->items[side->first + run];
        for (size_t i = 0; i < recording->step_count[STREAM_FAILURES]; i++) {
            const struct recorded_step *step = &recording->steps[STREAM_FAILURES][i];
            if (side->all->elements[step->element].key == element_key)
                return recording->failures[step->item].words;
        }
    }
    return TEXT_NONE;
}

/* One class; either may be NULL. */
static void compare_class(struct differences *differences, const struct tally_class *a,
                          const struct tally_class *b)
{
    const struct tally_class *any = a != NULL ? a : b;
    size_t least_a = a != NULL ? a->least : 0, most_a = a != NULL ? a->most : 0,
           least_b = b != NULL ? b->least : 0, most_b = b != NULL ? b->most : 0;
    struct difference *row;

    most_a += unseen(differences->a, any);
    most_b += unseen(differences->b, any);
    if (most_a >= least_b && most_b >= least_a)
        return; /* as often as the other side has it, too */
    if (difference_ignores(differences, any->key, any->key))
        return;
    row = difference_add(differences, difference_section_of(any->stream), CHANGE_ADDED, true);
    row->change = most_a == 0        ? CHANGE_ADDED
                  : most_b == 0      ? CHANGE_REMOVED
                  : most_a < least_b ? CHANGE_MORE
                                     : CHANGE_FEWER;
    row->role = any->role;
    row->name = any->key;
    row->a_runs = a != NULL ? a->runs : 0;
    row->b_runs = b != NULL ? b->runs : 0;
    add_range(differences, &row->a, least_a, most_a);
    add_range(differences, &row->b, least_b, most_b);
    if (any->stream == STREAM_FAILURES)
        row->note = failure_words(most_b > 0 ? differences->b : differences->a, any->key);
}

static void compare_tallies(struct differences *differences)
{
    const struct tally *a = &differences->tally_a, *b = &differences->tally_b;

    for (size_t i = 0; i < a->count; i++)
        compare_class(differences, &a->classes[i],
                      tally_class(b, a->classes[i].stream, a->classes[i].role, a->classes[i].key));
    for (size_t i = 0; i < b->count; i++)
        if (tally_class(a, b->classes[i].stream, b->classes[i].role, b->classes[i].key) == NULL)
            compare_class(differences, NULL, &b->classes[i]);
}

static uint32_t exit_of(struct differences *differences, const struct recorded_process *process)
{
    if (process->exit_signal != TEXT_NONE)
        return process->exit_signal;
    if (process->exit_code == RECORDING_UNKNOWN)
        return TEXT_NONE;
    if (process->exit_code > 0x3FFFFFFF)
        buffer_format(&differences->scratch, "0x%08" PRIx64, (uint64_t)process->exit_code);
    else
        buffer_format(&differences->scratch, "%" PRId64, process->exit_code);
    return difference_text(differences);
}

/*
 * What is the same for all runs of a side that have the process: its exit. TEXT_NONE if it varies.
 */
static uint32_t usual_exit(struct differences *differences, const struct side *side, uint32_t role)
{
    uint32_t usual = TEXT_NONE;

    for (size_t run = 0; run < side->count; run++) {
        const struct recorded_process *process = process_of(side, run, role);
        uint32_t exit = process != NULL ? exit_of(differences, process) : TEXT_NONE;
        if (process == NULL || exit == usual)
            continue;
        if (usual != TEXT_NONE || exit == TEXT_NONE)
            return TEXT_NONE;
        usual = exit;
    }
    return usual;
}

enum image_part { IMAGE_BUILD, IMAGE_PLACE, IMAGE_NAME };

/* Whether no run of a has the same as a run of b. */
static bool is_disjoint(const struct differences *differences, uint32_t role, enum image_part part)
{
    const struct recordings *all = differences->all;

    for (size_t i = 0; i < differences->a->count; i++) {
        const struct recorded_process *a = process_of(differences->a, i, role);
        for (size_t k = 0; k < differences->b->count; k++) {
            const struct recorded_process *b = process_of(differences->b, k, role);
            if (a == NULL || b == NULL || a->module == RECORDING_NONE ||
                b->module == RECORDING_NONE)
                continue;
            if (part == IMAGE_PLACE  ? a->place == b->place
                : part == IMAGE_NAME ? a->key == b->key
                                     : identity_equal(&all->modules[a->module].identity,
                                                      &all->modules[b->module].identity))
                return false;
        }
    }
    return true;
}

static struct difference *add_process_row(struct differences *differences,
                                          enum difference_section section,
                                          enum difference_change change,
                                          const struct recorded_process *process)
{
    struct difference *row = difference_add(differences, section, change, true);

    row->role = process->role;
    row->name = process->name;
    row->a_runs = differences->a->count;
    row->b_runs = differences->b->count;
    return row;
}

static void compare_image(struct differences *differences, const struct recorded_process *a,
                          const struct recorded_process *b)
{
    struct difference *row;

    if (a->module == RECORDING_NONE || b->module == RECORDING_NONE ||
        difference_ignores_module(differences, b->module))
        return;
    if (is_disjoint(differences, a->role, IMAGE_NAME)) {
        row = add_process_row(differences, SECTION_PROCESSES, CHANGE_REPLACED, b);
        row->a = a->name;
        row->b = b->name;
        row->note = text_pool_add_text(differences->all->texts, "another program");
        return;
    }
    if (is_disjoint(differences, a->role, IMAGE_BUILD))
        difference_identity_describe(
            differences, add_process_row(differences, SECTION_IDENTITY, CHANGE_REPLACED, b),
            a->module, b->module);
    if (is_disjoint(differences, a->role, IMAGE_PLACE)) {
        row = add_process_row(differences, SECTION_PATH, CHANGE_REPLACED, b);
        row->a = a->place;
        row->b = b->place;
    }
}

static void compare_processes(struct differences *differences)
{
    const struct recording *first = &differences->all->items[differences->a->first];

    for (size_t i = 0; i < first->process_count; i++) {
        const struct recorded_process *a = &first->processes[i],
                                      *b = process_of(differences->b, 0, a->role);
        uint32_t exit_a, exit_b;
        if (b == NULL)
            continue;
        compare_image(differences, a, b);
        exit_a = usual_exit(differences, differences->a, a->role);
        exit_b = usual_exit(differences, differences->b, a->role);
        if (exit_a != TEXT_NONE && exit_b != TEXT_NONE && exit_a != exit_b) {
            struct difference *row =
                add_process_row(differences, SECTION_PROCESSES, CHANGE_EXIT, b);
            row->a = exit_a;
            row->b = exit_b;
            row->note = text_pool_add_text(differences->all->texts, "exit");
        }
    }
}

int difference_tallies_find(struct differences *differences, struct trail_error *error)
{
    compare_processes(differences);
    compare_tallies(differences);
    return differences->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}
