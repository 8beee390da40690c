/* See manual_blocks.h. */
#include "manual_blocks.h"

#include <string.h>

static bool begins_item(const char *line)
{
    return line[0] == ' ' && line[1] == ' ' && line[2] != ' ';
}

/* Whether the line goes on with a block: not where it is empty, or changes its kind. */
static bool goes_on(const char *line, bool is_item)
{
    return *line != '\0' && *line != '\n' && !begins_item(line) && (*line == ' ') == is_item;
}

bool manual_next_block(const char **text, struct manual_block *block)
{
    const char *at = *text, *gap;

    memset(block, 0, sizeof *block);
    while (*at == '\n') {
        at++;
        block->follows_gap = true;
    }
    block->start = at;
    if (begins_item(at)) {
        block->term = at + 2;
        gap = strstr(block->term, "  ");
        block->term_length = gap != NULL ? (size_t)(gap - block->term) : strcspn(at + 2, "\n");
        block->start =
            block->term + block->term_length + strspn(block->term + block->term_length, " ");
        block->column = (size_t)(block->start - at);
    }
    do {
        at += strcspn(at, "\n");
        block->end = at;
        at += *at == '\n';
    } while (goes_on(at, block->term != NULL));
    *text = at;
    return block->end > block->start;
}

size_t manual_next_word(const char **at, const char *end, const char **word)
{
    while (*at < end && (**at == ' ' || **at == '\n'))
        ++*at;
    *word = *at;
    while (*at < end && **at != ' ' && **at != '\n')
        ++*at;
    return (size_t)(*at - *word);
}
