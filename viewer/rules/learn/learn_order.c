/*
 * See learning.h: the learned order as lines, without what follows from others: a check judges them
 * closed. So nothing may follow that a run speaks against, as where two modules swap places when
 * one between them is absent.
 */
#include "compare/model/bits.h"
#include "compare/order/breaks.h"
#include "learning.h"
#include "rules/write.h"

#include <stdlib.h>
#include <string.h>

/* Rows of modules b: the sets of those a that hold for (a, b). */
struct relation {
    size_t count, words;
    uint64_t *before;   /* a comes before b */
    uint64_t *possible; /* or no run speaks against it */
    uint64_t *closed;   /* it is written, or follows from what is */
    size_t *sorted, sorted_count;
};

/* In every role that has both, and there is one; or in none a run speaks against it. */
static void compare(const struct learned_scope *scope, const struct learned_module *a,
                    const struct learned_module *b, bool *is_before, bool *is_possible)
{
    const struct order *order = scope->side->order;

    *is_before = false;
    *is_possible = true;
    for (size_t i = 0, k = 0; i < a->role_count && k < b->role_count;) {
        const struct side_module *of_a = a->of_roles[i], *of_b = b->of_roles[k];
        i += of_a->role <= of_b->role;
        k += of_b->role <= of_a->role;
        if (of_a->role != of_b->role || of_a->element == UINT32_MAX || of_b->element == UINT32_MAX)
            continue;
        *is_possible &= order_allows(order, of_a->element, of_b->element);
        *is_before = *is_possible && (*is_before || order_has(order, of_a->element, of_b->element));
    }
}

static int relate(const struct learned_scope *scope, struct relation *relation)
{
    size_t cells = scope->module_count * bits_words(scope->module_count) + 1;

    relation->count = scope->module_count;
    relation->words = bits_words(relation->count);
    relation->before = calloc(cells, sizeof *relation->before);
    relation->possible = calloc(cells, sizeof *relation->possible);
    relation->closed = calloc(cells, sizeof *relation->closed);
    relation->sorted = calloc(relation->count + 1, sizeof *relation->sorted);
    if (relation->before == NULL || relation->possible == NULL || relation->closed == NULL ||
        relation->sorted == NULL)
        return -1;
    for (size_t a = 0; a < relation->count; a++)
        for (size_t b = 0; b < relation->count; b++) {
            bool is_before, is_possible;
            compare(scope, &scope->modules[a], &scope->modules[b], &is_before, &is_possible);
            if (a != b && is_before)
                bits_add(relation->before + b * relation->words, a);
            if (is_possible)
                bits_add(relation->possible + b * relation->words, a);
        }
    relation->sorted_count =
        breaks_sort(relation->before, relation->words, relation->count, relation->sorted);
    return relation->sorted_count == SIZE_MAX ? -1 : 0;
}

static void write_pair(const struct learned_scope *scope, size_t a, size_t b,
                       struct line_list *list)
{
    const struct recordings *all = scope->side->all;
    const struct recording *first = &all->items[scope->side->first];
    struct buffer line = {0};

    buffer_add_text(&line, "order ");
    rule_write_key(&line, recordings_text(all, scope->modules[a].key));
    buffer_add_text(&line, " < ");
    rule_write_key(&line, recordings_text(all, scope->modules[b].key));
    buffer_add_text(&line, "  # " RULE_REASON_ASKED " of ");
    rule_write_name(&line, scope->process != NULL ? scope->process
                           : first->process_count > 0
                               ? recordings_text(all, first->processes[0].key)
                               : "");
    line_list_take(list, &line);
}

/* What would follow from the pair (a, b) for b: a, and what is before a. False if it may not be. */
static bool may_follow(const struct relation *relation, size_t a, size_t b)
{
    const uint64_t *possible = relation->possible + b * relation->words,
                   *closed = relation->closed + a * relation->words;

    for (size_t w = 0; w < relation->words; w++)
        if ((closed[w] & ~possible[w]) != 0)
            return false;
    return true;
}

/* The nearest before it first: what one of them has before it needs no pair of its own. */
static void write_pairs(const struct learned_scope *scope, const struct relation *relation,
                        struct line_list *list)
{
    for (size_t i = 0; i < relation->sorted_count; i++) {
        size_t b = relation->sorted[i];
        uint64_t *closed = relation->closed + b * relation->words;
        for (size_t k = i; k-- > 0;) {
            size_t a = relation->sorted[k];
            if (!bits_has(relation->before + b * relation->words, a) || bits_has(closed, a) ||
                !may_follow(relation, a, b))
                continue;
            write_pair(scope, a, b, list);
            bits_add(closed, a);
            for (size_t w = 0; w < relation->words; w++)
                closed[w] |= relation->closed[a * relation->words + w];
        }
    }
}

int learn_order(const struct learned_scope *scope, struct buffer *out)
{
    struct relation relation = {0};
    struct line_list list = {0};
    int result = 0;

    if (scope->side->order == NULL || order_pair_count(scope->side->order) == 0)
        return 0;
    result = relate(scope, &relation);
    if (result == 0)
        write_pairs(scope, &relation, &list);
    line_list_write(&list, out);
    free(relation.before);
    free(relation.possible);
    free(relation.closed);
    free(relation.sorted);
    return result;
}
