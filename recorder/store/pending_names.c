/* See pending_names.h. */
#include "pending_names.h"

#include "array.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 4096 };

static void remove_at(struct pending_names *names, size_t at)
{
    free(names->items[at].text);
    names->items[at] = names->items[--names->count];
}

const struct pending_name *pending_names_find(const struct pending_names *names, uint32_t pid,
                                              uint32_t tid)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].pid == pid && names->items[i].tid == tid)
            return &names->items[i];
    return NULL;
}

void pending_names_forget(struct pending_names *names, uint32_t pid, uint32_t tid)
{
    const struct pending_name *name = pending_names_find(names, pid, tid);

    if (name != NULL)
        remove_at(names, (size_t)(name - names->items));
}

void pending_names_release(struct pending_names *names)
{
    while (names->count > 0)
        remove_at(names, names->count - 1);
    free(names->items);
    names->items = NULL;
}

static uint64_t thread_of(uint32_t pid, uint32_t tid)
{
    return (uint64_t)pid << 32 | tid;
}

void pending_names_keep(struct pending_names *names, uint32_t pid, uint32_t tid, const void *text,
                        size_t length)
{
    struct pending_name name = {pid, tid, length, NULL}, *items;

    pending_names_forget(names, pid, tid);
    for (unsigned i = 0; i < PENDING_ENDS && i < names->end_count; i++)
        if (names->ended[i] == thread_of(pid, tid))
            return;
    if (names->count == NAMES_MAX || (name.text = malloc(length + 1)) == NULL)
        return;
    memcpy(name.text, text, length);
    items = array_with_room(names->items, names->count, sizeof *items);
    if (items == NULL) {
        free(name.text);
        return;
    }
    names->items = items;
    items[names->count++] = name;
}

void pending_names_end_thread(struct pending_names *names, uint32_t pid, uint32_t tid)
{
    names->ended[names->end_count++ % PENDING_ENDS] = thread_of(pid, tid);
}

void pending_names_end_process(struct pending_names *names, uint32_t pid)
{
    for (size_t i = names->count; i-- > 0;)
        if (names->items[i].pid == pid)
            remove_at(names, i);
}
