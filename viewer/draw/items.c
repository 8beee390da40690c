/* See items.h. */
#include "items.h"

#include <stdlib.h>
#include <string.h>

/* What takes less of what is looked at than one of so many parts is too short to be seen. */
enum { VISIBLE_PARTS = 500 };

bool items_in_range(const struct lanes *lanes, int64_t t_ns, int64_t end_ns)
{
    return t_ns <= lanes->to_ns && end_ns >= lanes->from_ns;
}

size_t items_process_end(const struct items *items, size_t first)
{
    size_t at = first;

    while (at < items->count && items->list[at].process == items->list[first].process)
        at++;
    return at;
}

static int by_process_and_time(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    if (a->t_ns != b->t_ns)
        return a->t_ns < b->t_ns ? -1 : 1;
    if (a->count != 0 && b->count != 0 && a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->count == 0) - (b->count == 0);
}

/* Loads without length go with the load behind them: they came to be known at one stop. */
static bool joins_next(const struct lane_bar *bar)
{
    return bar->what == LANE_LOAD && bar->end_ns == bar->t_ns && bar[1].what == LANE_LOAD;
}

static void add_bars(struct items *items, const struct lanes *lanes, size_t process)
{
    size_t at = lanes->processes[process].first_bar, end = at + lanes->processes[process].bar_count;

    for (size_t first; at < end; at++) {
        for (first = at; at + 1 < end && joins_next(&lanes->bars[at]);)
            at++;
        if (lanes->bars[at].what == LANE_EXIT ||
            !items_in_range(lanes, lanes->bars[first].t_ns, lanes->bars[at].end_ns))
            continue;
        items->list[items->count++] = (struct item){
            .t_ns = lanes->bars[first].t_ns,
            .end_ns = lanes->bars[at].end_ns,
            .process = process,
            .first = first,
            .count = at + 1 - first,
            .is_marked = lanes->bars[at].what == LANE_FAILED || lanes->bars[at].what == LANE_MARK,
        };
    }
}

static int collect(struct items *items, const struct lanes *lanes)
{
    items->list = calloc(lanes->bar_count + lanes->exception_count + 1, sizeof *items->list);
    items->shown = calloc(lanes->process_count + 1, sizeof *items->shown);
    items->listed = calloc(lanes->process_count + 1, sizeof *items->listed);
    if (items->list == NULL || items->shown == NULL || items->listed == NULL)
        return -1;
    for (size_t i = 0; i < lanes->process_count; i++)
        add_bars(items, lanes, i);
    for (size_t i = 0; i < lanes->exception_count; i++)
        if (items_in_range(lanes, lanes->exceptions[i].t_ns, lanes->exceptions[i].t_ns))
            items->list[items->count++] = (struct item){
                .t_ns = lanes->exceptions[i].t_ns,
                .end_ns = lanes->exceptions[i].t_ns,
                .process = lanes->exceptions[i].process,
                .first = i,
                .is_marked = true,
            };
    qsort(items->list, items->count, sizeof *items->list, by_process_and_time);
    return 0;
}

/* A process and how much it stands out. */
struct candidate {
    size_t process;
    int64_t weight;
};

static int by_weight(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (a->process > b->process) - (a->process < b->process);
}

/* The first one, some that failed, and the longest. */
static int choose_processes(struct items *items, const struct lanes *lanes, size_t at_most)
{
    struct candidate *candidates = calloc(lanes->process_count + 1, sizeof *candidates);
    size_t failed = at_most / 3;

    if (candidates == NULL)
        return -1;
    for (size_t i = 0; i < lanes->process_count; i++) {
        const struct lane_process *process = &lanes->processes[i];
        candidates[i].process = i;
        candidates[i].weight = process->end_ns - process->t_ns;
        if (i == 0)
            candidates[i].weight = INT64_MAX;
        else if (process->has_failed && failed > 0 && failed-- > 0)
            candidates[i].weight = INT64_MAX - 1;
    }
    qsort(candidates, lanes->process_count, sizeof *candidates, by_weight);
    for (size_t i = 0; i < lanes->process_count && i < at_most; i++, items->shown_count++)
        items->shown[candidates[i].process] = true;
    free(candidates);
    return 0;
}

/*
 * How many rows the items take: of a process in which nothing is picked none, else one for each
 * picked item and for those between, too.
 */
