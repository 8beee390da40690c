/* See rules.h. */
#include "rules.h"

#include "human.h"
#include "text.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1, FILE_BYTES_AT_MOST = 64 << 20 };

static const char *const kind_words[RULE_KINDS] = {
    [RULE_REQUIRE] = "require", [RULE_ALLOW] = "allow",       [RULE_FORBID] = "forbid", [RULE_ORDER] = "order",
    [RULE_PATH] = "path",       [RULE_IDENTITY] = "identity", [RULE_LIMIT] = "limit",
};

static const char *const measure_words[MEASURES] = {
    [MEASURE_LOADS] = "loads",         [MEASURE_EXCEPTIONS] = "exceptions", [MEASURE_THREADS] = "threads",
    [MEASURE_PROCESSES] = "processes", [MEASURE_TIME] = "time",
};

static const char *const identity_words[IDENTITIES] = {
    [IDENTITY_VERSION] = "version", [IDENTITY_BUILD_ID] = "build-id", [IDENTITY_PDB] = "pdb", [IDENTITY_SIZE] = "size",
};

static const char *const point_words[POINT_KINDS] = {
    [POINT_START] = "start",         [POINT_END] = "end",    [POINT_FIRST_LOAD] = "first-load",
    [POINT_LAST_LOAD] = "last-load", [POINT_MARK] = "mark:", [POINT_LOAD] = "load:",
};

/* What a struct rules owns. */
struct memory {
    char *text, *room;
    const char **words; /* of all rules, in pieces that grow with the file */
    enum rule_identity *keys;
    size_t word_count, word_capacity, rule_capacity;
};

struct parser {
    struct rules *rules;
    struct memory *memory;
    struct words words;
    const char *process; /* of the section */
    bool has_header;
    size_t *first_words; /* of each rule, in memory->words, which moves while it grows */
};

const char *rule_kind_word(enum rule_kind kind)
{
    return kind_words[kind];
}

const char *rule_measure_word(enum rule_measure measure)
{
    return measure_words[measure];
}

const char *rule_identity_word(enum rule_identity key)
{
    return identity_words[key];
}

const char *rule_point_word(enum rule_point_kind kind)
{
    return point_words[kind];
}

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* Whether one of the names is the word: its index, or -1. */
static int find_word(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], text) == 0)
            return (int)i;
    return -1;
}

static int add_word(struct parser *parser, struct rule *rule, const char *text, enum rule_identity key)
{
    struct memory *memory = parser->memory;

    if (memory->word_count == memory->word_capacity) {
        size_t capacity = memory->word_capacity > 0 ? 2 * memory->word_capacity : 64;
        const char **words = realloc(memory->words, capacity * sizeof *words);
        enum rule_identity *keys;
        if (words == NULL)
            return no_memory(parser->words.error);
        memory->words = words;
        if ((keys = realloc(memory->keys, capacity * sizeof *keys)) == NULL)
            return no_memory(parser->words.error);
        memory->keys = keys;
        memory->word_capacity = capacity;
    }
    memory->words[memory->word_count] = text;
    memory->keys[memory->word_count++] = key;
    rule->word_count++;
    return 0;
}

/* Reads one more word, which must be there. */
static int need_word(struct parser *parser, char stop, struct word *word, const char *what)
{
    int result = words_next(&parser->words, stop, word);

    return result != 0 ? result : words_complain(&parser->words, parser->words.at, "%s is missing", what);
}

static int need_name(struct parser *parser, char stop, struct rule *rule, const char *what)
{
    struct word word;

    if (need_word(parser, stop, &word, what) < 0)
        return -1;
    if (word_is(&word, "<"))
        return words_complain(&parser->words, word.start, "%s is missing before '<'", what);
    return add_word(parser, rule, word.text, IDENTITY_VERSION);
}

