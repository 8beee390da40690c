/* See closed_orders.h. */
#include "closed_orders.h"

#include "array.h"
#include "compare/model/bits.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static const char *section(const struct rule *rule)
{
    return rule->process != NULL ? rule->process : "";
}

static bool is_one_set(const struct rule *a, const struct rule *b)
{
    return a->is_asked == b->is_asked && strcmp(section(a), section(b)) == 0;
}

/* `left` and `right` are qsort's items: pointers to rules of one array. */
static int compare_sections(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left,
                      *b = *(const struct rule *const *)right;
    int order = (int)a->is_asked - (int)b->is_asked;

    if (order == 0)
        order = strcmp(section(a), section(b));
    return order != 0 ? order : a < b ? -1 : a > b;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int compare_to_name(const void *item, const void *key)
{
    return strcmp(*(const char *const *)item, key);
}

static int compare_edges(const void *left, const void *right)
{
    const struct closed_edge *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->rule != b->rule ? (a->rule > b->rule) - (a->rule < b->rule)
                              : (a->to > b->to) - (a->to < b->to);
}

static int compare_from(const void *item, const void *key)
{
    size_t from = ((const struct closed_edge *)item)->from, wanted = *(const size_t *)key;

    return (from > wanted) - (from < wanted);
}

size_t closed_order_first_edge(const struct closed_order *order, size_t from)
{
    return array_lower_bound(order->edges, order->edge_count, sizeof *order->edges, &from,
                             compare_from);
}

static size_t find_name(const struct closed_order *order, const char *name)
{
    return array_lower_bound(order->names, order->name_count, sizeof *order->names, name,
                             compare_to_name);
}

static int collect_names(struct closed_order *order, const struct rule *const *rules, size_t count)
{
    size_t words = 0, kept = 0;

    for (size_t i = 0; i < count; i++)
        words += rules[i]->word_count;
    order->names = malloc((words + 1) * sizeof *order->names);
    order->edges = malloc((words + 1) * sizeof *order->edges);
    if (order->names == NULL || order->edges == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < rules[i]->word_count; k++)
            order->names[order->name_count++] = rules[i]->words[k];
    qsort(order->names, order->name_count, sizeof *order->names, compare_names);
    for (size_t i = 0; i < order->name_count; i++)
        if (i == 0 || strcmp(order->names[i], order->names[i - 1]) != 0)
            order->names[kept++] = order->names[i];
    order->name_count = kept;
    return 0;
}

/* From the front to the back, so that what is before a name is known before it is handed on. */
static int close_order(struct closed_order *order)
{
    size_t *sorted = malloc((order->name_count + 1) * sizeof *sorted), count;

    order->words = bits_words(order->name_count);
    order->closed = calloc(order->name_count * order->words + 1, sizeof *order->closed);
    order->ranks = calloc(order->name_count + 1, sizeof *order->ranks);
    if (sorted == NULL || order->closed == NULL || order->ranks == NULL) {
        free(sorted);
        return -1;
    }
    for (size_t i = 0; i < order->edge_count; i++)
        bits_add(order->closed + order->edges[i].to * order->words, order->edges[i].from);
    count = breaks_sort(order->closed, order->words, order->name_count, sorted);
    for (size_t i = 0; i < count && count != SIZE_MAX; i++) {
        const uint64_t *before = order->closed + sorted[i] * order->words;
        order->ranks[sorted[i]] = (double)i;
        for (size_t e = closed_order_first_edge(order, sorted[i]);
             e < order->edge_count && order->edges[e].from == sorted[i]; e++)
            for (size_t w = 0; w < order->words; w++)
                order->closed[order->edges[e].to * order->words + w] |= before[w];
    }
    free(sorted);
    return count == SIZE_MAX ? -1 : 0;
}

static int match_subjects(struct closed_order *order, const struct subjects *subjects,
                          struct trail_error *error)
{
    for (size_t i = 0; i < order->name_count; i++) {
        struct number_list found = {0};
        int result = subjects_match(subjects, order->names[i], &found, error);
        for (size_t k = 0; k < found.count && result == 0; k++)
            if (pairs_add(&order->of_subject, found.items[k], i) != 0)
                result = no_memory(error);
        free(found.items);
        if (result != 0)
            return -1;
    }
    pairs_sort(&order->of_subject);
    return 0;
}

/* The rules of one set; `first` is the first of all. */
static int add_set(struct closed_orders *orders, const struct rule *const *rules, size_t count,
                   const struct rule *first, const struct subjects *subjects,
                   struct trail_error *error)
{
    struct closed_order *order = &orders->items[orders->count++];

    order->process = rules[0]->process;
    order->is_asked = rules[0]->is_asked;
    if (collect_names(order, rules, count) != 0)
        return no_memory(error);
    if (order->name_count > CLOSED_NAMES_AT_MOST)
        return 0;
    for (size_t i = 0; i < count; i++) {
        size_t rule = (size_t)(rules[i] - first);
        orders->of_rule[rule] = orders->count - 1;
        for (size_t k = 1; k < rules[i]->word_count; k++)
            order->edges[order->edge_count++] =
                (struct closed_edge){find_name(order, rules[i]->words[k - 1]),
                                     find_name(order, rules[i]->words[k]), rule};
    }
    qsort(order->edges, order->edge_count, sizeof *order->edges, compare_edges);
    if (close_order(order) != 0)
        return no_memory(error);
    return match_subjects(order, subjects, error);
}

int closed_orders_init(struct closed_orders *orders, const struct rules *rules,
                       const struct subjects *subjects, struct trail_error *error)
{
    const struct rule **sorted = malloc((rules->count + 1) * sizeof *sorted);
    size_t count = 0;
    int result = 0;

    memset(orders, 0, sizeof *orders);
    orders->of_rule = malloc((rules->count + 1) * sizeof *orders->of_rule);
    if (sorted == NULL || orders->of_rule == NULL) {
        free(sorted);
        return no_memory(error);
    }
    for (size_t i = 0; i < rules->count; i++) {
        orders->of_rule[i] = SIZE_MAX;
        if (rules->rules[i].kind == RULE_ORDER)
            sorted[count++] = &rules->rules[i];
    }
    orders->items = calloc(count + 1, sizeof *orders->items);
    if (orders->items == NULL)
        result = no_memory(error);
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_sections);
    for (size_t i = 0, end; i < count && result == 0; i = end) {
        for (end = i; end < count && is_one_set(sorted[end], sorted[i]); end++)
            ;
        result = add_set(orders, sorted + i, end - i, rules->rules, subjects, error);
    }
    free(sorted);
    return result;
}

void closed_orders_release(struct closed_orders *orders)
{
    for (size_t i = 0; i < orders->count; i++) {
        free(orders->items[i].names);
        free(orders->items[i].edges);
        free(orders->items[i].closed);
        free(orders->items[i].ranks);
        free(orders->items[i].of_subject.items);
    }
    free(orders->items);
    free(orders->of_rule);
    memset(orders, 0, sizeof *orders);
}

size_t closed_order_rule(const struct closed_order *order, size_t before, size_t after)
{
    size_t e = closed_order_first_edge(order, before);

    for (; e + 1 < order->edge_count && order->edges[e + 1].from == before; e++)
        if (order->edges[e].to == after ||
            bits_has(order->closed + after * order->words, order->edges[e].to))
            break;
    return order->edges[e].rule;
}