static size_t rows_of(const struct items *items)
{
    size_t rows = 0;

    for (size_t first = 0, end; first < items->count; first = end) {
        size_t picked = 0, folds = 0;
        end = items_process_end(items, first);
        for (size_t i = first; i < end; i++) {
            picked += items->list[i].is_picked;
            folds += !items->list[i].is_picked && (i == first || items->list[i - 1].is_picked);
        }
        rows += picked > 0 ? picked + folds : 0;
    }
    return rows;
}

/* What is marked comes before all that is not. */
static int longest_first(const void *left, const void *right)
{
    const struct item *a = *(struct item *const *)left, *b = *(struct item *const *)right;
    int64_t a_ns = a->end_ns - a->t_ns, b_ns = b->end_ns - b->t_ns;

    if (a->is_marked != b->is_marked)
        return a->is_marked ? -1 : 1;
    if (a_ns != b_ns)
        return a_ns > b_ns ? -1 : 1;
    return (a > b) - (a < b);
}

/* Picks the first `count` of an order, and no others. */
static void pick(struct item **order, size_t all, size_t count)
{
    for (size_t i = 0; i < all; i++)
        order[i]->is_picked = i < count;
}

/*
 * Which items may be picked: of those that are marked no more than for a third of the rows, of the
 * others what can be seen, if there are too many.
 */
static size_t list_candidates(const struct items *items, size_t rows, int64_t shortest_ns,
                              struct item **order)
{
    size_t count = 0, marked = 0, all = 0;

    for (size_t i = 0; i < items->count; i++)
        all += items->shown[items->list[i].process];
    for (size_t i = 0; i < items->count; i++) {
        struct item *item = &items->list[i];
        if (items->shown[item->process] &&
            (item->is_marked ? marked++ < rows / 3
                             : all <= rows || item->end_ns - item->t_ns >= shortest_ns))
            order[count++] = item;
    }
    return count;
}

static int choose_items(struct items *items, const struct lanes *lanes, size_t rows)
{
    struct item **order = calloc(items->count + 1, sizeof *order);
    size_t count, low = 0, high;

    if (order == NULL)
        return -1;
    count = list_candidates(items, rows, (lanes->to_ns - lanes->from_ns) / VISIBLE_PARTS, order);
    qsort(order, count, sizeof *order, longest_first);
    for (high = count < rows ? count : rows; low < high;) {
        size_t middle = low + (high - low + 1) / 2;
        pick(order, count, middle);
        if (rows_of(items) <= rows)
            low = middle;
        else
            high = middle - 1;
    }
    pick(order, count, low);
    free(order);
    return 0;
}

/* An item alone between two picked ones takes the row that it would be folded into. */
static void unfold_single_items(struct items *items, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if ((i == first || items->list[i - 1].is_picked) &&
            (i + 1 == end || items->list[i + 1].is_picked))
            items->list[i].is_picked = true;
}

/*
 * Processes with a picked item list their items; where all processes are shown, others do, too,
 * while there is a row left for each.
 */
static void list_items(struct items *items, const struct lanes *lanes, size_t rows)
{
    size_t left = items->shown_count == lanes->process_count ? rows - rows_of(items) : 0;

    for (size_t first = 0, end; first < items->count; first = end) {
        bool *listed = &items->listed[items->list[first].process];
        end = items_process_end(items, first);
        for (size_t i = first; i < end; i++)
            *listed |= items->list[i].is_picked;
        if (!*listed && items->shown[items->list[first].process] && left > 0) {
            *listed = true;
            left--;
        }
        if (*listed)
            unfold_single_items(items, first, end);
    }
}

int items_choose(struct items *items, const struct lanes *lanes, size_t rows)
{
    size_t lanes_at_most = lanes->process_count <= rows / 2 ? rows / 2 : rows * 2 / 3;

    memset(items, 0, sizeof *items);
    if (collect(items, lanes) != 0 || choose_processes(items, lanes, lanes_at_most) != 0 ||
        choose_items(items, lanes, rows - items->shown_count) != 0)
        return -1;
    list_items(items, lanes, rows - items->shown_count);
    return 0;
}

void items_release(struct items *items)
{
    free(items->list);
    free(items->shown);
    free(items->listed);
    memset(items, 0, sizeof *items);
}
