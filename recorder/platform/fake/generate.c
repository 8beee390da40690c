/* See generate.h. */
#include "generate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PID = 1000,
    MODULES = 64,
    BUILD_ID_BYTES = 20,
    DEBUG_STRINGS = 16,
    THREADS = 1000,   /* how many thread ids are used in turn */
    CYCLE = 8,        /* events of the mix until it starts again */
    STARTUP_LOADS = 8 /* of modules that stay */
};

#define PREFIX "generate:"

static const uint64_t IMAGE_BASE = 0x400000, MODULES_BASE = 0x7f0000000000, MODULE_BYTES = 0x100000;

enum mode { MODE_MIX, MODE_KIND, MODE_PLAIN };

struct generator {
    enum mode mode;
    enum event_kind kind; /* of MODE_KIND */
    uint64_t count;
    char path[MODULES][48];
    char text[DEBUG_STRINGS][160];
};

bool generate_is_asked(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

static int parse_name(struct generator *generator, const char *name, struct trail_error *error)
{
    const char *number = name + strlen(PREFIX);
    char *end;

    errno = 0;
    generator->count = strtoull(number, &end, 10);
    if (*number < '0' || *number > '9' || errno != 0 || generator->count < 2 ||
        (*end != '\0' && *end != ':'))
        return error_set(
            error, TRAIL_NOT_EXECUTABLE, 0,
            "expected generate:N or generate:N:KIND with N of at least 2, found '%.200s'", name);
    if (*end == '\0')
        return 0;
    generator->kind = event_kind_by_name(end + 1);
    generator->mode = strcmp(end + 1, "plain") == 0 ? MODE_PLAIN : MODE_KIND;
    if (generator->mode == MODE_KIND && generator->kind == EVENT_NONE)
        return error_set(error, TRAIL_NOT_EXECUTABLE, 0,
                         "expected the name of a kind of event or 'plain', found '%.200s'",
                         end + 1);
    return 0;
}

static void make_texts(struct generator *generator)
{
    static const char filler[] =
        "the quick brown fox jumps over the lazy dog, again and again and again";

    for (int i = 0; i < MODULES; i++)
        snprintf(generator->path[i], sizeof generator->path[i],
                 "/usr/lib/generated/libmodule%02d.so", i);
    for (int i = 0; i < DEBUG_STRINGS; i++)
        snprintf(generator->text[i], sizeof generator->text[i], "worker %d: %.*s\n", i, 4 * (i + 1),
                 filler);
}

struct generator *generate_new(const char *name, struct trail_error *error)
{
    struct generator *generator = calloc(1, sizeof *generator);

    if (generator == NULL) {
        error_set(error, TRAIL_FAILED, ENOMEM, "out of memory");
        return NULL;
    }
    if (parse_name(generator, name, error) != 0) {
        free(generator);
        return NULL;
    }
    make_texts(generator);
    return generator;
}

void generate_free(struct generator *generator)
{
    free(generator);
}

uint64_t generate_count(const struct generator *generator)
{
    return generator->count;
}

static void fill_image(struct event *event, const char *path, unsigned module)
{
    unsigned char build_id[BUILD_ID_BYTES];

    memset(build_id, 0xA0 + (int)module, sizeof build_id);
    event->image.path = event_put_bytes(event, path, strlen(path));
    event->image.build_id = event_put_bytes(event, build_id, sizeof build_id);
    event->image.size = MODULE_BYTES;
}

static void fill_create_process(struct event *event)
{
    static const char path[] = "/usr/bin/generated", command_line[] = "generated --events";

    fill_image(event, path, MODULES);
    event_set(event, FIELD(CREATE_PROCESS, via), VIA_LAUNCH);
    event_set(event, FIELD(CREATE_PROCESS, base), IMAGE_BASE);
    event_set(event, FIELD(CREATE_PROCESS, start_address), IMAGE_BASE + 0x1000);
    event_set_bytes(event, FIELD(CREATE_PROCESS, command_line), command_line,
                    sizeof command_line - 1);
}

static void fill_load(const struct generator *generator, uint64_t number, bool startup,
                      struct event *event)
{
    unsigned module = (unsigned)(number % MODULES);

    fill_image(event, generator->path[module], module);
    event_set(event, FIELD(LOAD_DLL, base), MODULES_BASE + module * MODULE_BYTES);
    event_set(event, FIELD(LOAD_DLL, load_phase),
              startup ? LOAD_PHASE_STARTUP : LOAD_PHASE_RUNTIME);
    event_set(event, FIELD(LOAD_DLL, time_source), TIME_SOURCE_STOP);
}

static void fill_exception(uint64_t number, struct event *event)
{
    uint64_t parameters[2] = {0, number};

    event_set(event, FIELD(EXCEPTION, code), 0xC0000005);
    event_set(event, FIELD(EXCEPTION, first_chance), 1);
    event_set(event, FIELD(EXCEPTION, flags), 0);
    event_set(event, FIELD(EXCEPTION, address), IMAGE_BASE + number % MODULE_BYTES);
    event_set_bytes(event, FIELD(EXCEPTION, parameters), parameters, sizeof parameters);
}

static void fill_debug_string(const struct generator *generator, uint64_t number,
                              struct event *event)
{
    const char *text = generator->text[number % DEBUG_STRINGS];

    event_set_bytes(event, FIELD(OUTPUT_DEBUG_STRING, text), text, strlen(text));
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, encoding), ENCODING_ANSI);
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, raw_bytes), strlen(text));
}

