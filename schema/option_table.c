/* See option_table.h. */
#include "option_table.h"

#include "nearest.h"

#include <assert.h>
#include <stdio.h>
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
        for (int colons = option->has_arg; colons > 0; colons--)
            *shorts++ = ':'; /* two of them: the argument may be left out */
    }
}

static int unknown_name(const struct manual_option *options, size_t count, const char *word,
                        const char *help, struct trail_error *error)
{
    char name[64];
    const char *nearest;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest = nearest_name(name, &options[0].name, count, sizeof options[0]);
    if (nearest != NULL)
        return error_set(error, TRAIL_FAILED, 0, "unknown option '--%s'; did you mean '--%s'?",
                         name, nearest);
    return error_set(error, TRAIL_FAILED, 0, "unknown option '--%s'; '%s' explains", name, help);
}

int option_table_wrong(const struct manual_option *options, size_t count, int found,
                       const char *word, const char *help, struct trail_error *error)
{
    if (found == ':')
        return error_set(error, TRAIL_FAILED, 0, "option '%s' needs an argument", word);
    if (optopt >= OPTION_TABLE_FIRST)
        return error_set(error, TRAIL_FAILED, 0, "option '--%s' takes no argument",
                         options[optopt - OPTION_TABLE_FIRST].name);
    if (optopt > 0)
        return error_set(error, TRAIL_FAILED, 0, "unknown option '-%c'; '%s' explains", optopt,
                         help);
    return unknown_name(options, count, word, help, error);
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
