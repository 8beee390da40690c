/*
 * See script.h. Entries are kept as packed events (event.h), so that replaying one is a bounded
 * copy.
 */
#include "script.h"

#include "text.h"
#include "token.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPT_BYTES_MAX = 256 * 1024 * 1024 };

struct entry {
    enum script_action action;
    bool more;
    uint64_t t_ns;
    uint32_t pid, tid;
    size_t packed_at, packed_size;
};

struct script {
    struct entry *entries;
    size_t count, capacity;
    unsigned char *packed;
    size_t packed_used, packed_capacity;
};

struct parser {
    struct token_reader reader;
    struct script *script;
    char *escaped; /* for text_from_bytes */
    struct event *event;
    struct entry entry;
    bool pid_known;
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, ENOMEM, "out of memory");
}

static bool is_whole(const struct token *token, const char *at)
{
    return at == token->value + token->value_length;
}

static int number_of(struct parser *parser, const struct token *token, uint64_t most,
                     uint64_t *number)
{
    const char *at = token->value;

    if (at == NULL || token_scan_number(&at, most, number) != 0 || !is_whole(token, at))
        return token_complain(
            &parser->reader, token->value_start ? token->value_start : token->start,
            "expected %s=NUMBER, at most %llu", token->word, (unsigned long long)most);
    return 0;
}

static int time_of(struct parser *parser, const struct token *token)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"", 1}, {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    const char *at = token->value;
    uint64_t number;

    if (at == NULL || token_scan_number(&at, UINT64_MAX / 2000000000, &number) != 0)
        return token_complain(&parser->reader, token->start,
                              "expected t=NUMBER, with or without a unit (ns, us, ms, s)");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(at, units[i].unit) == 0 && is_whole(token, at + strlen(at))) {
            if (number * units[i].ns < parser->entry.t_ns)
                return token_complain(&parser->reader, token->start,
                                      "expected a time not before the line above");
            parser->entry.t_ns = number * units[i].ns;
            return 0;
        }
    }
    return token_complain(&parser->reader, token->start,
                          "expected t=NUMBER, with or without a unit (ns, us, ms, s)");
}

/* Decodes hex digits in place. */
static int hex_of(struct parser *parser, struct token *token)
{
    if (token->value_length % 2 != 0)
        return token_complain(&parser->reader, token->value_start,
                              "expected an even number of hex digits");
    for (size_t i = 0; i < token->value_length; i++)
        if (token_hex_digit(token->value[i]) < 0)
            return token_complain(&parser->reader, token->value_start, "expected hex digits");
    for (size_t i = 0; i < token->value_length; i += 2)
        token->value[i / 2] =
            (char)(token_hex_digit(token->value[i]) << 4 | token_hex_digit(token->value[i + 1]));
    token->value_length /= 2;
    return 0;
}

static int check_room(struct parser *parser, const struct token *token, size_t length)
{
    if (length > (size_t)EVENT_BYTES_MAX - parser->event->bytes_used)
        return token_complain(&parser->reader, token->value_start,
                              "expected at most %d bytes of texts in one event",
                              (int)EVENT_BYTES_MAX);
    return 0;
}

/* Text as a platform hands it over. */
static int text_of(struct parser *parser, const struct token *token, size_t *length)
{
    bool exact;

    if (check_room(parser, token, token->value_length) != 0)
        return -1;
    *length = text_from_bytes(token->value, token->value_length, parser->escaped, &exact);
    return check_room(parser, token, *length);
}

/* Each number but the last takes two characters or more, which bounds how many there can be. */
static int numbers_of(struct parser *parser, struct token *token, unsigned field)
{
    const char *at = token->value;
    size_t count = 0;
    uint64_t number;

    if (check_room(parser, token, (token->value_length / 2 + 1) * sizeof number) != 0)
        return -1;
    while (token->value_length > 0) {
        if (token_scan_signed(&at, &number) != 0)
            return token_complain(&parser->reader, token->value_start,
                                  "expected numbers, separated by commas");
        memcpy(parser->escaped + count++ * sizeof number, &number, sizeof number);
        if (is_whole(token, at))
            break;
        if (*at++ != ',')
            return token_complain(&parser->reader, token->value_start,
                                  "expected numbers, separated by commas");
    }
    event_set_bytes(parser->event, field, parser->escaped, count * sizeof number);
    return 0;
}

static int coded_of(struct parser *parser, const struct token *token, enum field_type type,
                    unsigned field)
{
    char words[160] = "";
    uint64_t value;

    if (strlen(token->value) == token->value_length &&
        event_code_value(type, token->value, &value) == 0) {
        event_set(parser->event, field, value);
        return 0;
    }
    for (value = 0; event_code_word(type, value) != NULL; value++)
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s",
                 value == 0 ? "" : ", ", event_code_word(type, value));
    return token_complain(&parser->reader, token->value_start, "expected %s to be one of: %s",
                          token->word, words);
}

