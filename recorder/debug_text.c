/* See debug_text.h. */
#include "debug_text.h"

#include "text.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

size_t debug_text_set(struct event *event, unsigned field, const char *text, size_t length)
{
    return event_set_bytes(event, field, text,
                           text_cut(text, length, EVENT_BYTES_MAX - event->bytes_used));
}

/*
 * They go before the text, which may then be cut: the bytes must be whole. Of those of UTF-16,
 * which may be more than the text, what the text leaves room for.
 */
static size_t raw_bytes_kept(const struct debug_text *text)
{
    if (text->raw_bytes <= DEBUG_TEXT_BYTES_MAX)
        return text->raw_bytes;
    return text->length < EVENT_BYTES_MAX - DEBUG_TEXT_BYTES_MAX || text->length >= EVENT_BYTES_MAX
               ? DEBUG_TEXT_BYTES_MAX
               : (EVENT_BYTES_MAX - text->length) & ~(size_t)1;
}

void debug_text_put(struct event *event, const struct debug_text *text)
{
    bool complete = text->complete;

    event->kind = EVENT_OUTPUT_DEBUG_STRING;
    if (!text->exact)
        event_set_bytes(event, FIELD(OUTPUT_DEBUG_STRING, raw), text->raw, raw_bytes_kept(text));
    if (debug_text_set(event, FIELD(OUTPUT_DEBUG_STRING, text), text->text, text->length) <
        text->length)
        complete = false;
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, encoding), text->encoding);
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, raw_bytes), text->raw_bytes);
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, truncated), !complete);
}

bool debug_text_put_mark(struct event *event, const char *name, size_t length)
{
    while (length > 0 && is_space(*name)) {
        name++;
        length--;
    }
    while (length > 0 && is_space(name[length - 1]))
        length--;
    if (length == 0)
        return false;
    event->kind = EVENT_MARK;
    debug_text_set(event, FIELD(MARK, name), name, length);
    return true;
}
