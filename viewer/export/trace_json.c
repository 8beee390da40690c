/* See trace_json.h. */
#include "trace_json.h"

#include "escape.h"

#include <inttypes.h>
#include <string.h>

static void put_line(struct trace_json *json)
{
    sink_write(json->sink, buffer_text(&json->line), json->line.length);
    buffer_clear(&json->line);
}

void trace_json_begin(struct trace_json *json)
{
    buffer_add_text(&json->line, "{\"traceEvents\":[");
    put_line(json);
}

int trace_json_end(struct trace_json *json, const char *more, struct trail_error *error)
{
    buffer_add_text(&json->line, "\n],");
    buffer_add_text(&json->line, more);
    buffer_add_text(&json->line, "}\n");
    put_line(json);
    if (json->line.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    return sink_check(json->sink, error);
}

void trace_json_release(struct trace_json *json)
{
    buffer_release(&json->line);
}

/* Milliseconds or microseconds with all that is known behind the point. */
static void add_decimal(struct buffer *out, int64_t ns, int64_t unit, int digits)
{
    uint64_t size = ns < 0 ? 0 : (uint64_t)ns;

    buffer_add_number(out, (int64_t)(size / (uint64_t)unit));
    buffer_format(out, ".%0*d", digits, (int)(size % (uint64_t)unit));
}

static void add_string(struct buffer *out, const char *text)
{
    escape_json_string(out, text, strlen(text));
}

void trace_json_event(struct trace_json *json, char phase, const char *name,
                      const struct trace_track *track)
{
    buffer_add_text(&json->line, json->has_events ? ",\n{\"ph\":\"" : "\n{\"ph\":\"");
    buffer_add_char(&json->line, phase);
    buffer_add_char(&json->line, '"');
    json->name_at = json->line.length;
    buffer_add_text(&json->line, ",\"name\":");
    add_string(&json->line, name != NULL && *name != '\0' ? name : "?");
    buffer_add_text(&json->line, ",\"pid\":");
    buffer_add_number(&json->line, track->pid);
    buffer_add_text(&json->line, ",\"tid\":");
    buffer_add_number(&json->line, track->tid);
    json->has_events = true;
    json->has_arguments = false;
}

void trace_json_time(struct trace_json *json, int64_t ns)
{
    buffer_add_text(&json->line, ",\"ts\":");
    add_decimal(&json->line, ns, 1000, 3);
}

void trace_json_slice(struct trace_json *json, const char *name, const struct trace_track *track,
                      const char *category, int64_t ns)
{
    trace_json_event(json, 'B', name, track);
    json->name_end = json->line.length;
    buffer_add_text(&json->line, ",\"cat\":\"");
    buffer_add_text(&json->line, category);
    buffer_add_char(&json->line, '"');
    trace_json_time(json, ns);
    json->arguments_at = json->line.length;
}

/* The event that ends it has its name, place and arguments. */
void trace_json_slice_begun(struct trace_json *json, int64_t end_ns, struct buffer *end)
{
    const char *line = buffer_text(&json->line);

    buffer_add_text(end, ",\n{\"ph\":\"E\"");
    buffer_add(end, line + json->name_at, json->name_end - json->name_at);
    buffer_add_text(end, ",\"ts\":");
    add_decimal(end, end_ns, 1000, 3);
    buffer_add(end, line + json->arguments_at, json->line.length - json->arguments_at);
    buffer_add_text(end, json->has_arguments ? "}}" : "}");
    trace_json_done(json);
}

void trace_json_put(struct trace_json *json, struct buffer *end)
{
    json->line.failed |= end->failed;
    sink_write(json->sink, buffer_text(end), end->length);
    buffer_release(end);
}

void trace_json_slice_done(struct trace_json *json, int64_t end_ns)
{
    struct buffer end = {0};

    trace_json_slice_begun(json, end_ns, &end);
    trace_json_put(json, &end);
}

void trace_json_member(struct trace_json *json, const char *member)
{
    buffer_add_char(&json->line, ',');
    buffer_add_text(&json->line, member);
}

static void begin_argument(struct trace_json *json, const char *name)
{
    buffer_add_text(&json->line, json->has_arguments ? "," : ",\"args\":{");
    add_string(&json->line, name);
    buffer_add_char(&json->line, ':');
    json->has_arguments = true;
}

void trace_json_text(struct trace_json *json, const char *name, const char *text)
{
    if (text == NULL)
        return;
    begin_argument(json, name);
    add_string(&json->line, text);
}

void trace_json_number(struct trace_json *json, const char *name, int64_t number)
{
    begin_argument(json, name);
    buffer_add_number(&json->line, number);
}

void trace_json_ms(struct trace_json *json, const char *name, int64_t ns)
{
    begin_argument(json, name);
    add_decimal(&json->line, ns, 1000000, 6);
}

void trace_json_done(struct trace_json *json)
{
    buffer_add_text(&json->line, json->has_arguments ? "}}" : "}");
    put_line(json);
}

void trace_json_name(struct trace_json *json, const char *kind, const struct trace_track *track,
                     const char *member, const char *text)
{
    trace_json_event(json, 'M', kind, track);
    trace_json_text(json, member, text);
    trace_json_done(json);
}

void trace_json_order(struct trace_json *json, const char *kind, const struct trace_track *track,
                      int64_t number)
{
    trace_json_event(json, 'M', kind, track);
    trace_json_number(json, "sort_index", number);
    trace_json_done(json);
}