/* require, allow, forbid: [process] GLOB */
static int parse_presence(struct parser *parser, struct rule *rule)
{
    struct words before = parser->words;
    struct word word;

    if (need_word(parser, '\0', &word, "a module's name") < 0)
        return -1;
    rule->is_process = word_is(&word, "process");
    if (!rule->is_process)
        parser->words = before;
    if (rule->is_process && rule->process != NULL)
        return words_complain(&parser->words, word.start, "rules about processes stand before the first section");
    return need_name(parser, '\0', rule, rule->is_process ? "a program's name" : "a module's name");
}

/* order: A < B [< C]... */
static int parse_order(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '<', rule, "a module's name") != 0)
        return -1;
    while ((result = words_next(&parser->words, '<', &word)) > 0) {
        if (!word_is(&word, "<"))
            return words_complain(&parser->words, word.start, "'<' is missing between two names: order A < B");
        if (need_name(parser, '<', rule, "a module's name") != 0)
            return -1;
    }
    if (result == 0 && rule->word_count < 2)
        return words_complain(&parser->words, parser->words.at, "'<' and a second name are missing: order A < B");
    return result;
}

/* path: GLOB GLOB... */
static int parse_path(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, "a module's name") != 0 || need_name(parser, '\0', rule, "a path") != 0)
        return -1;
    while ((result = words_next(&parser->words, '\0', &word)) > 0)
        if (add_word(parser, rule, word.text, IDENTITY_VERSION) != 0)
            return -1;
    return result;
}

static int parse_identity_value(struct parser *parser, struct rule *rule, const struct word *word)
{
    const char *equals = strchr(word->text, '=');
    char key[32];
    struct word key_word = {key, word->start, false};
    int found;

    snprintf(key, sizeof key, "%.*s", (int)(equals != NULL ? equals - word->text : 31), word->text);
    found = find_word(key, identity_words, IDENTITIES);
    if (found < 0 && equals != NULL)
        return words_unknown(&parser->words, &key_word, "key", identity_words, IDENTITIES);
    if (found < 0 || equals == NULL || equals[1] == '\0')
        return words_complain(&parser->words, word->start, "this is no key=value: version=, build-id=, pdb= or size=");
    return add_word(parser, rule, equals + 1, (enum rule_identity)found);
}

/* identity: GLOB KEY=VALUE... */
static int parse_identity(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, "a module's name") != 0 || need_word(parser, '\0', &word, "a key=value") < 0)
        return -1;
    do {
        if (parse_identity_value(parser, rule, &word) != 0)
            return -1;
    } while ((result = words_next(&parser->words, '\0', &word)) > 0);
    return result;
}

static int parse_point(struct parser *parser, const struct word *word, const char *text, struct rule_point *point)
{
    const char *colon = strchr(text, ':');
    char name[64];
    struct word point_word = {name, word->start, false};
    int found;

    snprintf(name, sizeof name, "%.*s", (int)(colon != NULL && colon - text < 60 ? colon - text + 1 : 60), text);
    found = find_word(name, point_words, POINT_KINDS);
    if (found < 0)
        return words_unknown(&parser->words, &point_word, "point in time", point_words, POINT_KINDS);
    point->kind = (enum rule_point_kind)found;
    point->name = colon != NULL ? colon + 1 : NULL;
    if (colon != NULL && colon[1] == '\0')
        return words_complain(&parser->words, word->start, "a name is missing after '%s'", name);
    return 0;
}

/* FROM..TO, which is cut in two. A name may have dots itself: the last pair before a point's word counts. */
static int parse_points(struct parser *parser, struct rule *rule, const struct word *word)
{
    char *text = (char *)(size_t)word->text, *dots = NULL; /* the room is ours */

    for (char *at = strstr(text, ".."); at != NULL; at = strstr(at + 1, ".."))
        for (int i = 0; i < POINT_KINDS; i++)
            if (strncmp(at + 2, point_words[i], strlen(point_words[i])) == 0)
                dots = at;
    if (dots == NULL && (dots = strstr(text, "..")) == NULL)
        return words_complain(&parser->words, word->start, "'%.60s' is no span of time: start..mark:ready, load:a.dll..end", text);
    *dots = '\0';
    if (parse_point(parser, word, text, &rule->from) != 0)
        return -1;
    return parse_point(parser, word, dots + 2, &rule->to);
}