static int read_field(struct parser *parser, struct token *token, enum field_type type,
                      unsigned field)
{
    const char *at = token->value;
    uint64_t number;
    size_t length;

    switch (type) {
    case FIELD_INT:
        if (token_scan_signed(&at, &number) != 0 || !is_whole(token, at))
            return token_complain(&parser->reader, token->value_start, "expected %s=NUMBER",
                                  token->word);
        event_set(parser->event, field, number);
        return 0;
    case FIELD_UINT:
    case FIELD_ADDRESS:
    case FIELD_LOCATION:
    case FIELD_BOOL:
        if (number_of(parser, token, type == FIELD_BOOL ? 1 : UINT64_MAX, &number) != 0)
            return -1;
        event_set(parser->event, field, number);
        return 0;
    case FIELD_TEXT:
        if (text_of(parser, token, &length) != 0)
            return -1;
        event_set_bytes(parser->event, field, parser->escaped, length);
        return 0;
    case FIELD_BLOB:
        if (hex_of(parser, token) != 0 || check_room(parser, token, token->value_length) != 0)
            return -1;
        event_set_bytes(parser->event, field, token->value, token->value_length);
        return 0;
    case FIELD_NUMBERS:
        return numbers_of(parser, token, field);
    default:
        return coded_of(parser, token, type, field);
    }
}

/* The parts of an image. Returns 1 if the token is one of them, else 0, or -1 on failure. */
static int read_image_part(struct parser *parser, struct token *token)
{
    struct event_image *image = &parser->event->image;
    size_t length;

    if ((strcmp(token->word, "path") == 0 && image->path.length > 0) ||
        (strcmp(token->word, "build_id") == 0 && image->build_id.length > 0))
        return token_complain(&parser->reader, token->start, "expected %s only once", token->word);
    if (strcmp(token->word, "path") == 0) {
        if (text_of(parser, token, &length) != 0)
            return -1;
        image->path = event_put_bytes(parser->event, parser->escaped, length);
    } else if (strcmp(token->word, "build_id") == 0) {
        if (hex_of(parser, token) != 0 || check_room(parser, token, token->value_length) != 0)
            return -1;
        image->build_id = event_put_bytes(parser->event, token->value, token->value_length);
    } else if (strcmp(token->word, "size") == 0) {
        if (number_of(parser, token, INT64_MAX, &image->size) != 0)
            return -1;
    } else {
        return 0;
    }
    return 1;
}

/* Whose name an event tells: any kind can. Returns as read_image_part. */
static int read_naming(struct parser *parser, struct token *token)
{
    struct event_naming *naming = &parser->event->naming;
    uint64_t tid;
    size_t length;

    if (strcmp(token->word, "thread_name") == 0) {
        if (naming->name.length > 0)
            return token_complain(&parser->reader, token->start, "expected %s only once",
                                  token->word);
        if (text_of(parser, token, &length) != 0)
            return -1;
        naming->name = event_put_bytes(parser->event, parser->escaped, length);
        naming->tid = naming->tid != 0 ? naming->tid : parser->event->tid;
    } else if (strcmp(token->word, "named_tid") == 0) {
        if (number_of(parser, token, UINT32_MAX, &tid) != 0)
            return -1;
        naming->tid = (uint32_t)tid;
    } else {
        return 0;
    }
    return 1;
}

/* Fields that the writer finds out; no platform fills them. */
static bool is_found_later(enum field_type type)
{
    return type == FIELD_PROCESS || type == FIELD_LOAD;
}

static int unknown_field(struct parser *parser, const struct token *token,
                         const struct kind_descriptor *kind)
{
    char names[200] = "";

    for (unsigned i = 0; i < kind->field_count; i++)
        if (!is_found_later(kind->fields[i].type))
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     names[0] == '\0' ? "" : ", ",
                     kind->fields[i].type == FIELD_MODULE ? "path, build_id, size"
                                                          : kind->fields[i].name);
    return token_complain(&parser->reader, token->start, "expected a field of %s (%s), found '%s'",
                          kind->name, names, token->word);
}

