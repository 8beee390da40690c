/*
 * See live.h. Text of the target is escaped: a path or a debug string must not be able to steer the
 * terminal.
 */
#include "live.h"

#include "harmful.h"
#include "program.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = 100, /* where it is no terminal */
    COLUMNS_LEAST = 60,
    COLUMNS_MOST = 250,
    KIND_COLUMNS = 13, /* on a terminal the longest kind's */
    KIND_COLUMNS_TERMINAL = 17,
    NAME_END_TERMINAL = 72, /* folders stand in line from there */
    NAME_COLUMNS = 40,      /* of a file, where more follows */
    NAME_COLUMNS_LEAST = 8,
    /* what one line takes at the most; longer texts are cut in the listing (not in the file) */
    LINE_MAX_BYTES = 8 * 1024
};

struct live {
    bool is_terminal, has_color;
    size_t columns; /* of a line */
    size_t used, line_start;
    size_t unseen; /* bytes of the line that are no column: colours */
    char buffer[64 * 1024];
};

struct live *live_new(struct trail_error *error)
{
    struct live *live = malloc(sizeof *live);

    if (live == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    live->used = live->line_start = live->unseen = 0;
    live->is_terminal = program_is_terminal(stderr);
    live->columns = COLUMNS;
    live->has_color = false;
    if (live->is_terminal) {
        const char *no_color = program_environment("NO_COLOR");
        size_t width = (size_t)program_terminal_width(stderr);
        live->has_color = no_color == NULL || *no_color == '\0';
        live->columns = width < COLUMNS_LEAST  ? COLUMNS_LEAST
                        : width > COLUMNS_MOST ? COLUMNS_MOST
                                               : width;
    }
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
    live->used = live->line_start = 0;
}

static void put_bytes(struct live *live, const char *bytes, size_t length)
{
    if (length > sizeof live->buffer - live->used)
        length = sizeof live->buffer - live->used;
    memcpy(live->buffer + live->used, bytes, length);
    live->used += length;
}

static void put(struct live *live, const char *format, ...) TRAIL_PRINTF(2, 3);

/* No text of the target: at most 127 bytes. */
static void put(struct live *live, const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_bytes(live, text, strlen(text));
}

static size_t columns(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* How many columns of the line are free; those that only some lines need may come behind it. */
static size_t columns_left(const struct live *live)
{
    size_t taken =
        columns(live->buffer + live->line_start, live->used - live->line_start) - live->unseen;

    return taken < live->columns ? live->columns - taken : 0;
}

/* A sequence that sets a colour, or ends one. */
static void put_color(struct live *live, const char *sequence)
{
    if (!live->has_color)
        return;
    put(live, "%s", sequence);
    live->unseen += strlen(sequence);
}

/* As trailview has them in its tables. */
static const char *const kind_colors[EVENT_KINDS] = {
    [EVENT_EXCEPTION] = "\x1B[31m",   [EVENT_RIP_EVENT] = "\x1B[31m",
    [EVENT_LOAD_FAILED] = "\x1B[31m", [EVENT_LOAD_DLL] = "\x1B[32m",
    [EVENT_MARK] = "\x1B[36m",        [EVENT_OUTPUT_DEBUG_STRING] = "\x1B[36m"};

/* The next character as it is shown; returns how many bytes of the text it is. */
static size_t next_shown(const char *text, size_t length, char shown[HARMFUL_ESCAPE_CAPACITY])
{
    size_t size;

    if (!harmful_escape(text, length, &size, shown))
        snprintf(shown, HARMFUL_ESCAPE_CAPACITY, "%.*s", (int)size, text);
    return size;
}

static size_t shown_columns(const char *text, size_t length, size_t enough)
{
    char shown[HARMFUL_ESCAPE_CAPACITY];
    size_t count = 0;

    for (size_t at = 0; at < length && count <= enough;) {
        at += next_shown(text + at, length - at, shown);
        count += columns(shown, strlen(shown));
    }
    return count;
}

/* A text whose end may be cut. */
static void put_cut(struct live *live, const char *text, size_t length, size_t room)
{
    char shown[HARMFUL_ESCAPE_CAPACITY];
    bool fits = shown_columns(text, length, room) <= room;

    for (size_t at = 0; at < length;) {
        size_t wanted;
        at += next_shown(text + at, length - at, shown);
        wanted = columns(shown, strlen(shown));
        if (!fits && wanted + 3 > room) {
            put_bytes(live, "...", 3);
            return;
        }
        put_bytes(live, shown, strlen(shown));
        room -= wanted;
    }
}

/* A folder, of which the end tells most. */
static void put_folder(struct live *live, const char *path, size_t length)
{
    size_t room = columns_left(live) > 2 ? columns_left(live) - 2 : 0;
    char shown[HARMFUL_ESCAPE_CAPACITY];
    bool is_cut = false;

    while (length > 0 && shown_columns(path, length, room) + (is_cut ? 3 : 0) > room) {
        size_t size = next_shown(path, length, shown);
        path += size;
        length -= size;
        is_cut = true;
    }
    if (length == 0)
        return;
    put(live, is_cut ? "  ..." : "  ");
    put_cut(live, path, length, SIZE_MAX);
}

static void put_quoted(struct live *live, const struct event *event, struct event_span span)
{
    put(live, "\"");
    put_cut(live, (const char *)event_bytes_at(event, span), span.length, LINE_MAX_BYTES / 2);
    put(live, "\"");
}

static void put_name(struct live *live, const char *path, size_t room)
{
    const char *name = text_base_name(path);

    put_cut(live, name, strlen(name), room);
}

/* Of a file, where more follows. */
static void put_file_name(struct live *live, const char *path)
{
    size_t left = columns_left(live);

    put_name(live, path, left < NAME_COLUMNS ? left : NAME_COLUMNS);
}

static void put_number(struct live *live, const struct event *event, unsigned field)
{
    put(live, "0x%" PRIx64, event->value[field]);
}

/* "app.exe+0x12", or the address alone. */
static void put_location(struct live *live, const struct event *event, unsigned field,
                         const struct rows_subject *subject)
{
    char offset[24];
    size_t room;

    if (subject->path[0] == '\0') {
        put_number(live, event, field);
        return;
    }
    snprintf(offset, sizeof offset, "+0x%" PRIx64, subject->offset);
    room = columns_left(live) > strlen(offset) ? columns_left(live) - strlen(offset) : 0;
    put_name(live, subject->path, room > NAME_COLUMNS_LEAST ? room : NAME_COLUMNS_LEAST);
    put(live, "%s", offset);
}

/* The name that a thread has from here on. */
static void put_naming(struct live *live, const struct event *event)
{
    if (event->naming.tid == 0)
        return;
    if (event->naming.tid != event->tid)
        put(live, "thread %" PRIu32 " is ", event->naming.tid);
    else
        put(live, event->kind == EVENT_EXCEPTION ? "its thread is " : " ");
    put_quoted(live, event, event->naming.name);
}

static void tell_process(struct live *live, const struct event *event,
                         const struct rows_subject *subject)
{
    struct event_span line = event_span_of(event, FIELD(CREATE_PROCESS, command_line));
    uint64_t via = event->value[FIELD(CREATE_PROCESS, via)];

    put(live, "%s ", event_code_word(FIELD_VIA, via));
    if (subject->path[0] != '\0')
        put_file_name(live, subject->path);
    if ((via == VIA_FORK || via == VIA_CREATE) &&
        event_has(event, FIELD(CREATE_PROCESS, parent_pid)))
        put(live, " by %" PRIu64, event->value[FIELD(CREATE_PROCESS, parent_pid)]);
    if (line.length == 0)
        return;
    put(live, ": ");
    put_cut(live, (const char *)event_bytes_at(event, line), line.length, columns_left(live));
}

static void tell_module(struct live *live, const struct event *event,
                        const struct rows_subject *subject)
{
    const char *name = text_base_name(subject->path);

    if (subject->path[0] == '\0') {
        put(live, "unknown, at 0x%" PRIx64,
            event->value[event->kind == EVENT_LOAD_DLL ? FIELD(LOAD_DLL, base)
                                                       : FIELD(UNLOAD_DLL, base)]);
        return;
    }
    put_file_name(live, subject->path);
    if (name > subject->path && live->is_terminal)
        while (columns_left(live) + NAME_END_TERMINAL > live->columns)
            put(live, " ");
    if (name > subject->path)
        put_folder(live, subject->path,
                   (size_t)(name - subject->path) - (name - subject->path > 1));
}

static void tell_thread(struct live *live, const struct event *event,
                        const struct rows_subject *subject)
{
    if (!event_has(event, FIELD(CREATE_THREAD, start_address)))
        return;
    put(live, "starts at ");
    put_location(live, event, FIELD(CREATE_THREAD, start_address), subject);
}

static void put_exit_code(struct live *live, uint64_t code)
{
    char text[EVENT_EXIT_CODE_CAPACITY];

    event_exit_code((uint32_t)code, text);
    put(live, "exit code %s", text);
}

static void tell_thread_end(struct live *live, const struct event *event,
                            const struct rows_subject *subject)
{
    (void)subject;
    if (event_has(event, FIELD(EXIT_THREAD, exit_code)))
        put_exit_code(live, event->value[FIELD(EXIT_THREAD, exit_code)]);
}

static void tell_process_end(struct live *live, const struct event *event,
                             const struct rows_subject *subject)
{
    uint64_t signal = event->value[FIELD(EXIT_PROCESS, signal)];
    const char *name = event_code_name((uint32_t)signal, true);

    (void)subject;
    if (event_has(event, FIELD(EXIT_PROCESS, exit_code)))
        put_exit_code(live, event->value[FIELD(EXIT_PROCESS, exit_code)]);
    else if (!event_has(event, FIELD(EXIT_PROCESS, signal)))
        return;
    else if (name != NULL)
        put(live, "killed by %s", name);
    else
        put(live, "killed by signal %" PRIu64, signal);
    if (event_has(event, FIELD(EXIT_PROCESS, core_dumped)) &&
        event->value[FIELD(EXIT_PROCESS, core_dumped)] != 0)
        put(live, ", core dumped");
}

/* What an access violation, or a page that cannot be read in, says of the access. */
static void put_access(struct live *live, const struct event *event)
{
    struct event_span span = event_span_of(event, FIELD(EXCEPTION, parameters));
    uint32_t code = (uint32_t)event->value[FIELD(EXCEPTION, code)];
    uint64_t parameters[2];

    if ((code != 0xC0000005 && code != 0xC0000006) || span.length < sizeof parameters)
        return;
    memcpy(parameters, event_bytes_at(event, span), sizeof parameters);
    put(live, ": %s 0x%" PRIx64,
        parameters[0] == 0   ? "read of"
        : parameters[0] == 1 ? "write to"
        : parameters[0] == 8 ? "execution of"
                             : "access to",
        parameters[1]);
}

/* Without what the line says already. */
static void put_code(struct live *live, uint32_t code, bool is_signal)
{
    const char *name = event_code_name(code, is_signal);

    if (name != NULL)
        put(live, "%s", name + (strncmp(name, "EXCEPTION_", 10) == 0 ? 10 : 0));
    else
        put(live, is_signal ? "signal %" PRIu32 : "0x%08" PRIx32, code);
}

static void tell_exception(struct live *live, const struct event *event,
                           const struct rows_subject *subject)
{
    bool is_signal = event_has(event, FIELD(EXCEPTION, si_code));
    bool is_second = event_has(event, FIELD(EXCEPTION, first_chance)) &&
                     event->value[FIELD(EXCEPTION, first_chance)] == 0;

    if (event->naming.tid != 0)
        return; /* it is raised for that */
    put_code(live, (uint32_t)event->value[FIELD(EXCEPTION, code)], is_signal);
    if (is_second)
        put(live, ", 2nd chance"); /* the line of the first has the access */
    else if (!is_signal)
        put_access(live, event);
    if (event_has(event, FIELD(EXCEPTION, address))) {
        put(live, " at ");
        put_location(live, event, FIELD(EXCEPTION, address), subject);
    }
}

static void tell_output(struct live *live, const struct event *event,
                        const struct rows_subject *subject)
{
    (void)subject;
    put_quoted(live, event, event_span_of(event, FIELD(OUTPUT_DEBUG_STRING, text)));
}

static void tell_mark(struct live *live, const struct event *event,
                      const struct rows_subject *subject)
{
    (void)subject;
    put_quoted(live, event, event_span_of(event, FIELD(MARK, name)));
}

static void tell_entry(struct live *live, const struct event *event,
                       const struct rows_subject *subject)
{
    put_location(live, event, FIELD(ENTRY_POINT, address), subject);
}

static void tell_failed(struct live *live, const struct event *event,
                        const struct rows_subject *subject)
{
    struct event_span name = event_span_of(event, FIELD(LOAD_FAILED, name)),
                      words = event_span_of(event, FIELD(LOAD_FAILED, words));

    (void)subject;
    put_cut(live, (const char *)event_bytes_at(event, name), name.length, LINE_MAX_BYTES / 4);
    put(live, name.length > 0 && words.length > 0 ? ": " : "");
    put_cut(live, (const char *)event_bytes_at(event, words), words.length, LINE_MAX_BYTES / 4);
}

static void tell_rip(struct live *live, const struct event *event,
                     const struct rows_subject *subject)
{
    const char *type = event_code_word(FIELD_RIP_TYPE, event->value[FIELD(RIP_EVENT, type)]);

    (void)subject;
    put(live, "%s %" PRIu64, type != NULL ? type : "error", event->value[FIELD(RIP_EVENT, error)]);
}

static void (*const tellers[EVENT_KINDS])(struct live *live, const struct event *event,
                                          const struct rows_subject *subject) = {
    [EVENT_CREATE_PROCESS] = tell_process, [EVENT_EXIT_PROCESS] = tell_process_end,
    [EVENT_CREATE_THREAD] = tell_thread,   [EVENT_EXIT_THREAD] = tell_thread_end,
    [EVENT_LOAD_DLL] = tell_module,        [EVENT_UNLOAD_DLL] = tell_module,
    [EVENT_EXCEPTION] = tell_exception,    [EVENT_OUTPUT_DEBUG_STRING] = tell_output,
    [EVENT_ENTRY_POINT] = tell_entry,      [EVENT_LOAD_FAILED] = tell_failed,
    [EVENT_RIP_EVENT] = tell_rip,          [EVENT_MARK] = tell_mark,
};

void live_print(struct live *live, const struct event *event, uint64_t t_ns,
                const struct rows_subject *subject)
{
    const char *color = kind_colors[event->kind];

    if (sizeof live->buffer - live->used < 2 * LINE_MAX_BYTES)
        live_flush(live);
    live->line_start = live->used;
    live->unseen = 0;
    put(live, "%4" PRIu64 ".%06" PRIu64 " %6" PRIu32 " %6" PRIu32 "  ", t_ns / 1000000000,
        t_ns / 1000 % 1000000, event->pid, event->tid);
    put_color(live, color != NULL ? color : "");
    put(live, "%-*s ", live->is_terminal ? KIND_COLUMNS_TERMINAL : KIND_COLUMNS,
        event_kind_descriptor(event->kind)->name);
    put_color(live, color != NULL ? "\x1B[0m" : "");
    if (tellers[event->kind] != NULL)
        tellers[event->kind](live, event, subject);
    put_naming(live, event);
    put(live, event->synthetic ? " (was there)\n" : "\n");
}
