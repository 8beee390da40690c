/*
 * Events in the trace event format of Chrome, which Perfetto reads too, one JSON object a line.
 * Texts are of the target: they become JSON strings that can harm no terminal. Main thread.
 */
#ifndef TRAIL_TRACE_JSON_H
#define TRAIL_TRACE_JSON_H

#include "buffer.h"
#include "sink.h"

#include <stdbool.h>
#include <stdint.h>

/* Where an event stands: numbers that are unique in the trace. */
struct trace_track {
    int64_t pid, tid;
};

struct trace_json {
    struct sink *sink;
    struct buffer line;
    size_t name_at, name_end, arguments_at; /* in the line, of a slice */
    bool has_events, has_arguments;
};

void trace_json_begin(struct trace_json *json);

/* Ends the list of events; what follows in `more` is JSON members that say something of all. */
int trace_json_end(struct trace_json *json, const char *more, struct trail_error *error);
void trace_json_release(struct trace_json *json);

/* An event from here to trace_json_done: its phase, name and place. */
void trace_json_event(struct trace_json *json, char phase, const char *name,
                      const struct trace_track *track);

/* "ts": microseconds with three decimals. */
void trace_json_time(struct trace_json *json, int64_t ns);

/*
 * A slice, which may get arguments, from here to trace_json_slice_done: two events, a begin and an
 * end, since readers that add up a start and a duration as floating point find that slices cross.
 * Both have the arguments, since speedscope compares them.
 */
void trace_json_slice(struct trace_json *json, const char *name, const struct trace_track *track,
                      const char *category, int64_t ns);
void trace_json_slice_done(struct trace_json *json, int64_t end_ns);
/* The same where others lie within it: `end` is written, and freed, by trace_json_put. */
void trace_json_slice_begun(struct trace_json *json, int64_t end_ns, struct buffer *end);
void trace_json_put(struct trace_json *json, struct buffer *end);

/* Another member outside of "args", as it is. */
void trace_json_member(struct trace_json *json, const char *member);

/* Members of "args". A text that is NULL is left out. */
void trace_json_text(struct trace_json *json, const char *name, const char *text);
void trace_json_number(struct trace_json *json, const char *name, int64_t number);
void trace_json_ms(struct trace_json *json, const char *name, int64_t ns);
void trace_json_done(struct trace_json *json);

/* A whole metadata event: "process_name" and its like. */
void trace_json_name(struct trace_json *json, const char *kind, const struct trace_track *track,
                     const char *member, const char *text);
void trace_json_order(struct trace_json *json, const char *kind, const struct trace_track *track,
                      int64_t number);

#endif