static int parse_time(struct parser *parser, const struct word *word, int64_t *ns)
{
    if (human_parse_time(word->text, ns) != 0)
        return words_complain(&parser->words, word->start, "'%.60s' is no time; say 1.5s, 300ms, 20us or 5ns", word->text);
    return 0;
}

/* limit time: FROM..TO TIME [median TIME] */
static int parse_time_limit(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_word(parser, '\0', &word, "a span of time (start..mark:ready)") < 0 || parse_points(parser, rule, &word) != 0 ||
        need_word(parser, '\0', &word, "a time") < 0 || parse_time(parser, &word, &rule->most) != 0)
        return -1;
    if ((result = words_next(&parser->words, '\0', &word)) <= 0)
        return result;
    if (!word_is(&word, "median"))
        return words_complain(&parser->words, word.start, "'%.60s' is one word too many; what may follow is 'median TIME'", word.text);
    if (need_word(parser, '\0', &word, "a time") < 0)
        return -1;
    return parse_time(parser, &word, &rule->most_median);
}

/* limit: loads N, limit: time ... */
static int parse_limit(struct parser *parser, struct rule *rule)
{
    struct word word;
    int found;

    if (need_word(parser, '\0', &word, "what is limited") < 0)
        return -1;
    if ((found = find_word(word.text, measure_words, MEASURES)) < 0)
        return words_unknown(&parser->words, &word, "limit", measure_words, MEASURES);
    rule->measure = (enum rule_measure)found;
    if (rule->measure == MEASURE_PROCESSES && rule->process != NULL)
        return words_complain(&parser->words, word.start, "the limit of processes stands before the first section");
    if (rule->measure == MEASURE_TIME)
        return parse_time_limit(parser, rule);
    if (need_word(parser, '\0', &word, "a number") < 0)
        return -1;
    if (human_parse_number(word.text, &rule->most) != 0)
        return words_complain(&parser->words, word.start, "'%.60s' is no number", word.text);
    return 0;
}

static struct rule *add_rule(struct parser *parser)
{
    struct rules *rules = parser->rules;
    struct memory *memory = parser->memory;
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
    if (need_word(parser, ']', &word, "'process NAME' or 'run'") < 0)
        return -1;
    if (!word_is(&word, "process") && !word_is(&word, "run"))
        return words_unknown(words, &word, "section", names, 2);
    parser->process = NULL;
    if (word_is(&word, "process")) {
        if (need_word(parser, ']', &word, "a program's name") < 0)
            return -1;
        if (word_is(&word, "]"))
            return words_complain(words, word.start, "a program's name is missing: [process app.exe]");
        parser->process = word.text;
    }
    if (need_word(parser, ']', &word, "']'") < 0)
        return -1;
    if (!word_is(&word, "]"))
        return words_complain(words, word.start, "']' is missing; a name with blanks or brackets stands in quotes");
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

static int parse_rule(struct parser *parser, const struct word *first)
{
    static int (*const parsers[RULE_KINDS])(struct parser *, struct rule *) = {
        [RULE_REQUIRE] = parse_presence, [RULE_ALLOW] = parse_presence,     [RULE_FORBID] = parse_presence, [RULE_ORDER] = parse_order,
        [RULE_PATH] = parse_path,        [RULE_IDENTITY] = parse_identity, [RULE_LIMIT] = parse_limit,
    };
    struct rule *rule = add_rule(parser);
    int found = find_word(first->text, kind_words, RULE_KINDS);

    if (rule == NULL)
        return no_memory(parser->words.error);
    if (found < 0 || first->is_quoted)
        return words_unknown(&parser->words, first, "rule", kind_words, RULE_KINDS);
    rule->kind = (enum rule_kind)found;
    rule->line = parser->words.line_number;
    rule->column = (unsigned)(first->start - parser->words.line) + 1;
    rule->process = parser->process;
    if (parsers[found](parser, rule) < 0 || words_end(&parser->words) != 0)
        return -1;
    rule->text = copy_text(parser, first->start, parser->words.at);
    return 0;
}

static int parse_header(struct parser *parser, const struct word *first)
{
    struct word version;
    int64_t number;

    if (!word_is(first, "trail-rules") || words_next(&parser->words, '\0', &version) <= 0)
        return words_complain(&parser->words, first->start, "a rules file begins with the line 'trail-rules %d'", FORMAT_VERSION);
    if (human_parse_number(version.text, &number) != 0 || number != FORMAT_VERSION)
        return words_complain(&parser->words, version.start, "rules of version '%.20s'; this trailview reads version %d", version.text,
                              FORMAT_VERSION);
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
    return parser->has_header ? parse_rule(parser, &first) : parse_header(parser, &first);
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
            return words_complain(words, at, "the control character \\x%02X; this is no rules file", (unsigned)code_point);
    }
    return 0;
}

