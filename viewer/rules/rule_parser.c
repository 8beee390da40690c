/* See rule_parser.h: one function for each kind of rule. */
#include "rule_parser.h"

#include "compare/model/place.h"
#include "human.h"
#include "nearest.h"
#include "write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_words[RULE_KINDS] = {
    [RULE_REQUIRE] = "require",
    [RULE_ALLOW] = "allow",
    [RULE_FORBID] = "forbid",
    [RULE_ORDER] = "order",
    [RULE_PATH] = "path",
    [RULE_CAUSE] = "cause",
    [RULE_IDENTITY] = "identity",
    [RULE_ARGUMENTS] = "arguments",
    [RULE_ENVIRONMENT] = "environment",
    [RULE_LIMIT] = "limit",
};

static const char *const measure_words[MEASURES] = {
    [MEASURE_LOADS] = "loads",     [MEASURE_EXCEPTIONS] = "exceptions",
    [MEASURE_THREADS] = "threads", [MEASURE_PROCESSES] = "processes",
    [MEASURE_TIME] = "time",
};

static const char *const identity_words[IDENTITIES] = {
    [IDENTITY_VERSION] = "version",
    [IDENTITY_BUILD_ID] = "build-id",
    [IDENTITY_PDB] = "pdb",
    [IDENTITY_SIZE] = "size",
};

static const char *const point_words[POINT_KINDS] = {
    [POINT_START] = "start",
    [POINT_ENTRY] = "entry",
    [POINT_END] = "end",
    [POINT_FIRST_LOAD] = "first-load",
    [POINT_LAST_LOAD] = "last-load",
    [POINT_MARK] = "mark:",
    [POINT_LOAD] = "load:",
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

static int add_word(struct parser *parser, struct rule *rule, const char *text,
                    enum rule_identity key)
{
    struct rules_memory *memory = parser->memory;

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

int rule_need_word(struct parser *parser, char stop, struct word *word, const char *what)
{
    int result = words_next(&parser->words, stop, word);

    return result != 0 ? result
                       : words_complain(&parser->words, parser->words.at, "%s is missing", what);
}

static int need_name(struct parser *parser, char stop, struct rule *rule, const char *what)
{
    struct word word;

    if (rule_need_word(parser, stop, &word, what) < 0)
        return -1;
    if (word_is(&word, "<"))
        return words_complain(&parser->words, word.start, "%s is missing before '<'", what);
    return add_word(parser, rule, word.text, IDENTITY_VERSION);
}

/* require, allow, forbid: [process] GLOB; allow, forbid: failed GLOB */
static int parse_presence(struct parser *parser, struct rule *rule)
{
    struct words before = parser->words;
    struct word word;

    if (rule_need_word(parser, '\0', &word, "a module's name") < 0)
        return -1;
    rule->about = word_is(&word, "process")       ? ABOUT_PROCESSES
                  : word_is(&word, "failed")      ? ABOUT_FAILURES
                  : word_is(&word, "environment") ? ABOUT_VARIABLES
                                                  : ABOUT_MODULES;
    if (rule->about == ABOUT_MODULES)
        parser->words = before;
    if (rule->about != ABOUT_MODULES && rule->process != NULL)
        return words_complain(
            &parser->words, word.start,
            "rules about processes, failed loads and the environment stand before "
            "the first section");
    if (rule->about == ABOUT_FAILURES && rule->kind == RULE_REQUIRE)
        return words_complain(&parser->words, word.start,
                              "a load that fails can be allowed or forbidden, not required");
    if (rule->about == ABOUT_VARIABLES && rule->kind == RULE_REQUIRE)
        return words_complain(&parser->words, word.start,
                              "that a variable is set is 'environment NAME *'");
    return need_name(parser, '\0', rule,
                     rule->about == ABOUT_PROCESSES   ? "a program's name"
                     : rule->about == ABOUT_VARIABLES ? "a variable's name"
                                                      : "a module's name");
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
            return words_complain(&parser->words, word.start,
                                  "'<' is missing between two names: order A < B");
        if (need_name(parser, '<', rule, "a module's name") != 0)
            return -1;
    }
    if (result == 0 && rule->word_count < 2)
        return words_complain(&parser->words, parser->words.at,
                              "'<' and a second name are missing: order A < B");
    return result;
}

/*
 * A placeholder that is none, but is written almost like one, would match nothing, and the rule
 * would never say so.
 */
static int check_placeholders(struct parser *parser, const struct word *word)
{
    const char *const *names = rule_placeholders;
    size_t count = 0;

    while (names[count] != NULL)
        count++;
    for (const char *at = strchr(word->text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") + 2;
        char name[16];
        struct word placeholder = {name, word->start, false};
        if (length == 2 || length >= sizeof name || at[length - 1] != '}')
            continue;
        memcpy(name, at, length);
        name[length] = '\0';
        if (find_word(name, names, count) < 0 &&
            nearest_name(name, names, count, sizeof names[0]) != NULL)
            return words_unknown(&parser->words, &placeholder, "placeholder", names, count);
    }
    return 0;
}

/* path: GLOB GLOB... */
static int parse_path(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, "a module's name") != 0)
        return -1;
    for (result = rule_need_word(parser, '\0', &word, "a path"); result > 0;
         result = words_next(&parser->words, '\0', &word))
        if (check_placeholders(parser, &word) != 0 ||
            add_word(parser, rule, word.text, IDENTITY_VERSION) != 0)
            return -1;
    return result;
}