static int read_named_field(struct parser *parser, struct token *token,
                            const struct kind_descriptor *kind)
{
    int result;

    if (token->value == NULL)
        return token_complain(&parser->reader, token->start, "expected %s=VALUE", token->word);
    if ((result = read_naming(parser, token)) != 0)
        return result < 0 ? -1 : 0;
    for (unsigned i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].type == FIELD_MODULE) {
            if ((result = read_image_part(parser, token)) != 0)
                return result < 0 ? -1 : 0;
        } else if (!is_found_later(kind->fields[i].type) &&
                   strcmp(kind->fields[i].name, token->word) == 0) {
            if (event_has(parser->event, i))
                return token_complain(&parser->reader, token->start, "expected %s only once",
                                      token->word);
            return read_field(parser, token, kind->fields[i].type, i);
        }
    }
    return unknown_field(parser, token, kind);
}

/* Makes room for `needed` elements. */
static int grow(void **array, size_t *capacity, size_t needed, size_t element,
                struct trail_error *error)
{
    size_t larger = *capacity < 64 ? 64 : *capacity;
    void *moved;

    if (needed <= *capacity)
        return 0;
    while (larger < needed)
        larger *= 2;
    if ((moved = realloc(*array, larger * element)) == NULL)
        return out_of_memory(error);
    *array = moved;
    *capacity = larger;
    return 0;
}

static int append_entry(struct parser *parser)
{
    struct script *script = parser->script;
    void *entries = script->entries, *packed = script->packed;

    if (grow(&entries, &script->capacity, script->count + 1, sizeof *script->entries,
             parser->reader.error) != 0)
        return -1;
    script->entries = entries;
    if (parser->entry.action == SCRIPT_EVENT) {
        parser->entry.packed_at = script->packed_used;
        parser->entry.packed_size = event_packed_size(parser->event);
        if (grow(&packed, &script->packed_capacity, script->packed_used + parser->entry.packed_size,
                 1, parser->reader.error) != 0)
            return -1;
        script->packed = packed;
        event_pack(parser->event, script->packed + script->packed_used);
        script->packed_used += parser->entry.packed_size;
    }
    script->entries[script->count++] = parser->entry;
    return 0;
}

/*
 * What may stand in front of the verb. Returns 1 if it was that, 0 if it is the verb, -1 on
 * failure.
 */
static int read_prefix(struct parser *parser, const struct token *token, bool *synthetic,
                       bool *tid_given)
{
    uint64_t number;

    if (strcmp(token->word, "t") == 0)
        return time_of(parser, token) == 0 ? 1 : -1;
    if (strcmp(token->word, "pid") == 0) {
        if (number_of(parser, token, UINT32_MAX, &number) != 0)
            return -1;
        parser->entry.pid = (uint32_t)number;
        if (!*tid_given)
            parser->entry.tid = (uint32_t)number;
        parser->pid_known = true;
        return 1;
    }
    if (strcmp(token->word, "tid") == 0) {
        if (number_of(parser, token, UINT32_MAX, &number) != 0)
            return -1;
        parser->entry.tid = (uint32_t)number;
        *tid_given = true;
        return 1;
    }
    if (token->value != NULL)
        return token_complain(
            &parser->reader, token->start,
            "expected t=, pid=, tid=, synthetic, more, or what happens, found '%s='", token->word);
    if (strcmp(token->word, "synthetic") == 0)
        *synthetic = true;
    else if (strcmp(token->word, "more") == 0)
        parser->entry.more = true;
    else
        return 0;
    return 1;
}

static int read_verb(struct parser *parser, const struct token *token, enum event_kind *kind)
{
    static const struct {
        const char *word;
        enum script_action action;
    } verbs[] = {
        {"quiet", SCRIPT_QUIET}, {"hang", SCRIPT_HANG}, {"fail", SCRIPT_FAIL}, {"die", SCRIPT_DIE}};

    *kind = event_kind_by_name(token->word);
    parser->entry.action = SCRIPT_EVENT;
    if (*kind != EVENT_NONE)
        return 0;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].word, token->word) == 0) {
            parser->entry.action = verbs[i].action;
            return 0;
        }
    }
    return token_complain(&parser->reader, token->start,
                          "expected a kind of event, quiet, hang, fail or die, found '%s'",
                          token->word);
}

static int read_fields(struct parser *parser, enum event_kind kind)
{
    struct token token;
    int result;

    while ((result = token_read(&parser->reader, &token)) > 0) {
        if (kind == EVENT_NONE)
            return token_complain(&parser->reader, token.start, "expected the end of the line");
        if (read_named_field(parser, &token, event_kind_descriptor(kind)) != 0)
            return -1;
    }
    return result;
}

