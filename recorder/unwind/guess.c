/* See guess.h. */
#include "guess.h"

#include "module_file.h"

#include <string.h>

enum { CALL_BYTES_MAX = 7, BEGINNING_BYTES = 32, NO_FILE = -1, UNTRIED = -2, FILES_MAX = 4096 };

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

/* Behind which position of the stack a place has gone on; 0 for the innermost. */
static size_t position_of(const struct walker_stack *stack, const struct walker_place *place)
{
    if (!place->is_return)
        return 0;
    for (size_t at = 0; at + sizeof(uint64_t) <= stack->size; at += sizeof(uint64_t))
        if (word_at(stack, at) == place->address)
            return at + sizeof(uint64_t);
    return stack->size;
}

/*
 * How many bytes lie between the stack pointer and the frame pointer of a function that begins as
 * compilers let it: push %rbp; mov %rsp, %rbp; then other pushes, and sub of a number from %rsp.
 */
static bool read_beginning(const unsigned char *code, size_t size, uint64_t *bytes)
{
    static const unsigned char branch[] = {0xF3, 0x0F, 0x1E, 0xFA}, /* endbr64 */
        frame[] = {0x55, 0x48, 0x89, 0xE5};
    size_t at = memcmp(code, branch, sizeof branch) == 0 ? sizeof branch : 0;
    uint32_t number;

    *bytes = 0;
    if (memcmp(code + at, frame, sizeof frame) != 0)
        return false;
    for (at += sizeof frame; at + 8 < size; *bytes += sizeof(uint64_t))
        if (code[at] >= 0x50 && code[at] <= 0x57)
            at++;
        else if (code[at] == 0x41 && code[at + 1] >= 0x50 && code[at + 1] <= 0x57)
            at += 2;
        else
            break;
    if (code[at] != 0x48 || code[at + 2] != 0xEC)
        return true;
    memcpy(&number, code + at + 3, sizeof number);
    *bytes += code[at + 1] == 0x83 ? code[at + 3] : code[at + 1] == 0x81 ? number : 0;
    return true;
}

uint64_t guess_frame_pointer(struct job *job, const struct walker_modules *modules,
                             const struct walker_stack *stack, const struct walker_place *place,
                             uint64_t function)
{
    int64_t module = guess_module_at(job, modules, function);
    int file = module < 0 ? NO_FILE : file_of(job, (uint32_t)module);
    unsigned char code[BEGINNING_BYTES];
    uint64_t bytes;
    size_t at;

    if (file < 0 ||
        !module_file_code(file, function - job_modules(job)[module].base, code, sizeof code) ||
        !read_beginning(code, sizeof code, &bytes))
        return 0;
    at = position_of(stack, place);
    if (at >= stack->size || bytes > stack->size - at ||
        stack->size - at - bytes < 2 * sizeof(uint64_t) ||
        !is_behind_call(job, modules, word_at(stack, at + bytes + sizeof(uint64_t))))
        return 0;
    return stack->registers[STACK_RSP] + at + bytes;
}
