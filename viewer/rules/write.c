/* See write.h. */
#include "write.h"

#include "compare/model/place.h"
#include "harmful.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

const char *const rule_placeholders[] = {"{system}", "{app}", "{temp}", "{home}",
                                         "{uuid}",   "{n}",   NULL};

static bool needs_quotes(const char *word)
{
    return word[0] == '\0' || word[0] == '#' || word[0] == '[' || strcmp(word, "process") == 0 ||
           strcmp(word, "failed") == 0 || strcmp(word, "environment") == 0 ||
           strpbrk(word, " \t\"<]") != NULL;
}

void rule_write_word(struct buffer *out, const char *word)
{
    if (!needs_quotes(word)) {
        buffer_add_text(out, word);
        return;
    }
    buffer_add_char(out, '"');
    for (; *word != '\0'; word++) {
        if (*word == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, *word);
    }
    buffer_add_char(out, '"');
}

static bool begins_placeholder(const char *text)
{
    for (size_t i = 0; rule_placeholders[i] != NULL; i++)
        if (strncmp(text, rule_placeholders[i], strlen(rule_placeholders[i])) == 0)
            return true;
    return false;
}

void rule_write_glob(struct buffer *out, const char *text)
{
    size_t length = strlen(text), size;
    uint32_t c = 0;

    for (size_t at = 0; at < length; at += size) {
        size = text_decode(text + at, length - at, &c);
        if (strncmp(text + at, PLACE_ANY, strlen(PLACE_ANY)) == 0) {
            buffer_add_char(out, '*');
            size = strlen(PLACE_ANY);
        } else if (size == 0 || harmful_is(c)) {
            buffer_add_char(out, '?');
            size += size == 0;
        } else if (c == '*' || c == '?' || c == '[' ||
                   (c == '{' && !begins_placeholder(text + at))) {
            buffer_format(out, "[%c]", (int)c);
        } else {
            buffer_add(out, text + at, size);
        }
    }
}

/* How long the placeholder is that stands there for what varies; 0 if there is none. */
static size_t varying_length(const char *text)
{
    static const char *const placeholders[] = {"{n}", "{uuid}", PLACE_ANY};

    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++)
        if (strncmp(text, placeholders[i], strlen(placeholders[i])) == 0)
            return strlen(placeholders[i]);
    return 0;
}

void rule_write_key_glob(struct buffer *out, const char *key)
{
    struct buffer plain = {0};
    size_t length;

    while (*key != '\0') {
        for (length = 0; key[length] != '\0' && varying_length(key + length) == 0;)
            length++;
        buffer_clear(&plain);
        buffer_add(&plain, key, length);
        rule_write_glob(out, buffer_text(&plain));
        key += length;
        length = varying_length(key);
        buffer_add_text(out, length > 0 ? PLACE_ANY : "");
        key += length;
    }
    out->failed |= plain.failed;
    buffer_release(&plain);
}

void rule_write_key(struct buffer *out, const char *key)
{
    struct buffer glob = {0};

    rule_write_key_glob(&glob, key);
    rule_write_word(out, buffer_text(&glob));
    out->failed |= glob.failed;
    buffer_release(&glob);
}

void rule_write_name(struct buffer *out, const char *text)
{
    struct buffer glob = {0};

    rule_write_glob(&glob, text);
    rule_write_word(out, buffer_text(&glob));
    out->failed |= glob.failed;
    buffer_release(&glob);
}

void rule_write_time(struct buffer *out, int64_t ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    int64_t step = 1;
    size_t unit = 0;

    while (ns / step >= 1000)
        step *= 10;
    ns = ns / step * step + (ns % step > 0 ? step : 0);
    while (ns < units[unit].ns && unit < 3)
        unit++;
    buffer_format(out, "%" PRId64, ns / units[unit].ns);
    if (ns % units[unit].ns > 0) { /* what is left has at most two digits */
        int64_t rest = ns % units[unit].ns, digit = units[unit].ns / 10;
        for (buffer_add_char(out, '.'); rest > 0; rest %= digit, digit /= 10)
            buffer_add_char(out, (char)('0' + rest / digit));
    }
    buffer_add_text(out, units[unit].name);
}