/* Fills the fields of event->kind, the number-th of its sort. */
static void fill(const struct generator *generator, uint64_t number, struct event *event)
{
    switch (event->kind) {
    case EVENT_CREATE_PROCESS:
        fill_create_process(event);
        break;
    case EVENT_EXIT_PROCESS:
        event_set(event, FIELD(EXIT_PROCESS, exit_code), 0);
        break;
    case EVENT_CREATE_THREAD:
        event_set(event, FIELD(CREATE_THREAD, start_address), IMAGE_BASE + 0x2000);
        break;
    case EVENT_EXIT_THREAD:
        event_set(event, FIELD(EXIT_THREAD, exit_code), number % 4);
        break;
    case EVENT_LOAD_DLL:
        fill_load(generator, number, false, event);
        break;
    case EVENT_UNLOAD_DLL:
        event_set(event, FIELD(UNLOAD_DLL, base), MODULES_BASE + number % MODULES * MODULE_BYTES);
        break;
    case EVENT_EXCEPTION:
        fill_exception(number, event);
        break;
    case EVENT_OUTPUT_DEBUG_STRING:
        fill_debug_string(generator, number, event);
        break;
    case EVENT_MARK:
        event_set_bytes(event, FIELD(MARK, name), "phase", strlen("phase"));
        break;
    default:
        break;
    }
}

/* One event between the first and the last of the mix; `index` counts from 0. */
static void mix(const struct generator *generator, uint64_t index, uint64_t t_ns,
                struct event *event)
{
    static const enum event_kind cycle[CYCLE] = {
        EVENT_LOAD_DLL,   EVENT_CREATE_THREAD,       EVENT_OUTPUT_DEBUG_STRING,
        EVENT_EXCEPTION,  EVENT_OUTPUT_DEBUG_STRING, EVENT_EXIT_THREAD,
        EVENT_UNLOAD_DLL, EVENT_OUTPUT_DEBUG_STRING};
    uint64_t round;
    uint32_t tid = PID;

    if (index < STARTUP_LOADS) {
        event_begin(event, EVENT_LOAD_DLL, PID, PID, t_ns);
        fill_load(generator, index, true, event);
        return;
    }
    index -= STARTUP_LOADS;
    round = index / CYCLE;
    if (cycle[index % CYCLE] == EVENT_CREATE_THREAD || cycle[index % CYCLE] == EVENT_EXIT_THREAD)
        tid = (uint32_t)(PID + 1 + round % THREADS);
    event_begin(event, cycle[index % CYCLE], PID, tid, t_ns);
    /* The modules of the start-up stay, so the rounds load the others. */
    if (event->kind == EVENT_LOAD_DLL || event->kind == EVENT_UNLOAD_DLL)
        round = STARTUP_LOADS + round % (MODULES - STARTUP_LOADS);
    fill(generator, round, event);
}

void generate_event(const struct generator *generator, uint64_t index, uint64_t t_ns,
                    struct event *event)
{
    if (index == 0 || index == generator->count - 1) {
        event_begin(event, index == 0 ? EVENT_CREATE_PROCESS : EVENT_EXIT_PROCESS, PID, PID, t_ns);
        fill(generator, index, event);
    } else if (generator->mode == MODE_MIX) {
        mix(generator, index - 1, t_ns, event);
    } else if (generator->mode == MODE_PLAIN) {
        event_begin(event, index % 2 == 1 ? EVENT_CREATE_THREAD : EVENT_EXIT_THREAD, PID,
                    (uint32_t)(PID + 1 + (index - 1) / 2 % THREADS), t_ns);
    } else {
        uint32_t tid = PID;
        if (generator->kind == EVENT_CREATE_THREAD || generator->kind == EVENT_EXIT_THREAD)
            tid = (uint32_t)(PID + index % THREADS);
        event_begin(event, generator->kind, PID, tid, t_ns);
        fill(generator, index - 1, event);
    }
}
