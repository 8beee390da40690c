/* See difference_tallies.h. */
#include "difference_tallies.h"

#include "compare/match/arguments.h"
#include "compare/order/statistics.h"
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

/* Which process of a side's runs made that of a role, in the first one that has it. */
static uint32_t parent_role(const struct side *side, uint32_t role)
{
    for (size_t run = 0; run < side->count; run++) {
        const struct recorded_process *process = process_of(side, run, role);
        if (process != NULL)
            return process->parent != RECORDING_NONE
                       ? side->all->items[side->first + run].processes[process->parent].role
                       : TEXT_NONE;
    }
    return TEXT_NONE;
}

/* Whether a process is missing on one side altogether, of which that alone is said. */
static bool is_missing(const struct differences *differences, uint32_t role)
{
    return (tally_role_runs(&differences->tally_a, role) == 0 ||
            tally_role_runs(&differences->tally_b, role) == 0) &&
           differences->options->only[SECTION_PROCESSES];
}

/* Of a process that is missing its children are, too, and what it did. */
static bool is_said_already(const struct differences *differences, const struct tally_class *class)
{
    if (class->stream != STREAM_PROCESSES)
        return is_missing(differences, class->role);
    return is_missing(differences, class->key) &&
           is_missing(differences,
                      parent_role(tally_role_runs(&differences->tally_a, class->key) > 0
                                      ? differences->a
                                      : differences->b,
                                  class->key));
}

/* Whether one side has a process much more often than the other, of so many processes. */
static bool is_more_often(const struct differences *differences, const struct tally_class *a,
                          const struct tally_class *b)
{
    const struct tally_class *any = a != NULL ? a : b;
    double p;

    if (any->stream != STREAM_PROCESSES)
        return false;
    p = statistics_fisher(a != NULL ? a->runs : 0, differences->a->count, b != NULL ? b->runs : 0,
                          differences->b->count);
    return p * (double)(differences->tally_a.count + differences->tally_b.count) <=
           STATISTICS_ALPHA;
}

/* What made it, and how: more than its name tells. */
static uint32_t command_line_of(struct differences *differences, const struct side *side,
                                uint32_t role)
{
    for (size_t run = 0; run < side->count; run++) {
        const struct recorded_process *process = process_of(side, run, role);
        if (process == NULL || process->command_line == TEXT_NONE)
            continue;
        buffer_add_text(&differences->scratch, "its command line: ");
        difference_add_name(differences, process->command_line);
        return difference_text(differences);
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
    if (most_a >= least_b && most_b >= least_a && !is_more_often(differences, a, b))
        return; /* as often as the other side has it, too */
    if (difference_ignores(differences, any->key, any->key) || is_said_already(differences, any))
        return;
    row = difference_add(differences, difference_section_of(any->stream), CHANGE_ADDED, true);
    row->change = most_a == 0                           ? CHANGE_ADDED
                  : most_b == 0                         ? CHANGE_REMOVED
                  : least_a + most_a < least_b + most_b ? CHANGE_MORE
                                                        : CHANGE_FEWER;
    row->role = any->role;
    row->name = any->key;
    row->a_runs = a != NULL ? a->runs : 0;
    row->b_runs = b != NULL ? b->runs : 0;
    add_range(differences, &row->a, least_a, most_a);
    add_range(differences, &row->b, least_b, most_b);
    if (any->stream == STREAM_FAILURES)
        row->note = failure_words(most_b > 0 ? differences->b : differences->a, any->key);
    if (any->stream == STREAM_PROCESSES)
        row->note =
            command_line_of(differences, most_b > 0 ? differences->b : differences->a, any->key);
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

/* What the arguments of a role have in common in all runs of a side that have it. */
static uint32_t usual_arguments(const struct side *side, uint32_t role)
{
    uint32_t usual = TEXT_NONE;
    bool is_first = true;

    for (size_t run = 0; run < side->count; run++) {
        const struct recorded_process *process = process_of(side, run, role);
        if (process == NULL)
            continue;
        usual =
            is_first ? process->arguments : arguments_common(side->all, usual, process->arguments);
        is_first = false;
    }
    return usual;
}

static void compare_arguments(struct differences *differences, const struct recorded_process *a,
                              const struct recorded_process *b)
{
    uint32_t of_a = usual_arguments(differences->a, a->role),
             of_b = usual_arguments(differences->b, a->role);
    struct difference *row;

    if (a->command_line == TEXT_NONE || b->command_line == TEXT_NONE ||
        !arguments_differ(differences->all, of_a, of_b))
        return;
    row = add_process_row(differences, SECTION_PROCESSES, CHANGE_REPLACED, b);
    row->a = of_a;
    row->b = of_b;
    row->note = text_pool_add_text(differences->all->texts, "other arguments");
}

/* The process of a role in the first run of a side that has it, or NULL. */
static const struct recorded_process *first_process(const struct side *side, uint32_t role)
{
    const struct recorded_process *process = NULL;

    for (size_t run = 0; run < side->count && process == NULL; run++)
        process = process_of(side, run, role);
    return process;
}

static void compare_process(struct differences *differences, uint32_t role)
{
    const struct recorded_process *a = first_process(differences->a, role),
                                  *b = first_process(differences->b, role);
    uint32_t exit_a, exit_b;

    if (a == NULL || b == NULL)
        return;
    compare_image(differences, a, b);
    if (differences->options->only[SECTION_PROCESSES] && a->key == b->key)
        compare_arguments(differences, a, b);
    exit_a = usual_exit(differences, differences->a, a->role);
    exit_b = usual_exit(differences, differences->b, a->role);
    if (exit_a != TEXT_NONE && exit_b != TEXT_NONE && exit_a != exit_b) {
        struct difference *row = add_process_row(differences, SECTION_PROCESSES, CHANGE_EXIT, b);
        row->a = exit_a;
        row->b = exit_b;
        row->note = text_pool_add_text(differences->all->texts, "exit");
    }
}

static void compare_processes(struct differences *differences)
{
    const struct tally *tally = &differences->tally_a;

    compare_process(differences, TEXT_NONE);
    for (size_t i = 0; i < tally->count; i++)
        if (tally->classes[i].stream == STREAM_PROCESSES)
            compare_process(differences, tally->classes[i].key);
}

int difference_tallies_find(struct differences *differences, struct trail_error *error)
{
    compare_processes(differences);
    compare_tallies(differences);
    return differences->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}
