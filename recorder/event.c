/* See event.h. The packed form is: fixed header, the kind's values, the image if the kind has one,
 * the naming and the stack if there is one, the used bytes of the pool. */
#include "event.h"

#include <assert.h>
#include <string.h>

struct packed_header {
    uint64_t t_ns, cpu_ns;
    uint32_t pid, tid;
    uint32_t present;
    uint32_t bytes_used;
    uint8_t kind;
    uint8_t synthetic;
    uint8_t field_count;
    uint8_t has_image;
    uint16_t has_naming, has_stack;
};

static bool kind_has_image(const struct kind_descriptor *kind)
{
    for (unsigned i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == FIELD_MODULE)
            return true;
    return false;
}

static bool is_span_type(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_BLOB || type == FIELD_NUMBERS;
}

void event_begin(struct event *event, enum event_kind kind, uint32_t pid, uint32_t tid,
                 uint64_t t_ns)
{
    memset(event, 0, offsetof(struct event, bytes));
    event->kind = (uint8_t)kind;
    event->pid = pid;
    event->tid = tid;
    event->t_ns = t_ns;
}

void event_set(struct event *event, unsigned field, uint64_t value)
{
    assert(field < EVENT_FIELDS_MAX);
    event->value[field] = value;
    event->present |= 1u << field;
}

struct event_span event_put_bytes(struct event *event, const void *bytes, size_t length)
{
    struct event_span span = {event->bytes_used, (uint32_t)length};

    if (length > EVENT_BYTES_MAX - event->bytes_used)
        span.length = EVENT_BYTES_MAX - event->bytes_used;
    if (span.length > 0)
        memcpy(event->bytes + span.offset, bytes, span.length);
    event->bytes_used += span.length;
    return span;
}

size_t event_set_bytes(struct event *event, unsigned field, const void *bytes, size_t length)
{
    struct event_span span = event_put_bytes(event, bytes, length);

    event_set(event, field, (uint64_t)span.offset << 32 | span.length);
    return span.length;
}

unsigned char *event_free_bytes(struct event *event, size_t *room)
{
    *room = EVENT_BYTES_MAX - event->bytes_used;
    return event->bytes + event->bytes_used;
}

void event_keep_stack(struct event *event, size_t length)
{
    assert(length <= EVENT_BYTES_MAX - event->bytes_used);
    event->stack = (struct event_span){event->bytes_used, (uint32_t)length};
    event->bytes_used += (uint32_t)length;
}

bool event_bounds_gap(const struct event *event)
{
    static const uint32_t bounding = 1u << EVENT_CREATE_PROCESS | 1u << EVENT_EXIT_PROCESS |
                                     1u << EVENT_LOAD_DLL | 1u << EVENT_LOAD_FAILED |
                                     1u << EVENT_ENTRY_POINT | 1u << EVENT_MARK;

    return (bounding >> event->kind & 1) != 0;
}

bool event_has_image(const struct event *event)
{
    return kind_has_image(event_kind_descriptor(event->kind));
}

bool event_has(const struct event *event, unsigned field)
{
    return (event->present >> field & 1) != 0;
}

struct event_span event_span_of(const struct event *event, unsigned field)
{
    struct event_span span = {0, 0};

    if (event_has(event, field)) {
        span.offset = (uint32_t)(event->value[field] >> 32);
        span.length = (uint32_t)event->value[field];
    }
    return span;
}

const unsigned char *event_bytes_at(const struct event *event, struct event_span span)
{
    return event->bytes + span.offset;
}

size_t event_packed_size(const struct event *event)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);

    return sizeof(struct packed_header) + kind->field_count * sizeof event->value[0] +
           (kind_has_image(kind) ? sizeof event->image : 0) +
           (event->naming.tid != 0 ? sizeof event->naming : 0) +
           (event->stack.length != 0 ? sizeof event->stack : 0) + event->bytes_used;
}

void event_pack(const struct event *event, void *out)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);
    struct packed_header header = {
        .t_ns = event->t_ns,
        .cpu_ns = event->cpu_ns,
        .pid = event->pid,
        .tid = event->tid,
        .present = event->present,
        .bytes_used = event->bytes_used,
        .kind = event->kind,
        .synthetic = event->synthetic,
        .field_count = (uint8_t)kind->field_count,
        .has_image = kind_has_image(kind),
        .has_naming = event->naming.tid != 0,
        .has_stack = event->stack.length != 0,
    };
    unsigned char *at = out;

    memcpy(at, &header, sizeof header);
    at += sizeof header;
    memcpy(at, event->value, kind->field_count * sizeof event->value[0]);
    at += kind->field_count * sizeof event->value[0];
    if (header.has_image) {
        memcpy(at, &event->image, sizeof event->image);
        at += sizeof event->image;
    }
    if (header.has_naming != 0) {
        memcpy(at, &event->naming, sizeof event->naming);
        at += sizeof event->naming;
    }
    if (header.has_stack != 0) {
        memcpy(at, &event->stack, sizeof event->stack);
        at += sizeof event->stack;
    }
    memcpy(at, event->bytes, event->bytes_used);
}

static bool span_is_inside(const struct event *event, struct event_span span)
{
    return span.offset <= event->bytes_used && span.length <= event->bytes_used - span.offset;
}

static int check_spans(const struct event *event, const struct kind_descriptor *kind)
{
    for (unsigned i = 0; i < kind->field_count; i++)
        if (is_span_type(kind->fields[i].type) && !span_is_inside(event, event_span_of(event, i)))
            return -1;
    return span_is_inside(event, event->image.path) &&
                   span_is_inside(event, event->image.build_id) &&
                   span_is_inside(event, event->naming.name) && span_is_inside(event, event->stack)
               ? 0
               : -1;
}

int event_unpack(struct event *event, const void *packed, size_t size)
{
    const unsigned char *at = packed;
    const struct kind_descriptor *kind;
    struct packed_header header;

    if (size < sizeof header)
        return -1;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    kind = event_kind_descriptor(header.kind);
    if (kind == NULL || header.field_count != kind->field_count ||
        header.has_image != kind_has_image(kind))
        return -1;
    event_begin(event, (enum event_kind)header.kind, header.pid, header.tid, header.t_ns);
    event->cpu_ns = header.cpu_ns;
    event->synthetic = header.synthetic != 0;
    event->present = header.present & ((1u << kind->field_count) - 1);
    event->bytes_used = header.bytes_used;
    event->naming.tid = header.has_naming; /* these for the size */
    event->stack.length = header.has_stack;
    if (header.bytes_used > EVENT_BYTES_MAX || size != event_packed_size(event))
        return -1;
    memcpy(event->value, at, kind->field_count * sizeof event->value[0]);
    at += kind->field_count * sizeof event->value[0];
    if (header.has_image) {
        memcpy(&event->image, at, sizeof event->image);
        at += sizeof event->image;
    }
    if (header.has_naming != 0) {
        memcpy(&event->naming, at, sizeof event->naming);
        at += sizeof event->naming;
    }
    if (header.has_stack != 0) {
        memcpy(&event->stack, at, sizeof event->stack);
        at += sizeof event->stack;
    }
    memcpy(event->bytes, at, header.bytes_used);
    return check_spans(event, kind);
}

bool event_packed_has_image(const void *packed, size_t size)
{
    struct packed_header header;

    if (size < sizeof header)
        return false;
    memcpy(&header, packed, sizeof header);
    return header.has_image != 0;
}
