/* See human.h. */
#include "human.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Three digits that matter of value/unit. */
static void add_scaled(struct buffer *out, double value, const char *unit)
{
    double size = value < 0 ? -value : value;

    buffer_format(out, "%.*f %s", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, value, unit);
}

void human_duration(struct buffer *out, int64_t ns)
{
    char text[TEXT_DURATION_CAPACITY];

    buffer_add_text(out, text_duration(text, ns));
}

void human_ms(struct buffer *out, int64_t ns)
{
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns,
             us = size / 1000 + (size % 1000 >= 500);

    buffer_format(out, "%s%" PRIu64 ".%03u", ns < 0 && us > 0 ? "-" : "", us / 1000,
                  (unsigned)(us % 1000));
}

void human_bytes(struct buffer *out, int64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;

    if (bytes > -1024 && bytes < 1024) {
        buffer_format(out, "%" PRId64 " B", bytes);
        return;
    }
    for (value /= 1024;
         (value >= 1023.5 || value <= -1023.5) && unit + 1 < sizeof units / sizeof units[0]; unit++)
        value /= 1024;
    add_scaled(out, value, units[unit]);
}

void human_count(struct buffer *out, int64_t count)
{
    buffer_format(out, "%" PRId64, count);
}

int human_parse_number(const char *text, int64_t *number)
{
    int64_t value = 0;

    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        int digit = *text - '0';
        if (digit < 0 || digit > 9 || value > (INT64_MAX - digit) / 10)
            return -1;
        value = value * 10 + digit;
    }
    *number = value;
    return 0;
}

int human_parse_time(const char *text, int64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    double value = 0, fraction = 1;
    const char *start = text;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (*text - '0');
    if (text == start)
        return -1;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++)
            value += (*text - '0') * (fraction /= 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) == 0) {
            value = value * units[i].ns + 0.5;
            *ns = value >= 9.2e18 ? INT64_MAX : (int64_t)value;
            return 0;
        }
    }
    return -1;
}

int human_parse_age(const char *text, int64_t *ns)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"w", 604800}, {"d", 86400}, {"h", 3600}, {"min", 60}};
    size_t digits = strspn(text, "0123456789");
    char number[20];

    snprintf(number, sizeof number, "%.*s", (int)digits, text);
    for (size_t i = 0; digits < 10 && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + digits, units[i].name) != 0 || human_parse_number(number, ns) != 0)
            continue;
        *ns = *ns > INT64_MAX / 1000000000 / units[i].seconds ? INT64_MAX
                                                              : *ns * units[i].seconds * 1000000000;
        return 0;
    }
    return -1;
}
