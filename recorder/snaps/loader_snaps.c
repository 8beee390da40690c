/* See loader_snaps.h. */
#include "snaps/loader_snaps.h"

#include "snaps/loader_snap.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 1024, REQUESTS_MAX = 16, ENTERED_MAX = 64 };

struct name {
    char text[NAME_BYTES];
    size_t length;
};

/* A LoadLibrary that has not come to an end. */
struct request {
    uint32_t pid, tid; /* pid 0: free */
    struct name name;
    bool has_failure; /* its cause was told */
};

struct loader_snaps {
    struct request requests[REQUESTS_MAX]; /* of more the oldest is forgotten */
    unsigned next_request;
    uint32_t entered[ENTERED_MAX]; /* who has come to its first instruction; likewise */
    unsigned next_entered;
    /* the last import that was told, and who needs what failed last, of a process */
    uint32_t import_pid, failed_pid;
    struct name import, importer, failed_for;
    struct name names[2]; /* of the string that is read, which the event's bytes are written over */
};

struct loader_snaps *loader_snaps_new(void)
{
    return calloc(1, sizeof(struct loader_snaps));
}

void loader_snaps_free(struct loader_snaps *snaps)
{
    free(snaps);
}

static void copy(struct name *name, const struct snap_text *text)
{
    name->length = text_cut(text->text, text->length, NAME_BYTES);
    if (name->length > 0)
        memcpy(name->text, text->text, name->length);
}

/* Names of the loader's differ by their folders: "foo.dll" and "C:\foo.dll". */
static bool is_same(const struct name *a, const struct name *b)
{
    char texts[2][NAME_BYTES + 1];

    memcpy(texts[0], a->text, a->length);
    memcpy(texts[1], b->text, b->length);
    texts[0][a->length] = texts[1][b->length] = '\0';
    return a->length > 0 &&
           text_equal_ignoring_case(text_base_name(texts[0]), text_base_name(texts[1]));
}

static void forget(struct loader_snaps *snaps, uint32_t pid)
{
    for (unsigned i = 0; i < REQUESTS_MAX; i++)
        if (snaps->requests[i].pid == pid)
            snaps->requests[i].pid = 0;
    for (unsigned i = 0; i < ENTERED_MAX; i++)
        if (snaps->entered[i] == pid)
            snaps->entered[i] = 0;
    if (snaps->failed_pid == pid)
        snaps->failed_pid = 0;
}

static bool has_entered(const struct loader_snaps *snaps, uint32_t pid)
{
    for (unsigned i = 0; i < ENTERED_MAX; i++)
        if (snaps->entered[i] == pid)
            return true;
    return false;
}

/* The thread's; else, since threads of the loader's own do its work, one of the process. */
static struct request *request_of(struct loader_snaps *snaps, const struct event *event)
{
    struct request *found = NULL;

    for (unsigned i = 0; i < REQUESTS_MAX; i++) {
        struct request *request = &snaps->requests[i];
        if (request->pid == event->pid && (found == NULL || request->tid == event->tid))
            found = request;
    }
    return found;
}

static void begin_request(struct loader_snaps *snaps, const struct event *event,
                          const struct loader_snap *snap)
{
    struct request *request = request_of(snaps, event);

    if (request == NULL || request->tid != event->tid)
        request = &snaps->requests[snaps->next_request++ % REQUESTS_MAX];
    request->pid = event->pid;
    request->tid = event->tid;
    request->has_failure = false;
    copy(&request->name, &snap->name);
    snaps->failed_pid = 0;
}

static void set_name(struct event *event, unsigned field, const struct name *name)
{
    if (name->length > 0)
        event_set_bytes(event, field, name->text, name->length);
}

static void set_words(struct event *event, const struct loader_snap *snap)
{
    const char *words = loader_snap_words(snap->status);

    event_set(event, FIELD(LOAD_FAILED, status), snap->status);
    event_set_bytes(event, FIELD(LOAD_FAILED, words), words, strlen(words));
}