static int parse_values(struct parser *parser, struct rule *rule, const char *what,
                        const char *values)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, what) != 0)
        return -1;
    for (result = rule_need_word(parser, '\0', &word, values); result > 0;
         result = words_next(&parser->words, '\0', &word))
        if (add_word(parser, rule, word.text, IDENTITY_VERSION) != 0)
            return -1;
    return result;
}

/* arguments: GLOB GLOB... */
static int parse_arguments(struct parser *parser, struct rule *rule)
{
    return parse_values(parser, rule, "a program's name", "a list of arguments");
}

/* environment: NAME GLOB... */
static int parse_environment(struct parser *parser, struct rule *rule)
{
    if (rule->process != NULL)
        return words_complain(&parser->words, parser->words.at,
                              "rules about the environment stand before the first section");
    return parse_values(parser, rule, "a variable's name", "a value");
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
        return words_complain(&parser->words, word->start,
                              "this is no key=value: version=, build-id=, pdb= or size=");
    return add_word(parser, rule, equals + 1, (enum rule_identity)found);
}

/* cause: GLOB by GLOB... */
static int parse_cause(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, "a module's name") != 0 ||
        rule_need_word(parser, '\0', &word, "'by'") < 0)
        return -1;
    if (!word_is(&word, "by"))
        return words_complain(&parser->words, word.start,
                              "'by' is missing between two names: cause A by B");
    for (result = rule_need_word(parser, '\0', &word, "a module's name"); result > 0;
         result = words_next(&parser->words, '\0', &word))
        if (add_word(parser, rule, word.text, IDENTITY_VERSION) != 0)
            return -1;
    return result;
}

/* identity: GLOB KEY=VALUE... */
static int parse_identity(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (need_name(parser, '\0', rule, "a module's name") != 0 ||
        rule_need_word(parser, '\0', &word, "a key=value") < 0)
        return -1;
    do {
        if (parse_identity_value(parser, rule, &word) != 0)
            return -1;
    } while ((result = words_next(&parser->words, '\0', &word)) > 0);
    return result;
}

static int parse_point(struct parser *parser, const struct word *word, const char *text,
                       struct rule_point *point)
{
    const char *colon = strchr(text, ':');
    char name[64];
    struct word point_word = {name, word->start, false};
    int found;

    snprintf(name, sizeof name, "%.*s",
             (int)(colon != NULL && colon - text < 60 ? colon - text + 1 : 60), text);
    found = find_word(name, point_words, POINT_KINDS);
    if (found < 0)
        return words_unknown(&parser->words, &point_word, "point in time", point_words,
                             POINT_KINDS);
    point->kind = (enum rule_point_kind)found;
    point->name = colon != NULL ? colon + 1 : NULL;
    if (colon != NULL && colon[1] == '\0')
        return words_complain(&parser->words, word->start, "a name is missing after '%s'", name);
    return 0;
}

/*
 * FROM..TO, which is cut in two. A name may have dots itself: the last pair before a point's word
 * counts.
 */
static int parse_points(struct parser *parser, struct rule *rule, const struct word *word)
{
    char *text = (char *)(size_t)word->text, *dots = NULL; /* the room is ours */

    for (char *at = strstr(text, ".."); at != NULL; at = strstr(at + 1, ".."))
        for (int i = 0; i < POINT_KINDS; i++)
            if (strncmp(at + 2, point_words[i], strlen(point_words[i])) == 0)
                dots = at;
    if (dots == NULL && (dots = strstr(text, "..")) == NULL)
        return words_complain(&parser->words, word->start,
                              "'%.60s' is no span of time: start..mark:ready, load:a.dll..end",
                              text);
    *dots = '\0';
    if (parse_point(parser, word, text, &rule->from) != 0)
        return -1;
    return parse_point(parser, word, dots + 2, &rule->to);
}

static int parse_time(struct parser *parser, const struct word *word, int64_t *ns)
{
    if (human_parse_time(word->text, ns) != 0)
        return words_complain(&parser->words, word->start,
                              "'%.60s' is no time; say 1.5s, 300ms, 20us or 5ns", word->text);
    return 0;
}

