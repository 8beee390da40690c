/* See rules.h. */
#include "rules.h"

#include "file.h"
#include "human.h"
#include "rule_parser.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1, FILE_BYTES_AT_MOST = 32 << 20 };

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static struct rule *add_rule(struct parser *parser)
{
    struct rules *rules = parser->rules;
    struct rules_memory *memory = parser->memory;
    struct rule *rule;

    if (rules->count == memory->rule_capacity) {
        size_t capacity = memory->rule_capacity > 0 ? 2 * memory->rule_capacity : 64;
        size_t *first_words = realloc(parser->first_words, capacity * sizeof *first_words);
        if (first_words == NULL)
            return NULL;
        parser->first_words = first_words;
        if ((rule = realloc(rules->rules, capacity * sizeof *rule)) == NULL)
            return NULL;
        rules->rules = rule;
        memory->rule_capacity = capacity;
    }
    parser->first_words[rules->count] = memory->word_count;
    rule = &rules->rules[rules->count++];
    memset(rule, 0, sizeof *rule);
    return rule;
}

/* [process GLOB] or [run] */
static int parse_section(struct parser *parser)
{
    struct words *words = &parser->words;
    static const char *const names[] = {"process", "run"};
    struct word word;

    words->at++;
    if (rule_need_word(parser, ']', &word, "'process NAME' or 'run'") < 0)
        return -1;
    if (!word_is(&word, "process") && !word_is(&word, "run"))
        return words_unknown(words, &word, "section", names, 2);
    parser->process = NULL;
    if (word_is(&word, "process")) {
        if (rule_need_word(parser, ']', &word, "a program's name") < 0)
            return -1;
        if (word_is(&word, "]"))
            return words_complain(words, word.start,
                                  "a program's name is missing: [process app.exe]");
        rule_take_any((char *)(size_t)word.text); /* the room is ours */
        parser->process = word.text;
    }
    if (rule_need_word(parser, ']', &word, "']'") < 0)
        return -1;
    if (!word_is(&word, "]"))
        return words_complain(words, word.start,
                              "']' is missing; a name with blanks or brackets stands in quotes");
    return words_end(words);
}

/* The rule's text without its comment: a copy in the room, where the line, read once more, fits. */
static const char *copy_text(struct parser *parser, const char *start, const char *end)
{
    char *text = parser->words.room;

    while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    memcpy(text, start, (size_t)(end - start));
    text[end - start] = '\0';
    parser->words.room += end - start + 1;
    return text;
}

/* Whether the comment at the end of the line is the reason of an order. */
static bool is_asked(const struct words *words)
{
    const char *at = words->at, *reason = RULE_REASON_ASKED;

    while (at < words->end && (*at == '#' || *at == ' ' || *at == '\t'))
        at++;
    return (size_t)(words->end - at) >= strlen(reason) && memcmp(at, reason, strlen(reason)) == 0;
}

static int parse_rule(struct parser *parser, const struct word *first)
{
    struct rule *rule = add_rule(parser);
    struct word kind = *first;

    if (rule == NULL)
        return no_memory(parser->words.error);
    rule->line = parser->words.line_number;
    rule->process = parser->process;
    rule->is_soft = word_is(first, "soft");
    if (rule->is_soft && rule_need_word(parser, '\0', &kind, "a rule") < 0)
        return -1;
    rule->column = (unsigned)(kind.start - parser->words.line) + 1;
    if (rule_parse(parser, &kind, rule) < 0 || words_end(&parser->words) != 0)
        return -1;
    rule->text = copy_text(parser, kind.start, parser->words.at);
    rule->is_asked = rule->kind == RULE_ORDER && is_asked(&parser->words);
    return 0;
}

static int parse_header(struct parser *parser, const struct word *first)
{
    struct word version;
    int64_t number;

    if (!word_is(first, "trail-rules") || words_next(&parser->words, '\0', &version) <= 0)
        return words_complain(&parser->words, first->start,
                              "a rules file begins with the line 'trail-rules %d'", FORMAT_VERSION);
    if (human_parse_number(version.text, &number) != 0 || number != FORMAT_VERSION)
        return words_complain(&parser->words, version.start,
                              "rules of version '%.20s'; this trailview reads version %d",
                              version.text, FORMAT_VERSION);
    parser->has_header = true;
    return words_end(&parser->words);
}

