/* See command_tail.h. */
#include "command_tail.h"

#include <stdbool.h>

static bool is_blank(uint16_t unit)
{
    return unit == ' ' || unit == '\t';
}

static size_t skip_blanks(const uint16_t *line, size_t at)
{
    while (is_blank(line[at]))
        at++;
    return at;
}

/*
 * The program name is a path: a backslash is no escape in it. A line that starts with a blank has
 * an empty program name.
 */
static size_t skip_program(const uint16_t *line, enum command_line_rules rules)
{
    bool quoted = line[0] == '"';
    size_t at = quoted ? 1 : 0;

    for (; line[at] != 0 && (quoted || !is_blank(line[at])); at++) {
        if (line[at] != '"')
            continue;
        if (rules == COMMAND_LINE_UCRT)
            quoted = !quoted;
        else if (quoted)
            return at + 1;
    }
    return at;
}

/*
 * Skips backslashes; those before a quote escape each other, and the last one of an odd number the
 * quote itself.
 */
static size_t skip_backslashes(const uint16_t *line, size_t at)
{
    size_t start = at;

    while (line[at] == '\\')
        at++;
    return line[at] == '"' && (at - start) % 2 == 1 ? at + 1 : at;
}

static size_t skip_argument(const uint16_t *line, size_t at, enum command_line_rules rules)
{
    bool quoted = false;

    while (line[at] != 0 && (quoted || !is_blank(line[at]))) {
        if (line[at] == '\\') {
            at = skip_backslashes(line, at);
        } else if (line[at] == '"' && quoted && line[at + 1] == '"') {
            quoted = rules == COMMAND_LINE_UCRT;
            at += 2;
        } else {
            quoted ^= line[at] == '"';
            at++;
        }
    }
    return at;
}

size_t command_tail(const uint16_t *line, unsigned index, enum command_line_rules rules)
{
    size_t at = 0;

    for (unsigned i = 0; i < index && (i == 0 || line[at] != 0); i++)
        at = skip_blanks(line, i == 0 ? skip_program(line, rules) : skip_argument(line, at, rules));
    return at;
}