/* Makes the event tell of `name`, which `object` needs. */
static void put_failure(struct loader_snaps *snaps, struct event *event,
                        const struct loader_snap *snap, const struct name *name,
                        const struct name *object)
{
    struct request *request = request_of(snaps, event);
    bool is_symbol = snap->says == SNAP_SYMBOL_FAILED || snap->says == SNAP_PLACE_FAILED,
         is_runtime = snap->is_lookup || request != NULL || has_entered(snaps, event->pid);
    uint64_t cpu_ns = event->cpu_ns;

    event_begin(event, EVENT_LOAD_FAILED, event->pid, event->tid, event->t_ns);
    event->cpu_ns = cpu_ns;
    event_set(event, FIELD(LOAD_FAILED, what), is_symbol ? FAILED_SYMBOL : FAILED_MODULE);
    set_name(event, FIELD(LOAD_FAILED, name), name);
    set_words(event, snap);
    if (snap->says != SNAP_PLACE_FAILED)
        set_name(event, FIELD(LOAD_FAILED, object), object);
    event_set(event, FIELD(LOAD_FAILED, load_phase),
              is_runtime ? LOAD_PHASE_RUNTIME : LOAD_PHASE_STARTUP);
    if (request != NULL && !snap->is_lookup) {
        request->has_failure = true;
        if (!is_same(&request->name, name))
            set_name(event, FIELD(LOAD_FAILED, request), &request->name);
    }
}

/* What failed because of what it needs has failed is no failure of its own. */
static void take_failure(struct loader_snaps *snaps, struct event *event,
                         const struct loader_snap *snap)
{
    struct name *name = &snaps->names[0], *object = &snaps->names[1];

    copy(name, &snap->name);
    copy(object, &snap->object);
    if (object->length == 0 && snaps->import_pid == event->pid && is_same(&snaps->import, name))
        *object = snaps->importer;
    if (snap->says == SNAP_MODULE_FAILED) {
        bool is_consequence = snaps->failed_pid == event->pid && is_same(&snaps->failed_for, name);
        snaps->failed_pid = event->pid;
        snaps->failed_for = *object;
        if (is_consequence)
            return;
    }
    put_failure(snaps, event, snap, name, object);
}

static void end_request(struct loader_snaps *snaps, struct event *event,
                        const struct loader_snap *snap)
{
    struct request *request = request_of(snaps, event);
    const struct loader_snap failed = {.says = SNAP_MODULE_FAILED, .status = snap->status};

    if (request == NULL || request->tid != event->tid)
        return;
    if ((snap->status >> 30) == 3 && !request->has_failure) { /* an error */
        snaps->names[0] = request->name;
        snaps->names[1].length = 0;
        put_failure(snaps, event, &failed, &snaps->names[0], &snaps->names[1]);
    }
    request->pid = 0;
}

static void take_string(struct loader_snaps *snaps, struct event *event)
{
    struct event_span span = event_span_of(event, FIELD(OUTPUT_DEBUG_STRING, text));
    struct loader_snap snap;

    loader_snap_read((const char *)event_bytes_at(event, span), span.length, &snap);
    if (snap.says == SNAP_NOTHING) {
        event->cpu_ns = 0; /* taken for a failure, in case */
        return;
    }
    event->kind = EVENT_NONE;
    switch (snap.says) {
    case SNAP_REQUEST:
        begin_request(snaps, event, &snap);
        break;
    case SNAP_RESULT:
        end_request(snaps, event, &snap);
        break;
    case SNAP_IMPORT:
        snaps->import_pid = event->pid;
        copy(&snaps->import, &snap.name);
        copy(&snaps->importer, &snap.object);
        break;
    case SNAP_MODULE_FAILED:
    case SNAP_SYMBOL_FAILED:
    case SNAP_PLACE_FAILED:
        take_failure(snaps, event, &snap);
        break;
    default:
        break;
    }
}

void loader_snaps_take(struct loader_snaps *snaps, struct event *event)
{
    switch (event->kind) {
    case EVENT_CREATE_PROCESS:
    case EVENT_EXIT_PROCESS:
        forget(snaps, event->pid);
        break;
    case EVENT_ENTRY_POINT:
        snaps->entered[snaps->next_entered++ % ENTERED_MAX] = event->pid;
        break;
    case EVENT_OUTPUT_DEBUG_STRING:
        take_string(snaps, event);
        break;
    default:
        break;
    }
}
