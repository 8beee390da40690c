/* See words.h. */
#include "words.h"

#include "nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_AT_MOST = 60 };

int words_complain(const struct words *words, const char *at, const char *format, ...)
{
    char sentence[300];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return error_set(words->error, TRAIL_FAILED, 0, "%.180s:%u:%u: %s", words->name,
                     words->line_number, (unsigned)(at - words->line) + 1, sentence);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int read_quoted(struct words *words, struct word *word)
{
    word->is_quoted = true;
    for (words->at++; words->at < words->end; words->at++) {
        if (*words->at == '"' && (words->at + 1 == words->end || words->at[1] != '"'))
            break;
        words->at += *words->at == '"'; /* doubled: one of them stands for itself */
        *words->room++ = *words->at;
    }
    if (words->at == words->end)
        return words_complain(words, word->start, "this quote is not closed");
    words->at++;
    if (words->at < words->end && !is_blank(*words->at) && *words->at != ']' && *words->at != '<')
        return words_complain(words, words->at, "a blank is missing after the quote");
    return 1;
}

int words_next(struct words *words, char stop, struct word *word)
{
    int result = 1;

    while (words->at < words->end && is_blank(*words->at))
        words->at++;
    word->start = words->at;
    word->text = words->room;
    word->is_quoted = false;
    if (words->at == words->end || *words->at == '#')
        return 0;
    if (*words->at == stop) {
        /* not in the room, which has space for one NUL between two words only */
        word->text = stop == '<' ? "<" : "]";
        words->at++;
        return 1;
    }
    if (*words->at == '"')
        result = read_quoted(words, word);
    else
        while (words->at < words->end && !is_blank(*words->at) && *words->at != stop)
            *words->room++ = *words->at++;
    *words->room++ = '\0';
    if (result > 0 && word->text[0] == '\0')
        return words_complain(words, word->start, "an empty name");
    return result;
}

bool word_is(const struct word *word, const char *text)
{
    return !word->is_quoted && strcmp(word->text, text) == 0;
}

int words_end(struct words *words)
{
    struct word word;
    int result = words_next(words, '\0', &word);

    if (result > 0)
        return words_complain(words, word.start,
                              "'%.*s' is one word too many; a name with blanks stands in quotes",
                              SHOWN_AT_MOST, word.text);
    return result;
}

int words_unknown(const struct words *words, const struct word *word, const char *what,
                  const char *const *names, size_t count)
{
    const char *nearest = nearest_name(word->text, names, count, sizeof names[0]);
    char list[160] = "";

    if (nearest != NULL)
        return words_complain(words, word->start, "unknown %s '%.*s'; did you mean '%s'?", what,
                              SHOWN_AT_MOST, word->text, nearest);
    for (size_t i = 0; i < count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 i == 0          ? ""
                 : i + 1 < count ? ", "
                                 : " and ",
                 names[i]);
    return words_complain(words, word->start, "unknown %s '%.*s'; there are %s", what,
                          SHOWN_AT_MOST, word->text, list);
}