static int parse_line(struct parser *parser)
{
    struct words *words = &parser->words;
    struct word first;
    int result;

    while (words->at < words->end && (*words->at == ' ' || *words->at == '\t'))
        words->at++;
    if (parser->has_header && words->at < words->end && *words->at == '[')
        return parse_section(parser);
    if ((result = words_next(words, '\0', &first)) <= 0)
        return result;
    if (!parser->has_header)
        return parse_header(parser, &first);
    return word_is(&first, "budget") ? own_error_parse(parser) : parse_rule(parser, &first);
}

/* Complains about the first byte of the line that is no text. */
static int check_text(const struct words *words)
{
    uint32_t code_point;
    size_t size;

    for (const char *at = words->line; at < words->end; at += size) {
        size = text_decode(at, (size_t)(words->end - at), &code_point);
        if (size == 0)
            return words_complain(words, at, "the byte \\x%02X is no UTF-8", (unsigned char)*at);
        if (code_point < ' ' && code_point != '\t' && code_point != '\r')
            return words_complain(words, at, "the control character \\x%02X; this is no rules file",
                                  (unsigned)code_point);
    }
    return 0;
}

static bool begins_with(const struct words *words, const char *text)
{
    return (size_t)(words->end - words->line) >= strlen(text) &&
           memcmp(words->line, text, strlen(text)) == 0;
}

/* Takes notice of the two lines around what was learned. `next`: where the next line begins. */
static int see_learned(struct parser *parser, const char *next, bool *is_inside)
{
    struct rules *rules = parser->rules;
    struct words *words = &parser->words;

    if (begins_with(words, RULES_LEARNED_START)) {
        if (rules->learned_end > 0)
            return words_complain(words, words->line, "a second learned part; there can be one");
        rules->learned_start = (size_t)(words->line - rules->text);
        rules->learned_end = (size_t)(next - rules->text);
        *is_inside = true;
        parser->process = NULL; /* the sections of what was learned and of what was not are apart */
    } else if (begins_with(words, RULES_LEARNED_END)) {
        if (!*is_inside)
            return words_complain(words, words->line, "a learned part ends here, but none began");
        rules->learned_end = (size_t)(next - rules->text);
        *is_inside = false;
        parser->process = NULL;
    }
    return 0;
}

static int parse_lines(struct parser *parser, size_t length)
{
    struct rules *rules = parser->rules;
    struct words *words = &parser->words;
    const char *next = rules->text, *end = rules->text + length;
    bool is_inside = false;

    if (length >= 3 && memcmp(next, "\xEF\xBB\xBF", 3) == 0)
        next += 3;
    while (next < end) {
        const char *newline = memchr(next, '\n', (size_t)(end - next));
        size_t before = rules->count;
        words->line_number++;
        words->line = words->at = next;
        words->end = newline != NULL ? newline : end;
        next = newline != NULL ? newline + 1 : end;
        if (check_text(words) != 0 || see_learned(parser, next, &is_inside) != 0 ||
            parse_line(parser) != 0)
            return -1;
        for (size_t i = before; i < rules->count; i++)
            rules->rules[i].is_learned = is_inside;
    }
    if (is_inside)
        return words_complain(words, words->end, "the line '%s' is missing", RULES_LEARNED_END);
    if (!parser->has_header)
        return error_set(words->error, TRAIL_FAILED, 0,
                         "%.180s: a rules file begins with the line 'trail-rules %d'", rules->name,
                         FORMAT_VERSION);
    return 0;
}

static int compare_presence(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left,
                      *b = *(const struct rule *const *)right;
    int order = strcmp(a->process != NULL ? a->process : "", b->process != NULL ? b->process : "");

    if (order == 0)
        order = (int)a->about - (int)b->about;
    if (order == 0)
        order = strcmp(a->words[0], b->words[0]);
    return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}

