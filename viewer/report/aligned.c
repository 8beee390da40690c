/* See aligned.h. */
#include "aligned.h"

#include "compare/match/sequence.h"
#include "compare/model/grouped.h"
#include "table.h"

#include <stdlib.h>

struct aligning {
    struct page *page;
    const struct recordings *all;
    struct sequence sequences[2];
    struct grouped groups[2]; /* the steps of each run, by process */
};

static const struct column columns[] = {
    {.name = "", .style = STYLE_KIND, .flags = COLUMN_HIDE_EMPTY},
    {.name = "process", .flags = COLUMN_HIDE_EMPTY},
    {.name = "A #", .style = STYLE_COUNT},
    {.name = "A ms", .style = STYLE_MS},
    {.name = "A", .style = STYLE_TITLE},
    {.name = "B", .style = STYLE_TITLE},
    {.name = "B ms", .style = STYLE_MS},
    {.name = "B #", .style = STYLE_COUNT},
    {.name = "elsewhere", .flags = COLUMN_HIDE_EMPTY},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static size_t process_of(const void *recording, size_t step)
{
    return ((const struct recording *)recording)->steps[STREAM_LOADS][step].process;
}

/* The three cells of a side, of which B's are the other way round. */
static void fill_side(struct aligning *aligning, size_t side, size_t at, struct cell *cells)
{
    const struct sequence *sequence = &aligning->sequences[side];
    const struct cell none = {.type = CELL_NULL};
    size_t item = at != ALIGN_NONE ? sequence->steps[at]->item : 0;
    const struct recorded_load *load = &sequence->recording->loads[item];

    cells[side == 0 ? 0 : 2] = at != ALIGN_NONE ? cell_integer((int64_t)item + 1) : none;
    cells[1] = at != ALIGN_NONE ? cell_integer(load->net_ns) : none;
    cells[side == 0 ? 2 : 0] =
        at != ALIGN_NONE ? cell_text(recordings_text(aligning->all, load->name)) : none;
}

/* A row of what stands at these places, either of which may be ALIGN_NONE. */
static int add_row(struct aligning *aligning, uint32_t role, size_t a, size_t b,
                   struct trail_error *error)
{
    const struct sequence *one = &aligning->sequences[a == ALIGN_NONE],
                          *other = &aligning->sequences[a != ALIGN_NONE];
    size_t at = a != ALIGN_NONE ? a : b, partner = one->partners[at];
    bool is_pair = a != ALIGN_NONE && b != ALIGN_NONE, is_elsewhere = partner != ALIGN_NONE;
    struct cell cells[COLUMNS] = {
        cell_text(is_pair || one->statuses[at] == STEP_CONCURRENT ? ""
                  : is_elsewhere                                  ? "> moved"
                  : a != ALIGN_NONE                               ? "- removed"
                                                                  : "+ added"),
        cell_text(recordings_text(aligning->all, role)),
    };
    char elsewhere[80] = "";

    fill_side(aligning, 0, a, cells + 2);
    fill_side(aligning, 1, b, cells + 5);
    if (!is_pair && is_elsewhere)
        snprintf(elsewhere, sizeof elsewhere, "%s #%zu%s", a != ALIGN_NONE ? "B" : "A",
                 other->steps[partner]->item + 1,
                 one->statuses[at] == STEP_CONCURRENT ? ", threads ran at the same time" : "");
    cells[COLUMNS - 1] = cell_text(elsewhere);
    return output_row(&aligning->page->output, cells, error);
}

/* Whether a step stands at the same place on both sides: pairs of those never cross. */
static bool stays(const struct sequence *sequence, size_t at)
{
    return sequence->statuses[at] == STEP_SAME || sequence->statuses[at] == STEP_CHANGED;
}

/* Goes along both: what only one has, or has elsewhere, stands before the next that both have. */
static int add_rows(struct aligning *aligning, uint32_t role, struct trail_error *error)
{
    const struct sequence *a = &aligning->sequences[0], *b = &aligning->sequences[1];
    size_t at_a = 0, at_b = 0;
    int result = 0;

    while (result == 0 && (at_a < a->count || at_b < b->count)) {
        if (at_a < a->count && !stays(a, at_a))
            result = add_row(aligning, role, at_a++, ALIGN_NONE, error);
        else if (at_b < b->count && !stays(b, at_b))
            result = add_row(aligning, role, ALIGN_NONE, at_b++, error);
        else if (at_a < a->count && at_b < b->count)
            result = add_row(aligning, role, at_a++, at_b++, error);
        else if (at_a < a->count)
            result = add_row(aligning, role, at_a++, ALIGN_NONE, error);
        else
            result = add_row(aligning, role, ALIGN_NONE, at_b++, error);
    }
    return result;
}

static void fill_sequence(struct aligning *aligning, size_t side, size_t process)
{
    struct sequence *sequence = &aligning->sequences[side];
    const struct recording *recording = sequence->recording;
    const struct part part = grouped_part(&aligning->groups[side], process);

    sequence->count = 0;
    for (size_t i = 0; i < part.count; i++) {
        const struct recorded_step *step = &recording->steps[STREAM_LOADS][part.items[i]];
        sequence_add(sequence, step, recording->loads[step->item].key);
    }
}

static int add_processes(struct aligning *aligning, struct trail_error *error)
{
    const struct recording *a = aligning->sequences[0].recording,
                           *b = aligning->sequences[1].recording;
    int result = output_begin(&aligning->page->output, columns, COLUMNS, error);

    for (size_t i = 0; i < a->process_count && result == 0; i++) {
        size_t other = recording_find_role(b, a->processes[i].role);
        if (other == RECORDING_NONE)
            continue;
        fill_sequence(aligning, 0, i);
        fill_sequence(aligning, 1, other);
        result = sequences_compare(&aligning->sequences[0], &aligning->sequences[1], error);
        if (result == 0)
            result = add_rows(aligning, a->processes[i].role, error);
    }
    return output_end(&aligning->page->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int prepare(struct aligning *aligning, size_t side, const struct recording *recording,
                   struct trail_error *error)
{
    if (grouped_init(&aligning->groups[side], recording->process_count,
                     recording->step_count[STREAM_LOADS], process_of, recording) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    return sequence_init(&aligning->sequences[side], recording, recording->load_count, error);
}

int aligned_write(struct page *page, const struct recordings *all, const struct recording *a,
                  const struct recording *b, struct trail_error *error)
{
    static const struct table_words words = {
        "aligned", "Side by side",
        "The loads of both in their order, process by process, with times without what the "
        "recorder held the target for.",
        "There is nothing to align.", "trailview diff"};
    struct aligning aligning = {.page = page, .all = all};
    int result = -1;

    if (prepare(&aligning, 0, a, error) == 0 && prepare(&aligning, 1, b, error) == 0) {
        table_prepare(page, &words);
        result = add_processes(&aligning, error);
    }
    for (int i = 0; i < 2; i++) {
        grouped_release(&aligning.groups[i]);
        sequence_release(&aligning.sequences[i]);
    }
    return result;
}
