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
    bool has_events, has_arguments;
};

void trace_json_begin(struct trace_json *json);

/* Ends the list of events; what follows in `more` is JSON members that say something of all. */
int trace_json_end(struct trace_json *json, const char *more, struct trail_error *error);
void trace_json_release(struct trace_json *json);

/* An event from here to trace_json_done: its phase, name and place. */
void trace_json_event(struct trace_json *json, char phase, const char *name,
                      const struct trace_track *track);

/* "ts" or "dur", which are microseconds with three decimals. */
void trace_json_time(struct trace_json *json, const char *member, int64_t ns);

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
