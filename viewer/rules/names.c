/* See names.h. */
#include "names.h"

#include "array.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

int names_add(struct names *names, const char *text, size_t item)
{
    struct named *items = array_with_room(names->items, names->count, sizeof *items);

    if (items == NULL)
        return -1;
    names->items = items;
    items[names->count++] = (struct named){text, item};
    return 0;
}

static int compare_names(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    int order = text_compare_ignoring_case(a->text, b->text);

    return order != 0 ? order : a->item < b->item ? -1 : a->item > b->item;
}

void names_sort(struct names *names)
{
    if (names->count > 0)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
}

void names_release(struct names *names)
{
    free(names->items);
    memset(names, 0, sizeof *names);
}

static int compare_to_text(const void *item, const void *key)
{
    return text_compare_ignoring_case(((const struct named *)item)->text, key);
}

static int compare_to_end(const void *item, const void *key)
{
    return compare_to_text(item, key) > 0 ? 1 : -1;
}

size_t names_first(const struct names *names, const char *text)
{
    return array_lower_bound(names->items, names->count, sizeof *names->items, text,
                             compare_to_text);
}

size_t names_end(const struct names *names, const char *text)
{
    return array_lower_bound(names->items, names->count, sizeof *names->items, text,
                             compare_to_end);
}

int names_find(const struct names *names, const char *text, bool folds_case,
               struct number_list *found)
{
    for (size_t at = names_first(names, text), end = names_end(names, text); at < end; at++)
        if ((folds_case || strcmp(names->items[at].text, text) == 0) &&
            number_list_add(found, names->items[at].item) != 0)
            return -1;
    return 0;
}

int pairs_add(struct pairs *pairs, size_t of, size_t number)
{
    struct pair *items = array_with_room(pairs->items, pairs->count, sizeof *items);

    if (items == NULL)
        return -1;
    pairs->items = items;
    items[pairs->count++] = (struct pair){of, number};
    return 0;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;

    return a->of != b->of ? (a->of > b->of) - (a->of < b->of)
                          : (a->number > b->number) - (a->number < b->number);
}

void pairs_sort(struct pairs *pairs)
{
    if (pairs->count > 0)
        qsort(pairs->items, pairs->count, sizeof *pairs->items, compare_pairs);
}

size_t pairs_first(const struct pairs *pairs, size_t of)
{
    const struct pair key = {of, 0};

    return array_lower_bound(pairs->items, pairs->count, sizeof key, &key, compare_pairs);
}

int number_list_add(struct number_list *list, size_t number)
{
    size_t *items = array_with_room(list->items, list->count, sizeof *items);

    if (items == NULL)
        return -1;
    list->items = items;
    items[list->count++] = number;
    return 0;
}

static int compare_numbers(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;

    return a < b ? -1 : a > b;
}

bool number_list_has(const struct number_list *list, size_t number)
{
    size_t at =
        array_lower_bound(list->items, list->count, sizeof *list->items, &number, compare_numbers);

    return at < list->count && list->items[at] == number;
}

void number_list_sort(struct number_list *list)
{
    size_t unique = 0;

    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_numbers);
    for (size_t i = 0; i < list->count; i++)
        if (unique == 0 || list->items[i] != list->items[unique - 1])
            list->items[unique++] = list->items[i];
    list->count = unique;
}
