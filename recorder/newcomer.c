/* See newcomer.h. */
#include "newcomer.h"

#include "array.h"
#include "os.h"

#include <stdlib.h>

enum { PAUSE_MS = 1 };
static const uint64_t YOUNG_NS = 1000000000;

struct known {
    uint32_t pid;
    uint64_t made;
};

/* Processes that have the name and were there before, or were told. */
struct waiting {
    struct known *known;
    size_t count;
    bool is_counted; /* those that were there before are known */
    struct os_newcomer *found;
};

/* Whether it is a newcomer; it is known from now on. */
static bool take(void *context, const struct os_newcomer *newcomer)
{
    struct waiting *waiting = context;
    struct known *known;

    for (size_t i = 0; i < waiting->count; i++)
        if (waiting->known[i].pid == newcomer->pid && waiting->known[i].made == newcomer->made)
            return false;
    known = array_with_room(waiting->known, waiting->count, sizeof *known);
    if (known == NULL)
        return false;
    waiting->known = known;
    known[waiting->count++] = (struct known){newcomer->pid, newcomer->made};
    if (waiting->is_counted)
        *waiting->found = *newcomer;
    return waiting->is_counted;
}

static void say_ready(const char *name, void (*on_ready)(const char *sentence))
{
    struct trail_error ready;

    if (on_ready == NULL)
        return;
    error_set(&ready, TRAIL_OK, 0, "waiting for '%s'", name);
    on_ready(ready.sentence);
}

int newcomer_wait(const char *name, void (*on_ready)(const char *sentence), bool (*is_over)(void),
                  struct os_newcomer *found, struct trail_error *error)
{
    struct waiting waiting = {.found = found};
    struct os_wake *pause = os_wake_new(error);
    struct os_newcomers *newcomers = pause != NULL ? os_newcomers_new(name, error) : NULL;
    int result = -1;

    if (newcomers != NULL) {
        os_newcomers_look(newcomers, take, &waiting);
        waiting.is_counted = true;
        say_ready(name, on_ready);
    }
    while (newcomers != NULL && result != 0 && !is_over()) {
        if (os_newcomers_look(newcomers, take, &waiting))
            result = 0;
        else
            os_wake_wait(pause, PAUSE_MS);
    }
    if (newcomers != NULL && result != 0)
        error_set(error, TRAIL_FAILED, 0, "no '%s' has come", name);
    free(waiting.known);
    os_newcomers_free(newcomers);
    os_wake_free(pause);
    return result;
}

bool newcomer_is_young(uint64_t found_ns)
{
    struct trail_error ignored;
    struct os_wake *pause = os_wake_new(&ignored);

    if (pause == NULL)
        return false;
    os_wake_wait(pause, PAUSE_MS);
    os_wake_free(pause);
    return os_monotonic_ns() - found_ns < YOUNG_NS;
}
