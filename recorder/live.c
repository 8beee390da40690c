/*
 * See live.h. Text of the target is escaped: a path or a debug string must not be able to steer the
 * terminal.
 */
#include "live.h"

#include "harmful.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct live {
    size_t used;
    char buffer[64 * 1024];
};

/* what one line takes at the most; longer texts are cut in the listing (not in the file) */
enum { LINE_MAX_BYTES = 8 * 1024 };

struct live *live_new(struct trail_error *error)
{
    struct live *live = malloc(sizeof *live);

    if (live == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        live->used = 0;
    return live;
}

void live_free(struct live *live)
{
    free(live);
}

void live_flush(struct live *live)
{
    fwrite(live->buffer, 1, live->used, stderr);
    fflush(stderr);
    live->used = 0;
}

static void put(struct live *live, const char *text)
{
    size_t length = strlen(text);

    if (length > sizeof live->buffer - live->used)
        length = sizeof live->buffer - live->used;
    memcpy(live->buffer + live->used, text, length);
    live->used += length;
}

static void put_text(struct live *live, const unsigned char *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    size_t end = live->used + LINE_MAX_BYTES / 2, size;
    char escape[HARMFUL_ESCAPE_CAPACITY];

    put(live, "\"");
    for (size_t i = 0; i < length && live->used < end; i += size) {
        if (!harmful_escape(text + i, length - i, &size, escape))
            snprintf(escape, sizeof escape, "%.*s", (int)size, text + i);
        put(live, escape);
    }
    put(live, live->used < end ? "\"" : "...\"");
}

static void put_numbers(struct live *live, const unsigned char *bytes, size_t length)
{
    char number[32];

    put(live, "[");
    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint64_t value;
        memcpy(&value, bytes + i, sizeof value);
        snprintf(number, sizeof number, "%s0x%" PRIx64, i ? "," : "", value);
        put(live, number);
    }
    put(live, "]");
}

/* Exception codes of Windows are known by their hex form. */
static bool is_hex(const struct event *event, unsigned field, enum field_type type)
{
    return type == FIELD_ADDRESS || type == FIELD_LOCATION ||
           (event->kind == EVENT_EXCEPTION && field == FIELD(EXCEPTION, code) &&
            !event_has(event, FIELD(EXCEPTION, si_code)));
}

static void put_field(struct live *live, const struct event *event, unsigned field,
                      enum field_type type)
{
    struct event_span span = {0, 0};
    const char *word;
    char number[32];

    if (type == FIELD_TEXT || type == FIELD_NUMBERS)
        span = event_span_of(event, field);
    if (type == FIELD_TEXT) {
        put_text(live, event_bytes_at(event, span), span.length);
    } else if (type == FIELD_NUMBERS) {
        put_numbers(live, event_bytes_at(event, span), span.length);
    } else if ((word = event_code_word(type, event->value[field])) != NULL) {
        put(live, word);
    } else {
        snprintf(number, sizeof number,
                 is_hex(event, field, type) ? "0x%" PRIx64
                 : type == FIELD_INT        ? "%" PRId64
                                            : "%" PRIu64,
                 event->value[field]);
        put(live, number);
    }
}

static void put_fields(struct live *live, const struct event *event,
                       const struct kind_descriptor *kind, const char *module_path)
{
    for (unsigned i = 0; i < kind->field_count; i++) {
        enum field_type type = kind->fields[i].type;
        if (type == FIELD_MODULE && module_path[0] != '\0') {
            put(live, " ");
            put_text(live, (const unsigned char *)module_path, strlen(module_path));
        } else if (type != FIELD_MODULE && type != FIELD_BLOB && event_has(event, i)) {
            put(live, " ");
            put(live, kind->fields[i].name);
            put(live, "=");
            put_field(live, event, i, type);
        }
    }
}

void live_print(struct live *live, const struct event *event, uint64_t t_ns,
                const char *module_path)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);
    char head[96];

    if (sizeof live->buffer - live->used < 2 * LINE_MAX_BYTES)
        live_flush(live);
    snprintf(head, sizeof head, "%5" PRIu64 ".%06" PRIu64 "  %6" PRIu32 " %6" PRIu32 "  %-17s",
             t_ns / 1000000000, t_ns / 1000 % 1000000, event->pid, event->tid, kind->name);
    put(live, head);
    put_fields(live, event, kind, module_path);
    put(live, event->synthetic ? " (synthetic)\n" : "\n");
}