/* limit time: FROM..TO TIME [median TIME] */
static int parse_time_limit(struct parser *parser, struct rule *rule)
{
    struct word word;
    int result;

    if (rule_need_word(parser, '\0', &word, "a span of time (start..mark:ready)") < 0 ||
        parse_points(parser, rule, &word) != 0 ||
        rule_need_word(parser, '\0', &word, "a time") < 0 ||
        parse_time(parser, &word, &rule->most) != 0)
        return -1;
    if ((result = words_next(&parser->words, '\0', &word)) <= 0)
        return result;
    if (!word_is(&word, "median"))
        return words_complain(&parser->words, word.start,
                              "'%.60s' is one word too many; what may follow is 'median TIME'",
                              word.text);
    if (rule_need_word(parser, '\0', &word, "a time") < 0)
        return -1;
    return parse_time(parser, &word, &rule->most_median);
}

/* N, or N..M */
static bool parse_count(const struct word *word, struct rule *rule)
{
    const char *dots = strstr(word->text, "..");
    char least[24];

    if (word->is_quoted)
        return false;
    rule->least = 0;
    if (dots == NULL)
        return human_parse_number(word->text, &rule->most) == 0;
    snprintf(least, sizeof least, "%.*s", (int)(dots - word->text < 23 ? dots - word->text : 23),
             word->text);
    return human_parse_number(least, &rule->least) == 0 &&
           human_parse_number(dots + 2, &rule->most) == 0 && rule->least <= rule->most;
}

static bool may_be_named(enum rule_measure measure)
{
    return measure == MEASURE_LOADS || measure == MEASURE_EXCEPTIONS ||
           measure == MEASURE_PROCESSES;
}

/* limit: loads N, limit: loads NAME N, limit: time ... */
static int parse_limit(struct parser *parser, struct rule *rule)
{
    struct word word;
    int found;

    if (rule_need_word(parser, '\0', &word, "what is limited") < 0)
        return -1;
    if ((found = find_word(word.text, measure_words, MEASURES)) < 0)
        return words_unknown(&parser->words, &word, "limit", measure_words, MEASURES);
    rule->measure = (enum rule_measure)found;
    if (rule->measure == MEASURE_PROCESSES && rule->process != NULL)
        return words_complain(&parser->words, word.start,
                              "the limit of processes stands before the first section");
    if (rule->measure == MEASURE_TIME)
        return parse_time_limit(parser, rule);
    if (rule_need_word(parser, '\0', &word, "a number") < 0)
        return -1;
    if (may_be_named(rule->measure) && !parse_count(&word, rule)) {
        struct word count;
        int result = words_next(&parser->words, '\0', &count);
        if (result < 0 || (result > 0 && add_word(parser, rule, word.text, IDENTITY_VERSION) != 0))
            return -1;
        word = result > 0 ? count : word;
    }
    if (!parse_count(&word, rule))
        return words_complain(&parser->words, word.start, "'%.60s' is no number", word.text);
    return 0;
}

void rule_take_any(char *name)
{
    for (char *at; (at = strstr(name, PLACE_ANY)) != NULL;) {
        *at = '*';
        memmove(at + 1, at + strlen(PLACE_ANY), strlen(at + strlen(PLACE_ANY)) + 1);
    }
}

/* Only where a module is named {any} means more than * (subjects.h). */
static void take_any(const struct parser *parser, const struct rule *rule)
{
    const char *const *words =
        rule->word_count > 0 ? parser->memory->words + parser->memory->word_count - rule->word_count
                             : NULL;
    size_t first = rule->about != ABOUT_MODULES   ? 0
                   : rule->kind == RULE_ARGUMENTS ? 0
                   : rule->kind == RULE_CAUSE     ? 1
                                                  : SIZE_MAX;

    for (size_t i = first; i < rule->word_count; i++)
        rule_take_any((char *)(size_t)words[i]); /* the room is ours */
}

int rule_parse(struct parser *parser, const struct word *first, struct rule *rule)
{
    static int (*const parsers[RULE_KINDS])(struct parser *, struct rule *) = {
        [RULE_REQUIRE] = parse_presence,
        [RULE_ALLOW] = parse_presence,
        [RULE_FORBID] = parse_presence,
        [RULE_ORDER] = parse_order,
        [RULE_PATH] = parse_path,
        [RULE_CAUSE] = parse_cause,
        [RULE_IDENTITY] = parse_identity,
        [RULE_ARGUMENTS] = parse_arguments,
        [RULE_ENVIRONMENT] = parse_environment,
        [RULE_LIMIT] = parse_limit,
    };
    int found = find_word(first->text, kind_words, RULE_KINDS);

    if (found < 0 || first->is_quoted)
        return words_unknown(&parser->words, first, "rule", kind_words, RULE_KINDS);
    rule->kind = (enum rule_kind)found;
    found = parsers[found](parser, rule);
    if (found >= 0)
        take_any(parser, rule);
    return found;
}