static int read_line(struct parser *parser)
{
    bool synthetic = false, tid_given = false, empty = true;
    bool continued = parser->script->count > 0 && parser->entry.more;
    enum event_kind kind;
    struct token token;
    int result;

    while ((result = token_read(&parser->reader, &token)) > 0) {
        if (empty)
            parser->entry.more = false;
        empty = false;
        if ((result = read_prefix(parser, &token, &synthetic, &tid_given)) <= 0)
            break;
    }
    if (result < 0 || (empty && token.start == NULL))
        return result;
    if (token.start == NULL)
        return token_complain(&parser->reader, parser->reader.at,
                              "expected what happens: a kind of event, quiet, hang, fail or die");
    if (read_verb(parser, &token, &kind) != 0)
        return -1;
    if (!parser->pid_known)
        return token_complain(&parser->reader, token.start,
                              "expected pid=NUMBER before the first event");
    if (kind == EVENT_NONE && (continued || parser->entry.more))
        return token_complain(&parser->reader, token.start,
                              "expected another event of the same stop");
    event_begin(parser->event, kind, parser->entry.pid, parser->entry.tid, parser->entry.t_ns);
    parser->event->synthetic = synthetic;
    return read_fields(parser, kind) != 0 ? -1 : append_entry(parser);
}

static int read_lines(struct parser *parser, const char *text, size_t length)
{
    const char *end = text + length, *newline;

    for (parser->reader.line = text; parser->reader.line < end; parser->reader.line = newline + 1) {
        newline = memchr(parser->reader.line, '\n', (size_t)(end - parser->reader.line));
        if (newline == NULL)
            newline = end;
        parser->reader.line_number++;
        parser->reader.at = parser->reader.line;
        parser->reader.end = newline;
        if (read_line(parser) != 0)
            return -1;
        if (newline == end)
            break;
    }
    if (parser->entry.more)
        return token_complain(&parser->reader, parser->reader.line,
                              "expected another event of the same stop, not the end of the script");
    return 0;
}

struct script *script_parse(const char *name, const char *text, size_t length,
                            struct trail_error *error)
{
    struct parser parser = {.reader = {.name = name, .error = error}};
    int result = -1;

    parser.script = calloc(1, sizeof *parser.script);
    parser.reader.buffer = malloc(length + 1);
    parser.escaped = malloc(TEXT_FROM_BYTES_CAPACITY(EVENT_BYTES_MAX));
    parser.event = malloc(sizeof *parser.event);
    if (parser.script == NULL || parser.reader.buffer == NULL || parser.escaped == NULL ||
        parser.event == NULL)
        out_of_memory(error);
    else
        result = read_lines(&parser, text, length);
    free(parser.event);
    free(parser.escaped);
    free(parser.reader.buffer);
    if (result == 0)
        return parser.script;
    script_free(parser.script);
    return NULL;
}

/* The whole file, to be freed by the caller. */
static char *read_file(const char *path, size_t *length, struct trail_error *error)
{
    FILE *file = fopen(path, "rb");
    size_t capacity = 0, got;
    void *text = NULL;

    if (file == NULL) {
        error_set(error, errno == ENOENT ? TRAIL_NOT_FOUND : TRAIL_NOT_EXECUTABLE, errno,
                  "cannot open the script '%s': %s", path, strerror(errno));
        return NULL;
    }
    *length = 0;
    do {
        if (*length > SCRIPT_BYTES_MAX) {
            error_set(error, TRAIL_NOT_EXECUTABLE, 0, "the script '%s' is longer than 256 MiB",
                      path);
            goto fail;
        }
        if (grow(&text, &capacity, *length + 65536, 1, error) != 0)
            goto fail;
        got = fread((char *)text + *length, 1, capacity - *length, file);
        *length += got;
    } while (got > 0);
    if (ferror(file)) {
        error_set(error, TRAIL_NOT_EXECUTABLE, errno, "cannot read the script '%s': %s", path,
                  strerror(errno));
        goto fail;
    }
    fclose(file);
    return text;
fail:
    fclose(file);
    free(text);
    return NULL;
}

struct script *script_read(const char *path, struct trail_error *error)
{
    size_t length;
    char *text = read_file(path, &length, error);
    struct script *script = text == NULL ? NULL : script_parse(path, text, length, error);

    free(text);
    return script;
}

void script_free(struct script *script)
{
    if (script == NULL)
        return;
    free(script->entries);
    free(script->packed);
    free(script);
}

size_t script_count(const struct script *script)
{
    return script->count;
}

uint64_t script_end_ns(const struct script *script)
{
    return script->count == 0 ? 0 : script->entries[script->count - 1].t_ns;
}

enum script_action script_get(const struct script *script, size_t index, struct event *event)
{
    const struct entry *entry = &script->entries[index];

    assert(index < script->count);
    if (entry->action != SCRIPT_EVENT ||
        event_unpack(event, script->packed + entry->packed_at, entry->packed_size) != 0)
        event_begin(event, EVENT_NONE, entry->pid, entry->tid, entry->t_ns);
    event->more = entry->more;
    return entry->action;
}