static bool begins_with(const struct words *words, const char *text)
{
    return (size_t)(words->end - words->line) >= strlen(text) && memcmp(words->line, text, strlen(text)) == 0;
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
        if (check_text(words) != 0 || see_learned(parser, next, &is_inside) != 0 || parse_line(parser) != 0)
            return -1;
        for (size_t i = before; i < rules->count; i++)
            rules->rules[i].is_learned = is_inside;
    }
    if (is_inside)
        return words_complain(words, words->end, "the line '%s' is missing", RULES_LEARNED_END);
    if (!parser->has_header)
        return error_set(words->error, TRAIL_FAILED, 0, "%.180s: a rules file begins with the line 'trail-rules %d'", rules->name, FORMAT_VERSION);
    return 0;
}

static int compare_presence(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left, *b = *(const struct rule *const *)right;
    int order = strcmp(a->process != NULL ? a->process : "", b->process != NULL ? b->process : "");

    if (order == 0)
        order = (int)a->is_process - (int)b->is_process;
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
        bool is_same = strcmp(a->words[0], b->words[0]) == 0 && a->is_process == b->is_process &&
                       strcmp(a->process != NULL ? a->process : "", b->process != NULL ? b->process : "") == 0;
        if (is_same && (a->kind == RULE_FORBID) != (b->kind == RULE_FORBID))
            result = error_set(error, TRAIL_FAILED, 0, "%.180s:%u:%u: '%.60s' contradicts line %u: '%.60s'", rules->name, b->line, b->column,
                               b->text, a->line, a->text);
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

int rules_parse(const char *name, const char *text, size_t length, struct rules *rules, struct trail_error *error)
{
    struct memory *memory = calloc(1, sizeof *memory);
    struct parser parser = {.rules = rules, .memory = memory};
    size_t name_size = strlen(name) + 1;
    int result;

    memset(rules, 0, sizeof *rules);
    if (memory == NULL)
        return no_memory(error);
    rules->memory = memory;
    if (length > FILE_BYTES_AT_MOST)
        return error_set(error, TRAIL_FAILED, 0, "'%.180s' has more than %d bytes; this is no rules file", name, FILE_BYTES_AT_MOST);
    if ((memory->text = malloc(length + 1 + name_size)) == NULL || (memory->room = malloc(2 * length + 4)) == NULL)
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
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0, capacity = 0;
    int result = -1;

    memset(rules, 0, sizeof *rules);
    if (file == NULL)
        return error_set(error, errno == ENOENT ? TRAIL_NOT_FOUND : TRAIL_FAILED, errno, "cannot open '%s': %s", path, strerror(errno));
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
    struct memory *memory = rules->memory;

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
