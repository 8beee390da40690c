/* See stack_choice.h. */
#include "stack_choice.h"

#include "text.h"

#include <string.h>

enum {
    BIT_FIRST = 1, /* the first load of each module in a process */
    BIT_LOAD = 2,
    BIT_FAULT = 4, /* what has an address: on Linux no ordinary signal */
    BIT_EXCEPTION = 8,
    BIT_UNLOAD = 16,
    BIT_OUTPUT = 32,
    BIT_MARK = 64,
    BIT_THREAD = 128,
    BIT_FAILED = 256,
    BIT_ALL = 511,
    LOOKS = 8 /* at places of the table for one key */
};

const struct stack_kinds stack_kinds_default = {BIT_FIRST | BIT_FAULT | BIT_FAILED};

int stack_kinds_read(struct stack_kinds *kinds, const char *text, struct trail_error *error)
{
    static const struct {
        const char *word;
        unsigned bits;
    } words[] = {{"none", 0},
                 {"all", BIT_ALL},
                 {"first", BIT_FIRST},
                 {"load", BIT_LOAD},
                 {"fault", BIT_FAULT},
                 {"exception", BIT_EXCEPTION},
                 {"unload", BIT_UNLOAD},
                 {"output", BIT_OUTPUT},
                 {"mark", BIT_MARK},
                 {"thread", BIT_THREAD},
                 {"failed", BIT_FAILED}};

    kinds->bits = 0;
    for (;;) {
        size_t length = strcspn(text, ","), i = 0;
        while (i < sizeof words / sizeof words[0] &&
               (strlen(words[i].word) != length || memcmp(words[i].word, text, length) != 0))
            i++;
        if (i == sizeof words / sizeof words[0])
            return error_set(error, TRAIL_FAILED, 0,
                             "-k takes all, none, or a list of first, load, unload, failed, fault, "
                             "exception, output, mark and thread, not '%.*s'",
                             (int)length, text);
        kinds->bits |= words[i].bits;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

/* Whether the key is new; it is not any more then. */
static bool is_new(struct stack_choice *choice, uint64_t key)
{
    uint64_t *place = NULL;

    key += key == 0;
    for (unsigned i = 0; i < LOOKS; i++) {
        place = &choice->seen[(key + i) % STACK_SEEN_MAX];
        if (*place == key)
            return false;
        if (*place == 0)
            break;
    }
    *place = key;
    return true;
}

static uint64_t key_of(const struct stack_choice *choice, const struct event *event)
{
    const uint32_t begin[] = {event->kind, event->pid,
                              choice->images[event->pid % STACK_IMAGES_MAX]};

    return text_hash_64(TEXT_HASH_64_START, begin, sizeof begin);
}

/* By its name and build: where it lies changes. */
static bool is_first_load(struct stack_choice *choice, const struct event *event)
{
    const struct event_image *image = &event->image;
    uint64_t key = key_of(choice, event);

    key = text_hash_64(key, event_bytes_at(event, image->path), image->path.length);
    key = text_hash_64(key, event_bytes_at(event, image->build_id), image->build_id.length);
    if (image->path.length == 0)
        key = text_hash_64(key, &event->value[FIELD(LOAD_DLL, base)], sizeof event->value[0]);
    return is_new(choice, key);
}

/* Programs that live on faults have them by the thousand, at the same few places. */
static bool is_first_fault(struct stack_choice *choice, const struct event *event)
{
    return event_has(event, FIELD(EXCEPTION, address)) &&
           is_new(choice, text_hash_64(key_of(choice, event), event->value,
                                       FIELD(EXCEPTION, address) * sizeof event->value[0] +
                                           sizeof event->value[0]));
}

/* Of the loads that one stop tells the first has the stack. A start-up's cause is the program. */
static bool wants_load(struct stack_choice *choice, const struct event *event)
{
    if (event->value[FIELD(LOAD_DLL, load_phase)] != LOAD_PHASE_RUNTIME ||
        (event->t_ns == choice->stop_ns && event->tid == choice->stop_tid))
        return false;
    return (choice->kinds.bits & BIT_LOAD) != 0 ||
           ((choice->kinds.bits & BIT_FIRST) != 0 && is_first_load(choice, event));
}

static bool wants(struct stack_choice *choice, const struct event *event)
{
    unsigned bits = choice->kinds.bits;

    switch (event->kind) {
    case EVENT_CREATE_PROCESS:
        choice->images[event->pid % STACK_IMAGES_MAX]++;
        return false;
    case EVENT_LOAD_DLL:
        return wants_load(choice, event);
    case EVENT_EXCEPTION:
        return (bits & BIT_EXCEPTION) != 0 ||
               ((bits & BIT_FAULT) != 0 && is_first_fault(choice, event));
    case EVENT_LOAD_FAILED:
        return (bits & BIT_FAILED) != 0;
    case EVENT_UNLOAD_DLL:
        return (bits & BIT_UNLOAD) != 0;
    case EVENT_OUTPUT_DEBUG_STRING:
        return (bits & BIT_OUTPUT) != 0;
    case EVENT_MARK:
        return (bits & BIT_MARK) != 0;
    case EVENT_CREATE_THREAD:
        return (bits & BIT_THREAD) != 0;
    default:
        return false;
    }
}

bool stack_choice_wants(struct stack_choice *choice, const struct event *event)
{
    bool wanted = choice->kinds.bits != 0 && !event->synthetic && !event->debuggers_own &&
                  wants(choice, event);

    if (wanted) {
        choice->stop_ns = event->t_ns;
        choice->stop_tid = event->tid;
    }
    return wanted;
}
