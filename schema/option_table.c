/* See option_table.h. */
#include "option_table.h"

#include <assert.h>
#include <string.h>

static int argument_of(const struct manual_option *option)
{
    if (option->argument == NULL)
        return no_argument;
    return option->argument[0] == '[' ? optional_argument : required_argument;
}

void option_table_fill(struct option_table *table, const struct manual_option *options,
                       size_t count, const char *start)
{
    char *shorts = table->shorts + strlen(start);

    assert(count <= OPTION_TABLE_AT_MOST && strlen(start) <= 2);
    memset(table, 0, sizeof *table);
    memcpy(table->shorts, start, strlen(start));
    for (size_t i = 0; i < count; i++) {
        struct option *option = &table->longs[i];
        option->name = options[i].name;
        option->has_arg = argument_of(&options[i]);
        option->val = OPTION_TABLE_FIRST + (int)i;
        if (options[i].letter == '\0')
            continue;
        *shorts++ = options[i].letter;
        if (option->has_arg == required_argument)
            *shorts++ = ':';
    }
}

int option_table_index(const struct manual_option *options, size_t count, int found)
{
    if (found >= OPTION_TABLE_FIRST)
        return found - OPTION_TABLE_FIRST;
    for (size_t i = 0; i < count; i++)
        if (options[i].letter != '\0' && options[i].letter == found)
            return (int)i;
    return -1;
}
