/*
 * Texts that are found by what they say: an index of names, case ignored, from each to the number
 * of what has it. Main thread.
 */
#ifndef TRAIL_NAMES_H
#define TRAIL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct named {
    const char *text;
    size_t item;
};

/* All zero is an empty one. */
struct names {
    struct named *items; /* from names_sort on in order */
    size_t count;
};

/* Numbers that were found; all zero is an empty list. */
struct number_list {
    size_t *items;
    size_t count;
};

/* Pairs of numbers, found by the first of them. */
struct pair {
    size_t of, number;
};

struct pairs {
    struct pair *items; /* from pairs_sort on in order */
    size_t count;
};

/* The text must stay. Returns 0, or -1 without memory. */
int names_add(struct names *names, const char *text, size_t item);
void names_sort(struct names *names);
void names_release(struct names *names);

/* Equal texts stand together: where they begin and end. */
size_t names_first(const struct names *names, const char *text);
size_t names_end(const struct names *names, const char *text);

/* Adds the items of a name, spelled exactly so if case counts. Returns 0, or -1 without memory. */
int names_find(const struct names *names, const char *text, bool folds_case,
               struct number_list *found);

/* As above, for pairs; what is freed is `items`. */
int pairs_add(struct pairs *pairs, size_t of, size_t number);
void pairs_sort(struct pairs *pairs);
size_t pairs_first(const struct pairs *pairs, size_t of);

int number_list_add(struct number_list *list, size_t number);
/* Into ascending order, each once. */
void number_list_sort(struct number_list *list);
/* Whether a sorted list has it. */
bool number_list_has(const struct number_list *list, size_t number);

#endif
