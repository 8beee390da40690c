/* See own_error.h. */
#include "own_error.h"

#include "human.h"
#include "rule_parser.h"

#include <math.h>
#include <stdlib.h>

#define NORMAL_95 1.959964 /* so many standard deviations have 95 % of a normal distribution */

struct share_interval share_interval(size_t hits, size_t count)
{
    double n = (double)count, share = (double)hits / n, square = NORMAL_95 * NORMAL_95,
           middle = (share + square / (2 * n)) / (1 + square / n),
           half =
               NORMAL_95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n);

    return (struct share_interval){hits == 0 ? 0 : middle - half,
                                   hits == count ? 1 : middle + half};
}

int share_parse(const char *text, double *share)
{
    char *end;
    double percent;

    if ((*text < '0' || *text > '9') && *text != '.')
        return -1; /* strtod knows more than numbers */
    percent = strtod(text, &end);
    if ((*end == '%' ? end[1] : *end) != '\0' || !(percent > 0 && percent < 100))
        return -1;
    *share = percent / 100;
    return 0;
}

/* Whole percents, of less than one one digit more. */
static void write_percent(struct buffer *out, double share)
{
    double percent = 100 * share;

    buffer_format(out, "%.*f", percent > 0 && percent < 0.95 ? 1 : 0, percent);
}

void share_write(struct buffer *out, size_t hits, size_t count)
{
    struct share_interval interval = share_interval(hits, count);

    write_percent(out, (double)hits / (double)count);
    buffer_add_text(out, hits == 0 ? " (at most " : " (");
    if (hits > 0) {
        write_percent(out, interval.low);
        buffer_add_text(out, " to ");
    }
    write_percent(out, interval.high);
    buffer_add_char(out, ')');
}

/* WORD COUNT of RUNS */
static int parse_share(struct parser *parser, const char *name, size_t *hits, size_t *runs)
{
    struct word words[4];
    int64_t numbers[2];

    for (int i = 0; i < 4; i++)
        if (rule_need_word(parser, '\0', &words[i], "of how many runs how many") < 0)
            return -1;
    if (!word_is(&words[0], name) || !word_is(&words[2], "of") ||
        human_parse_number(words[1].text, &numbers[0]) != 0 ||
        human_parse_number(words[3].text, &numbers[1]) != 0 || numbers[0] > numbers[1] ||
        numbers[1] > INT32_MAX)
        return words_complain(&parser->words, words[0].start,
                              "this is not '%s COUNT of RUNS', as 'baseline' writes it", name);
    *hits = (size_t)numbers[0];
    *runs = (size_t)numbers[1];
    return 0;
}

int own_error_parse(struct parser *parser)
{
    struct own_error *error = &parser->rules->own_error;
    struct word word;

    if (rule_need_word(parser, '\0', &word, "a share in percent") < 0)
        return -1;
    if (share_parse(word.text, &error->budget) != 0)
        return words_complain(&parser->words, word.start, "'%.60s' is no share: 3%%", word.text);
    if (parse_share(parser, "alarms", &error->alarms, &error->runs) != 0 ||
        parse_share(parser, "notices", &error->notices, &error->runs) != 0)
        return -1;
    return words_end(&parser->words);
}

void own_error_write(struct buffer *out, const struct own_error *error)
{
    buffer_format(out, "budget %g%% alarms %zu of %zu notices %zu of %zu", 100 * error->budget,
                  error->alarms, error->runs, error->notices, error->runs);
}