/* The same name cannot be both forbidden and required or allowed. */
static int check_contradictions(const struct rules *rules, struct trail_error *error)
{
    const struct rule **presence = malloc((rules->count + 1) * sizeof *presence);
    size_t count = 0;
    int result = 0;

    if (presence == NULL)
        return no_memory(error);
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].kind <= RULE_FORBID)
            presence[count++] = &rules->rules[i];
    qsort(presence, count, sizeof *presence, compare_presence);
    for (size_t i = 1; i < count && result == 0; i++) {
        const struct rule *a = presence[i - 1], *b = presence[i];
        bool is_same =
            strcmp(a->words[0], b->words[0]) == 0 && a->about == b->about &&
            strcmp(a->process != NULL ? a->process : "", b->process != NULL ? b->process : "") == 0;
        if (is_same && (a->kind == RULE_FORBID) != (b->kind == RULE_FORBID))
            result = error_set(error, TRAIL_FAILED, 0,
                               "%.180s:%u:%u: '%.60s' contradicts line %u: '%.60s'", rules->name,
                               b->line, b->column, b->text, a->line, a->text);
    }
    free(presence);
    return result;
}

/* Now that they move no more, rules get their words. */
static void hand_out_words(struct parser *parser)
{
    struct rules *rules = parser->rules;

    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].word_count > 0)
            rules->rules[i].words = parser->memory->words + parser->first_words[i];
        if (rules->rules[i].kind == RULE_IDENTITY)
            rules->rules[i].keys = parser->memory->keys + parser->first_words[i] + 1;
    }
}

int rules_parse(const char *name, const char *text, size_t length, struct rules *rules,
                struct trail_error *error)
{
    struct rules_memory *memory = calloc(1, sizeof *memory);
    struct parser parser = {.rules = rules, .memory = memory};
    size_t name_size = strlen(name) + 1;
    int result;

    memset(rules, 0, sizeof *rules);
    if (memory == NULL)
        return no_memory(error);
    rules->memory = memory;
    if (length > FILE_BYTES_AT_MOST)
        return error_set(error, TRAIL_FAILED, 0,
                         "'%.180s' has more than %d bytes; this is no rules file", name,
                         FILE_BYTES_AT_MOST);
    if ((memory->text = malloc(length + 1 + name_size)) == NULL ||
        (memory->room = malloc(2 * length + 4)) == NULL)
        return no_memory(error);
    memcpy(memory->text, text, length);
    memory->text[length] = '\0';
    rules->text = memory->text;
    rules->text_length = length;
    rules->name = memcpy(memory->text + length + 1, name, name_size);
    parser.words.name = rules->name;
    parser.words.room = memory->room;
    parser.words.error = error;
    result = parse_lines(&parser, length);
    if (result == 0) {
        hand_out_words(&parser);
        result = check_contradictions(rules, error);
    }
    free(parser.first_words);
    return result;
}

int rules_read(const char *path, struct rules *rules, struct trail_error *error)
{
    FILE *file = file_read(path, error);
    char *text = NULL;
    size_t length = 0, capacity = 0;
    int result = -1;

    memset(rules, 0, sizeof *rules);
    if (file == NULL)
        return error_context(error, "cannot open '%s'", path);
    do {
        if (length == capacity) {
            char *larger = realloc(text, capacity = capacity > 0 ? 2 * capacity : 16384);
            if (larger == NULL) {
                no_memory(error);
                goto done;
            }
            text = larger;
        }
        length += fread(text + length, 1, capacity - length, file);
    } while (!feof(file) && !ferror(file) && length <= FILE_BYTES_AT_MOST);
    if (ferror(file))
        error_set(error, TRAIL_FAILED, errno, "cannot read '%s'", path);
    else
        result = rules_parse(path, text, length, rules, error);
done:
    fclose(file);
    free(text);
    return result;
}

void rules_release(struct rules *rules)
{
    struct rules_memory *memory = rules->memory;

    if (memory != NULL) {
        free(memory->text);
        free(memory->room);
        free(memory->words);
        free(memory->keys);
        free(memory);
    }
    free(rules->rules);
    memset(rules, 0, sizeof *rules);
}

bool rule_is_named_limit(const struct rule *rule)
{
    return rule->kind == RULE_LIMIT && rule->word_count > 0;
}
