/* See newcomer.h. */
#include "newcomer.h"

#include "os.h"

enum { PAUSE_MS = 1 };

int newcomer_wait(const char *name, void (*on_ready)(const char *sentence), bool (*is_over)(void),
                  struct os_newcomer *found, struct trail_error *error)
{
    struct trail_error ready = {TRAIL_OK, 0, ""};
    struct os_wake *pause = os_wake_new(error);
    struct os_newcomers *newcomers = pause != NULL ? os_newcomers_new(name, error) : NULL;
    int result = -1;

    if (newcomers != NULL && on_ready != NULL) {
        error_set(&ready, TRAIL_OK, 0, "waiting for '%s'", name);
        on_ready(ready.sentence);
    }
    while (newcomers != NULL && result != 0 && !is_over()) {
        if (os_newcomers_look(newcomers, found))
            result = 0;
        else
            os_wake_wait(pause, PAUSE_MS);
    }
    if (newcomers != NULL && result != 0)
        error_set(error, TRAIL_FAILED, 0, "no '%s' has come", name);
    os_newcomers_free(newcomers);
    os_wake_free(pause);
    return result;
}
