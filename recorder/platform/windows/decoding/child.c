/*
 * What a followed child was started as: its parent and its command line, read at its first stop,
 * since it may be gone soon after. The process environment block is not documented in full, but its
 * part that is used here has not moved since Windows NT.
 */
#include "decoding/child.h"

#include "decoding/peb.h"
#include "decoding/target_memory.h"

#include <string.h>

#ifdef _WIN64
enum {
    PEB_PARAMETERS = 0x20,
    PARAMETERS_FLAGS = 0x08,
    PARAMETERS_COMMAND_LINE = 0x70,
    PARAMETERS_SIZE = 0x80
};
#else
enum {
    PEB_PARAMETERS = 0x10,
    PARAMETERS_FLAGS = 0x08,
    PARAMETERS_COMMAND_LINE = 0x40,
    PARAMETERS_SIZE = 0x48
};
#endif
enum { PARAMETERS_NORMALIZED = 1, COMMAND_LINE_BYTES_MAX = 65534 };

/* Reads the command line into platform->text.raw. Returns its size in bytes, 0 if it cannot be
 * read. */
static size_t read_command_line(struct platform *platform, HANDLE process, uint64_t peb)
{
    unsigned char parameters[PARAMETERS_SIZE];
    uintptr_t parameters_at, text_at;
    uint32_t flags;
    uint16_t size;

    if (!target_memory_read(process, peb + PEB_PARAMETERS, &parameters_at, sizeof parameters_at) ||
        !target_memory_read(process, parameters_at, parameters, sizeof parameters))
        return 0;
    memcpy(&flags, parameters + PARAMETERS_FLAGS, sizeof flags);
    /* a UNICODE_STRING: length, capacity, pointer */
    memcpy(&size, parameters + PARAMETERS_COMMAND_LINE, sizeof size);
    memcpy(&text_at, parameters + PARAMETERS_COMMAND_LINE + sizeof text_at, sizeof text_at);
    /* until the child's loader has run, pointers may still be offsets */
    if (!(flags & PARAMETERS_NORMALIZED))
        text_at += parameters_at;
    return size <= COMMAND_LINE_BYTES_MAX &&
                   target_memory_read(process, text_at, platform->text.raw, size)
               ? size
               : 0;
}

static void set_command_line(struct platform *platform, HANDLE process, uint64_t peb,
                             struct event *event)
{
    size_t size = read_command_line(platform, process, peb);
    struct event_span span;
    bool exact;

    if (size == 0)
        return;
    span = event_text_put_wide(&platform->text, event,
                               (const wchar_t *)(const void *)platform->text.raw, size / 2, &exact);
    event_set(event, FIELD(CREATE_PROCESS, command_line),
              (uint64_t)span.offset << 32 | span.length);
}

void child_decode(struct platform *platform, HANDLE process, struct event *event)
{
    struct process_information information;

    if (!peb_find(process, &information))
        return;
    event_set(event, FIELD(CREATE_PROCESS, parent_pid), information.parent_pid);
    if (debuggees_find(platform, (uint32_t)information.parent_pid) != NULL)
        event_set(event, FIELD(CREATE_PROCESS, parent_process), information.parent_pid);
    set_command_line(platform, process, information.peb, event);
}
