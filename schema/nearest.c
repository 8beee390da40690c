/* See nearest.h. */
#include "nearest.h"

#include "text.h"

#include <string.h>

/* Levenshtein's distance, capped by what fits the rows: longer words are never near. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 31 };
    size_t row[LONGEST + 1], a_length = strlen(a), b_length = strlen(b);

    if (a_length > LONGEST || b_length > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 0; i < a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_length; j++) {
            char left[2] = {a[i], '\0'}, right[2] = {b[j], '\0'};
            size_t change = diagonal + !text_equal_ignoring_case(left, right);
            diagonal = row[j + 1];
            row[j + 1] = row[j] < diagonal ? row[j] + 1 : diagonal + 1;
            if (change < row[j + 1])
                row[j + 1] = change;
        }
    }
    return row[b_length];
}

const char *nearest_name(const char *word, const char *const *first, size_t count, size_t stride)
{
    const char *nearest = NULL;
    size_t length = strlen(word), best = length / 3 + 2;

    for (size_t i = 0; i < count; i++) {
        const char *name = *(const char *const *)(const void *)((const char *)first + i * stride);
        size_t away = distance(word, name);
        bool is_start = length >= 2 && strlen(name) > length && strncmp(word, name, length) == 0;
        if (is_start)
            away = 1;
        if (away < best && away < length) {
            best = away;
            nearest = name;
        }
    }
    return nearest;
}
