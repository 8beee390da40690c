/* See difference_order.h. */
#include "difference_order.h"

#include "array.h"

#include "compare/order/statistics.h"

#include <stdlib.h>

/* A step that some runs have elsewhere. */
struct offender {
    struct order_break first; /* as its first run had it */
    size_t runs, present;     /* how many runs that were, of those that have it */
    size_t last_run;
};

struct checking {
    struct differences *differences;
    const struct side *learned, *checked;
    const struct order *order;
    enum recorded_stream stream;
    struct offender *offenders;
    size_t count;
    size_t run; /* of the checked ones, from 1 */
    /*
     * element -> position + 1, and so for two that changed places: which of them moved is chance;
     * (element, 1) -> in how many of the checked runs
     */
    struct tuple_map index;
};

/* The n-th of its kind is the same thing in two runs only if both have as many. */
static bool is_steady(const struct differences *differences, const struct element *element)
{
    const struct tally_class *a =
        tally_class(&differences->tally_a, element->stream, element->role, element->key);
    const struct tally_class *b =
        tally_class(&differences->tally_b, element->stream, element->role, element->key);

    return a != NULL && b != NULL && a->least == a->most && b->least == b->most &&
           a->most == b->most;
}

static bool is_ignored(const struct checking *checking, uint32_t number)
{
    const struct element *element = &checking->differences->all->elements[number];
    const struct side_module *module;

    if (checking->stream != STREAM_LOADS)
        return difference_ignores(checking->differences, element->key, element->key) ||
               !is_steady(checking->differences, element);
    module = side_module(checking->learned, element->role, element->key);
    return module != NULL &&
           difference_ignores_module(checking->differences, module->variants[0].module);
}

static int take_break(struct checking *checking, const struct order_break *broken)
{
    uint32_t least = broken->moved < broken->other ? broken->moved : broken->other,
             most = least == broken->moved ? broken->other : broken->moved, position;
    struct offender *offenders;

    if (is_ignored(checking, broken->moved) || is_ignored(checking, broken->other))
        return 0;
    if ((position = tuple_map_find(&checking->index, least, most, 2)) == 0)
        position = tuple_map_find(&checking->index, broken->moved, 0, 0);
    if (position != 0) {
        struct offender *offender = &checking->offenders[position - 1];
        offender->runs += offender->last_run != checking->run;
        offender->last_run = checking->run;
        return 0;
    }
    offenders = array_with_room(checking->offenders, checking->count, sizeof *offenders);
    if (offenders == NULL)
        return -1;
    checking->offenders = offenders;
    offenders[checking->count++] = (struct offender){*broken, 1, 0, checking->run};
    *tuple_map_at(&checking->index, broken->moved, 0, 0) = (uint32_t)checking->count;
    *tuple_map_at(&checking->index, least, most, 2) = (uint32_t)checking->count;
    return 0;
}

static int check_run(struct checking *checking, const struct recording *recording,
                     struct trail_error *error)
{
    struct order_break *breaks;
    size_t count;
    int result = 0;

    if (order_check(checking->order, recording, &breaks, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count && result == 0; i++)
        result = take_break(checking, &breaks[i]);
    free(breaks);
    for (size_t i = 0; i < recording->step_count[checking->stream]; i++)
        ++*tuple_map_at(&checking->index, recording->steps[checking->stream][i].element, 1, 0);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static void report(struct checking *checking, const struct offender *offender)
{
    struct differences *differences = checking->differences;
    const struct order_break *broken = &offender->first;
    bool learned_from_a = checking->learned == differences->a;
    /*
     * What b does now: as the checked side does, or the other way round if the checked side is a.
     */
    bool now_before = learned_from_a ? !broken->was_before : broken->was_before;
    double p = statistics_fisher(0, broken->runs, offender->runs, offender->present);
    struct difference *row;

    if (offender->runs < offender->present && p > STATISTICS_ALPHA / 10)
        return; /* now and then: not what the side always does */
    row = difference_add(differences, difference_section_of(checking->stream), CHANGE_MOVED, true);
    row->role = differences->all->elements[broken->moved].role;
    row->name = differences->all->elements[broken->moved].name;
    row->a_runs = learned_from_a ? broken->runs : offender->runs;
    row->b_runs = learned_from_a ? offender->runs : broken->runs;
    buffer_format(&differences->scratch, "now %s ", now_before ? "before" : "after");
    difference_add_name(differences, differences->all->elements[broken->other].name);
    buffer_format(&differences->scratch, ", always %s it in %s (%s)",
                  now_before ? "after" : "before", learned_from_a ? "A" : "B",
                  order_reason(checking->order));
    if (broken->pairs > 1)
        buffer_format(&differences->scratch, "; breaks %zu learned pairs", broken->pairs);
    row->note = difference_text(differences);
}

static int check_stream(struct checking *checking, struct trail_error *error)
{
    int result = 0;

    for (size_t i = 0; i < checking->checked->count && result == 0; i++) {
        checking->run = i + 1;
        result = check_run(checking,
                           &checking->differences->all->items[checking->checked->first + i], error);
    }
    for (size_t i = 0; i < checking->count && result == 0; i++) {
        checking->offenders[i].present =
            tuple_map_find(&checking->index, checking->offenders[i].first.moved, 1, 0);
        report(checking, &checking->offenders[i]);
    }
    checking->differences->failed |= checking->index.failed;
    free(checking->offenders);
    tuple_map_release(&checking->index);
    return result;
}

/* The order of loads is learned already. */
static int learn_and_check(struct differences *differences, const struct side *learned,
                           const struct side *checked, enum recorded_stream stream,
                           struct trail_error *error)
{
    struct order *order =
        order_learn(differences->all, stream, learned->first, learned->count, error);
    struct checking checking = {.differences = differences,
                                .learned = learned,
                                .checked = checked,
                                .order = order,
                                .stream = stream};
    int result = order == NULL ? -1 : check_stream(&checking, error);

    order_free(order);
    return result;
}

int difference_order_find(struct differences *differences, struct trail_error *error)
{
    const bool *only = differences->options->only;
    bool is_from_a = differences->a->count >= ORDER_RUNS_AT_LEAST;
    const struct side *learned = is_from_a ? differences->a : differences->b,
                      *checked = is_from_a ? differences->b : differences->a;
    struct checking loads = {.differences = differences,
                             .learned = learned,
                             .checked = checked,
                             .order = learned->order};

    if (learned->count < ORDER_RUNS_AT_LEAST)
        return 0; /* the command says that there are too few runs */
    if ((only[SECTION_ORDER] && check_stream(&loads, error) != 0) ||
        (only[SECTION_EXCEPTIONS] &&
         learn_and_check(differences, learned, checked, STREAM_EXCEPTIONS, error) != 0))
        return -1;
    return only[SECTION_OUTPUT]
               ? learn_and_check(differences, learned, checked, STREAM_OUTPUT, error)
               : 0;
}
