/* See walker.h: for where there is no unwinder. */
#include "walker.h"

struct walker *walker_new(struct job *job)
{
    (void)job;
    return NULL;
}

void walker_set_modules(struct walker *walker, const struct walker_modules *modules)
{
    (void)walker;
    (void)modules;
}

unsigned walker_walk(struct walker *walker, const struct walker_stack *stack,
                     struct walker_place *places, bool *is_whole)
{
    (void)walker;
    (void)stack;
    (void)places;
    *is_whole = false;
    return 0;
}

const char *walker_symbol(struct walker *walker, uint32_t module, uint64_t address,
                          uint64_t *offset)
{
    (void)walker;
    (void)module;
    (void)address;
    (void)offset;
    return NULL;
}
