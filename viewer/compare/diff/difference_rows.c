/* See difference_rows.h. */
#include "difference_rows.h"

#include "human.h"
#include "compare/order/statistics.h"

#include <math.h>
#include <string.h>

enum { CELLS_AT_MOST = 24 };

/* A row while it is printed: texts that are put together stand in the buffers. */
struct printing {
    const struct differences *differences;
    struct cell cells[CELLS_AT_MOST];
    size_t count;
    struct buffer change, runs_a, runs_b, note;
};

static void add(struct printing *printing, struct cell cell)
{
    printing->cells[printing->count++] = cell;
}

static void add_text(struct printing *printing, const char *text)
{
    add(printing, cell_text(text));
}

static void add_number(struct printing *printing, uint32_t text)
{
    add_text(printing, recordings_text(printing->differences->all, text));
}

static bool are_sets(const struct printing *printing)
{
    return printing->differences->a->count > 1 || printing->differences->b->count > 1;
}

static double change_of(const struct difference *row)
{
    return row->section == SECTION_TIME ? row->b_ns - row->a_ns : NAN;
}

static double percent_of(const struct difference *row)
{
    return row->a_ns > 0 ? change_of(row) / row->a_ns * 100 : NAN;
}

static const struct column data_columns[] = {
    {.name = "section"},
    {.name = "change"},
    {.name = "differs", .style = STYLE_COUNT},
    {.name = "process"},
    {.name = "name"},
    {.name = "a"},
    {.name = "b"},
    {.name = "a_place", .style = STYLE_COUNT},
    {.name = "b_place", .style = STYLE_COUNT},
    {.name = "a_runs", .style = STYLE_COUNT},
    {.name = "b_runs", .style = STYLE_COUNT},
    {.name = "a_ns", .style = STYLE_COUNT},
    {.name = "b_ns", .style = STYLE_COUNT},
    {.name = "a_held_ns", .style = STYLE_COUNT},
    {.name = "b_held_ns", .style = STYLE_COUNT},
    {.name = "change_ns", .style = STYLE_COUNT},
    {.name = "change_percent", .style = STYLE_PERCENT},
    {.name = "low_ns", .style = STYLE_COUNT},
    {.name = "high_ns", .style = STYLE_COUNT},
    {.name = "p"},
    {.name = "note"},
};
enum { DATA_COLUMNS = sizeof data_columns / sizeof data_columns[0] };

static void fill_data(struct printing *printing, const struct difference *row)
{
    bool in_sets = are_sets(printing);

    add_text(printing, difference_section_name(row->section));
    add_text(printing, difference_change_name(row->change));
    add(printing, cell_integer(row->differs));
    add_number(printing, row->role);
    add_number(printing, row->name);
    add_number(printing, row->a);
    add_number(printing, row->b);
    add(printing, cell_if(row->a_place > 0, (int64_t)row->a_place));
    add(printing, cell_if(row->b_place > 0, (int64_t)row->b_place));
    add(printing, cell_if(in_sets, (int64_t)row->a_runs));
    add(printing, cell_if(in_sets, (int64_t)row->b_runs));
    add(printing, cell_ns(row->a_ns));
    add(printing, cell_ns(row->b_ns));
    add(printing, cell_ns(row->a_held_ns));
    add(printing, cell_ns(row->b_held_ns));
    add(printing, cell_ns(change_of(row)));
    add(printing, cell_real(percent_of(row)));
    add(printing, cell_ns(row->low_ns));
    add(printing, cell_ns(row->high_ns));
    add(printing, cell_real(row->p));
    add_number(printing, row->note);
}

