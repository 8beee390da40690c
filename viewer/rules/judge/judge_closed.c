/* See scope.h: orders, closed. */
#include "scope.h"

#include "array.h"
#include "compare/order/asked.h"
#include "human.h"

#include <stdlib.h>

/* What one of the names stands for in the process at hand: its first load. */
struct closed_load {
    size_t by, load, name;
};

struct closing {
    struct judging *judging;
    const struct scope *scope;
    const struct closed_order *order;
    struct closed_load *loads; /* by who asked, then in order */
    size_t count;
    size_t *places; /* [name]: of it in `loads` + 1; 0: it is not there */
};

static int compare_loads(const void *left, const void *right)
{
    const struct closed_load *a = left, *b = right;

    if (a->by != b->by)
        return a->by < b->by ? -1 : 1;
    return a->load != b->load ? (a->load > b->load) - (a->load < b->load)
                              : (a->name > b->name) - (a->name < b->name);
}

/* Who asked for it; by rules that hold whoever did, that is one and the same. */
static size_t asked_by_of(const struct closed_order *order, const struct recording *run,
                          size_t load)
{
    const struct recorded_load *at = &run->loads[load];
    const struct recorded_step step = {.process = at->process, .thread = at->thread, .item = load};

    if (at->is_synthetic)
        return RECORDING_NONE;
    return order->is_asked ? asked_by(run, STREAM_LOADS, &step) : 0;
}

/* The first load of each name, if somebody asked for it. */
static int find_loads(struct closing *closing)
{
    const struct scope *scope = closing->scope;
    const struct pairs *names = &closing->order->of_subject;
    size_t kept = 0;

    for (size_t i = 0; i < scope->loads.count; i++) {
        size_t load = part_at(&scope->loads, i),
               subject = scope_subject(closing->judging, scope, load);
        for (size_t at = scope->first[subject] == load ? pairs_first(names, subject) : names->count;
             at < names->count && names->items[at].of == subject; at++) {
            size_t name = names->items[at].number;
            struct closed_load *loads = closing->loads;
            if (closing->places[name]++ != 0)
                continue;
            if ((loads = array_with_room(loads, closing->count, sizeof *loads)) == NULL)
                return -1;
            closing->loads = loads;
            loads[closing->count++] =
                (struct closed_load){asked_by_of(closing->order, scope->run, load), load, name};
        }
    }
    for (size_t i = 0; i < closing->count; i++) {
        closing->places[closing->loads[i].name] = 0;
        if (closing->loads[i].by != RECORDING_NONE)
            closing->loads[kept++] = closing->loads[i];
    }
    closing->count = kept;
    if (kept > 0)
        qsort(closing->loads, kept, sizeof *closing->loads, compare_loads);
    for (size_t i = 0; i < kept; i++)
        closing->places[closing->loads[i].name] = i + 1;
    return 0;
}

/* What --explain tells of the rules: how many pairs were judged, and the shortest time between. */
static void note_judged(const struct closing *closing)
{
    const struct closed_order *order = closing->order;

    for (size_t i = 0; i < closing->count; i++)
        for (size_t e = closed_order_first_edge(order, closing->loads[i].name);
             e < order->edge_count && order->edges[e].from == closing->loads[i].name; e++) {
            struct verdict *verdict = &closing->judging->judgement->verdicts[order->edges[e].rule];
            size_t to = closing->places[order->edges[e].to];
            int64_t apart;
            if (to == 0 || closing->loads[to - 1].by != closing->loads[i].by)
                continue;
            apart = closing->scope->run->loads[closing->loads[to - 1].load].t_ns -
                    closing->scope->run->loads[closing->loads[i].load].t_ns;
            verdict->judged++;
            if (verdict->worst == INT64_MIN || apart < verdict->worst)
                verdict->worst = apart;
        }
}

static void add_finding(const struct closing *closing, const struct moved_item *item)
{
    struct judging *judging = closing->judging;
    const struct scope *scope = closing->scope;
    size_t moved = closing->loads[closing->places[item->moved] - 1].load,
           other = closing->loads[closing->places[item->other] - 1].load,
           rule = item->was_before ? closed_order_rule(closing->order, item->moved, item->other)
                                   : closed_order_rule(closing->order, item->other, item->moved);
    const struct recorded_load *of_moved = &scope->run->loads[moved],
                               *of_other = &scope->run->loads[other];
    int64_t apart = of_moved->t_ns - of_other->t_ns;
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, of_moved->name));
    buffer_add_text(&message, " came ");
    if (apart != 0) {
        human_ms(&message, apart < 0 ? -apart : apart);
        buffer_add_text(&message, " ms ");
    }
    buffer_add_text(&message, item->was_before ? "after " : "before ");
    buffer_add_text(&message, judge_text(judging, of_other->name));
    buffer_add_text(&message, ": ");
    judge_add_where(judging, &message, scope, moved);
    buffer_add_text(&message, "; ");
    buffer_add_text(&message, judge_text(judging, of_other->name));
    buffer_add_text(&message, " at ");
    judge_add_where(judging, &message, scope, other);
    judge_add(judging, rule, scope, moved, &message, &hint);
}

static int judge_loads(struct closing *closing)
{
    const struct closed_order *order = closing->order;
    const struct order_relation relation = {order->closed, order->words, order->ranks};
    size_t *sequence = malloc((closing->count + 1) * sizeof *sequence), found_count = 0;
    struct moved_item *found = NULL;
    int result = sequence != NULL ? 0 : -1;

    for (size_t i = 0, end; i < closing->count && result == 0; i = end) {
        for (end = i; end < closing->count && closing->loads[end].by == closing->loads[i].by; end++)
            sequence[end - i] = closing->loads[end].name;
        result = breaks_find(&relation, sequence, end - i, &found, &found_count, NULL);
    }
    for (size_t i = 0; i < found_count && result == 0; i++)
        add_finding(closing, &found[i]);
    free(sequence);
    free(found);
    return result;
}

void judge_closed(struct judging *judging, size_t order, const struct scope *scope)
{
    struct closing closing = {.judging = judging,
                              .scope = scope,
                              .order = &judging->closed.items[order],
                              .places = judging->closed_places};

    if (find_loads(&closing) != 0 || judge_loads(&closing) != 0)
        judging->has_failed = true;
    if (closing.order->is_asked)
        note_judged(&closing);
    for (size_t i = 0; i < closing.count; i++)
        closing.places[closing.loads[i].name] = 0;
    free(closing.loads);
}
