/*
 * See learning.h: the learned order as lines. A pair that follows from two others is left out only
 * if the module between them is always there, since a check judges what is written and nothing that
 * would follow.
 */
#include "compare/model/bits.h"
#include "learning.h"
#include "rules/write.h"

#include <stdlib.h>
#include <string.h>

struct relation {
    size_t count, words;
    uint64_t *after; /* row a: the modules that come after a */
    size_t *before;  /* how many come before each */
    size_t *sorted;  /* by that: what comes before stands before */
};

/* Whether a comes before b in every role that has both, and there is one. */
static bool is_before(const struct learned_scope *scope, const struct learned_module *a,
                      const struct learned_module *b)
{
    bool is_learned = false;

    for (size_t i = 0, k = 0; i < a->role_count && k < b->role_count;) {
        const struct side_module *of_a = a->of_roles[i], *of_b = b->of_roles[k];
        i += of_a->role <= of_b->role;
        k += of_b->role <= of_a->role;
        if (of_a->role != of_b->role || of_a->element == UINT32_MAX || of_b->element == UINT32_MAX)
            continue;
        if (order_of(scope->side->order, of_a->element, of_b->element) == ORDER_NOT_LEARNED)
            return false;
        is_learned = true;
    }
    return is_learned;
}

struct ranked {
    size_t module, before;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    if (a->before != b->before)
        return a->before < b->before ? -1 : 1;
    return a->module < b->module ? -1 : a->module > b->module;
}

static int sort_relation(struct relation *relation)
{
    struct ranked *ranked = malloc((relation->count + 1) * sizeof *ranked);

    if (ranked == NULL)
        return -1;
    for (size_t i = 0; i < relation->count; i++)
        ranked[i] = (struct ranked){i, relation->before[i]};
    if (relation->count > 0)
        qsort(ranked, relation->count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < relation->count; i++)
        relation->sorted[i] = ranked[i].module;
    free(ranked);
    return 0;
}

static int relate(const struct learned_scope *scope, struct relation *relation)
{
    size_t count = scope->module_count;

    relation->count = count;
    relation->words = bits_words(count);
    relation->after = calloc(count * relation->words + 1, sizeof *relation->after);
    relation->before = calloc(count + 1, sizeof *relation->before);
    relation->sorted = calloc(count + 1, sizeof *relation->sorted);
    if (relation->after == NULL || relation->before == NULL || relation->sorted == NULL)
        return -1;
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            if (a == b || !is_before(scope, &scope->modules[a], &scope->modules[b]))
                continue;
            bits_add(relation->after + a * relation->words, b);
            relation->before[b]++;
        }
    }
    return sort_relation(relation);
}

static void write_pair(const struct learned_scope *scope, size_t a, size_t b,
                       struct line_list *list)
{
    struct buffer line = {0};

    buffer_add_text(&line, "order ");
    rule_write_key(&line, recordings_text(scope->side->all, scope->modules[a].key));
    buffer_add_text(&line, " < ");
    rule_write_key(&line, recordings_text(scope->side->all, scope->modules[b].key));
    line_list_take(list, &line);
}

static int write_pairs(const struct learned_scope *scope, const struct relation *relation,
                       struct line_list *list)
{
    uint64_t *follows = malloc((relation->words + 1) * sizeof *follows);

    if (follows == NULL)
        return -1;
    for (size_t a = 0; a < relation->count; a++) {
        memset(follows, 0, relation->words * sizeof *follows);
        for (size_t i = 0; i < relation->count; i++) {
            size_t b = relation->sorted[i];
            if (!bits_has(relation->after + a * relation->words, b) || bits_has(follows, b))
                continue;
            write_pair(scope, a, b, list);
            for (size_t word = 0; scope->modules[b].is_always && word < relation->words; word++)
                follows[word] |= relation->after[b * relation->words + word];
        }
    }
    free(follows);
    return 0;
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
        result = write_pairs(scope, &relation, &list);
    line_list_write(&list, out);
    free(relation.after);
    free(relation.before);
    free(relation.sorted);
    return result;
}
