/* See guess.h. */
#include "guess.h"

#include "module_file.h"

#include <string.h>

enum { CALL_BYTES_MAX = 7, NO_FILE = -1, UNTRIED = -2, FILES_MAX = 4096 };

int64_t guess_module_at(struct job *job, const struct walker_modules *modules, uint64_t address)
{
    const struct job_module *all = job_modules(job);
    uint32_t low = 0, high = modules->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (all[modules->active[middle]].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return -1;
    low = modules->active[low - 1];
    return address - all[low].base < all[low].bytes ? (int64_t)low : -1;
}

/*
 * Whether a call ends where these bytes do: e8 with a distance, or ff /2 through a register or
 * memory, of 2, 3, 4, 6 or 7 bytes (Intel's manual, volume 2).
 */
static bool ends_in_call(const unsigned char *bytes)
{
    static const unsigned char lengths[] = {2, 3, 4, 6, 7};

    if (bytes[CALL_BYTES_MAX - 5] == 0xE8)
        return true;
    for (unsigned i = 0; i < sizeof lengths; i++) {
        const unsigned char *at = bytes + CALL_BYTES_MAX - lengths[i];
        if (at[0] == 0xFF && (at[1] >> 3 & 7) == 2)
            return true;
    }
    return false;
}

/* Files stay open: the worker is soon gone. */
static int file_of(struct job *job, uint32_t module)
{
    static int files[FILES_MAX];

    if (module >= FILES_MAX)
        return NO_FILE;
    if (files[module] == 0) /* neither looked for nor stdin */
        files[module] = module_file_open(job, module);
    return files[module] > 0 ? files[module] : NO_FILE;
}

static bool is_behind_call(struct job *job, const struct walker_modules *modules, uint64_t address)
{
    int64_t module = guess_module_at(job, modules, address);
    unsigned char bytes[CALL_BYTES_MAX];
    int file = module < 0 ? NO_FILE : file_of(job, (uint32_t)module);
    uint64_t offset = module < 0 ? 0 : address - job_modules(job)[module].base;

    return file >= 0 && offset >= sizeof bytes &&
           module_file_code(file, offset - sizeof bytes, bytes, sizeof bytes) &&
           ends_in_call(bytes);
}

static uint64_t word_at(const struct walker_stack *stack, size_t at)
{
    uint64_t word;

    memcpy(&word, stack->bytes + at, sizeof word);
    return word;
}

unsigned guess_walk(struct job *job, const struct walker_modules *modules,
                    const struct walker_stack *stack, struct walker_place *places, unsigned count)
{
    size_t at = 0;

    if (count == 0)
        places[count++] = (struct walker_place){.address = stack->registers[STACK_RIP]};
    else if (count > 1)
        while (at + sizeof(uint64_t) <= stack->size &&
               word_at(stack, at) != places[count - 1].address)
            at += sizeof(uint64_t);
    for (; at + sizeof(uint64_t) <= stack->size && count < JOB_FRAMES_PER_STACK;
         at += sizeof(uint64_t)) {
        uint64_t address = word_at(stack, at);
        if (address != places[count - 1].address && is_behind_call(job, modules, address))
            places[count++] = (struct walker_place){address, true, true};
    }
    return count;
}