static const struct column human_columns[] = {
    {.name = "", .style = STYLE_KIND},
    {.name = "what"},
    {.name = "process", .flags = COLUMN_HIDE_EMPTY},
    {.name = "name", .style = STYLE_TITLE},
    {.name = "A #", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "B #", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "A runs", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "B runs", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "A ms", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "B ms", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {.name = "", .style = STYLE_WORDS, .flags = COLUMN_HIDE_EMPTY},
    {.name = "A", .style = STYLE_PATH, .flags = COLUMN_HIDE_EMPTY},
    {.name = "B", .style = STYLE_PATH, .flags = COLUMN_HIDE_EMPTY},
};

enum { NOTE_COLUMN = 10, ID_BYTES = 32, ID_SHOWN = 12 };
static const char hexadecimal[] = "0123456789abcdefABCDEF";

/* That a time is known of all runs goes without saying. */
static void add_runs(struct printing *printing, struct buffer *text, const struct difference *row,
                     size_t runs, size_t all)
{
    if (are_sets(printing) && (row->section != SECTION_TIME || runs < all))
        buffer_format(text, "%zu of %zu", runs, all);
    add_text(printing, buffer_text(text));
}

static void add_signed_duration(struct buffer *out, double ns)
{
    buffer_add_char(out, ns < 0 ? '-' : '+');
    human_duration(out, (int64_t)llround(fabs(ns)));
}

/* "+3.02 ms (+15.1 %), +2.7 ms to +3.3 ms, p 3e-07", or what speaks against a claim. */
static void describe_time(struct printing *printing, const struct difference *row)
{
    struct buffer *note = &printing->note;

    if (row->part != EVIDENCE_ALL)
        buffer_format(note, "the %s of two modes (%zu and %zu runs): ",
                      row->part == EVIDENCE_QUICK ? "quicker" : "slower", row->a_runs, row->b_runs);
    add_signed_duration(note, change_of(row));
    if (isfinite(percent_of(row)))
        buffer_format(note, " (%+.1f %%)", percent_of(row));
    if (row->differs) {
        buffer_add_text(note, ", ");
        add_signed_duration(note, row->low_ns);
        buffer_add_text(note, " to ");
        add_signed_duration(note, row->high_ns);
        buffer_format(note, ", p %.2g", row->p);
    } else if (isfinite(row->p)) {
        buffer_add_text(note, row->drifts ? ", no more than times drift within a side"
                              : row->p <= STATISTICS_TIME_ALPHA ? ", too small to matter"
                                                                : ", no evidence of a change");
        buffer_format(note, " (p %.2g)", row->p);
    }
}

static void add_note(struct printing *printing, const struct difference *row)
{
    if (row->section == SECTION_TIME)
        describe_time(printing, row);
    if (row->note != TEXT_NONE) {
        buffer_add_text(&printing->note, printing->note.length > 0 ? "; " : "");
        buffer_add_text(&printing->note, recordings_text(printing->differences->all, row->note));
    }
    add_text(printing, buffer_text(&printing->note));
}

/* Of two builds that are told apart by their beginnings, people are shown those. */
static void add_values(struct printing *printing, const struct difference *row)
{
    struct cell a = cell_text(recordings_text(printing->differences->all, row->a)),
                b = cell_text(recordings_text(printing->differences->all, row->b));

    if (row->section == SECTION_IDENTITY && a.length >= ID_BYTES && b.length >= ID_BYTES &&
        strspn(a.text, hexadecimal) >= ID_BYTES && strspn(b.text, hexadecimal) >= ID_BYTES &&
        memcmp(a.text, b.text, ID_SHOWN) != 0)
        a.length = b.length = ID_SHOWN;
    add(printing, a);
    add(printing, b);
}

static void fill_human(struct printing *printing, const struct difference *row)
{
    bool is_context = row->change == CHANGE_SAME || row->change == CHANGE_SKIPPED;

    if (row->change == CHANGE_SKIPPED) {
        buffer_format(&printing->change, "  ...");
        buffer_format(&printing->note, "%zu unchanged", row->a_place);
        for (size_t i = 0; i < sizeof human_columns / sizeof human_columns[0]; i++)
            add_text(printing, i == 0             ? buffer_text(&printing->change)
                               : i == NOTE_COLUMN ? buffer_text(&printing->note)
                                                  : "");
        return;
    }
    if (row->differs)
        buffer_format(&printing->change, "%c %s", difference_change_sign(row->change),
                      difference_change_name(row->change));
    add_text(printing, buffer_text(&printing->change));
    add_text(printing, is_context ? "" : difference_section_name(row->section));
    add_number(printing, row->role);
    add_number(printing, row->name);
    add(printing, cell_if(row->a_place > 0, (int64_t)row->a_place));
    add(printing, cell_if(row->b_place > 0, (int64_t)row->b_place));
    add_runs(printing, &printing->runs_a, row, row->a_runs, printing->differences->a->count);
    add_runs(printing, &printing->runs_b, row, row->b_runs, printing->differences->b->count);
    add(printing, cell_ns(row->a_ns));
    add(printing, cell_ns(row->b_ns));
    add_note(printing, row);
    add_values(printing, row);
}

static void clear(struct printing *printing)
{
    printing->count = 0;
    buffer_clear(&printing->change);
    buffer_clear(&printing->runs_a);
    buffer_clear(&printing->runs_b);
    buffer_clear(&printing->note);
}

static int print_row(struct printing *printing, const struct difference *row, struct output *output,
                     struct trail_error *error)
{
    bool is_context = row->change == CHANGE_SAME || row->change == CHANGE_SKIPPED;

    if (output->format->is_for_people ? row->change == CHANGE_CONCURRENT : is_context)
        return 0;
    clear(printing);
    if (output->format->is_for_people)
        fill_human(printing, row);
    else
        fill_data(printing, row);
    return output_row(output, printing->cells, error);
}

/* A sentence is a row that has nothing else. */
static int print_sentence(struct printing *printing, const char *sentence, size_t length,
                          struct output *output, struct trail_error *error)
{
    const struct cell nothing = {.type = CELL_NULL},
                      words = {.type = CELL_TEXT, .text = sentence, .length = length};

    clear(printing);
    add_text(printing, "answer");
    add_text(printing, "said");
    add(printing, cell_integer(0));
    while (printing->count < DATA_COLUMNS - 1)
        add(printing, nothing);
    add(printing, words);
    return output_row(output, printing->cells, error);
}

static int print_answer(struct printing *printing, const char *answer, struct output *output,
                        struct trail_error *error)
{
    int result = 0;

    for (size_t length; *answer != '\0' && result == 0; answer += length + 1) {
        length = strcspn(answer, "\n");
        result = print_sentence(printing, answer, length, output, error);
    }
    return result;
}

int difference_rows_print(const struct differences *differences, const char *answer,
                          struct output *output, struct trail_error *error)
{
    struct printing printing = {.differences = differences};
    const struct column *columns = output->format->is_for_people ? human_columns : data_columns;
    size_t count = output->format->is_for_people ? sizeof human_columns / sizeof human_columns[0]
                                                 : DATA_COLUMNS;
    int result = output_begin(output, columns, count, error);

    if (result == 0 && !output->format->is_for_people)
        result = print_answer(&printing, answer, output, error);
    for (size_t i = 0; i < differences->count && result == 0; i++)
        result = print_row(&printing, &differences->items[i], output, error);
    if (output_end(output, result == 0 ? error : NULL) != 0)
        result = -1;
    buffer_release(&printing.change);
    buffer_release(&printing.runs_a);
    buffer_release(&printing.runs_b);
    buffer_release(&printing.note);
    return result;
}
