/* See walk.h. */
#include "walk.h"

#include "guess.h"
#include "walker.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FRAME_PLACES = 2 * JOB_FRAMES_MAX, STACK_PLACES = 65536 };

struct walk {
    struct job *job;
    struct walker *walker; /* NULL: there is none */
    struct walker_modules modules;
    uint32_t *active;       /* of modules */
    uint64_t active_hash;   /* of what lies where */
    uint32_t *frame_places; /* hash table: number of a job_frame + 1 */
    uint32_t *stack_places; /* the same of a stack that is done */
    uint64_t *stack_hashes; /* of each stack that is done */
    unsigned char bytes[STACK_COPY_BYTES], base[STACK_COPY_BYTES];
    uint32_t base_at; /* of the base that was uncompressed last; 0: none */
    size_t base_size;
    uint64_t base_start;
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* Of two at one place the one that came later is there: the other's end was not seen. */
static void activate(struct walk *walk, uint32_t index)
{
    const struct job_module *modules = job_modules(walk->job), *added = &modules[index];
    uint32_t at = walk->modules.count;

    while (at > 0 && modules[walk->active[at - 1]].base > added->base) {
        walk->active[at] = walk->active[at - 1];
        at--;
    }
    if (at > 0 && modules[walk->active[at - 1]].base == added->base) {
        memmove(walk->active + at, walk->active + at + 1,
                (walk->modules.count - at) * sizeof *walk->active);
        walk->active[at - 1] = index;
        return;
    }
    walk->active[at] = index;
    walk->modules.count++;
}

static void choose_modules(struct walk *walk, const struct job_stack *stack)
{
    const struct job_module *modules = job_modules(walk->job);
    uint64_t hash = 0;

    walk->modules.count = 0;
    for (uint32_t i = 0; i < walk->job->module_count; i++)
        if (modules[i].process_id == stack->process_id && modules[i].from_seq <= stack->seq &&
            modules[i].to_seq > stack->seq)
            activate(walk, i);
    for (uint32_t i = 0; i < walk->modules.count; i++)
        hash = mix(mix(hash, modules[walk->active[i]].base),
                   (uint64_t)modules[walk->active[i]].module_id);
    if (hash == walk->active_hash)
        return;
    walk->active_hash = hash;
    if (walk->walker != NULL)
        walker_set_modules(walk->walker, &walk->modules);
}

static uint64_t hash_of(const struct walk *walk, const struct job_stack *stack)
{
    const Bytef *registers = job_bytes(walk->job, stack->registers),
                *bytes = job_bytes(walk->job, stack->stack);
    uint64_t hash = mix(mix(walk->active_hash, stack->base_stack.at),
                        crc32(0, registers, stack->registers.length));

    hash = mix(hash, crc32(0, bytes, stack->stack.length));
    return mix(hash, adler32(1, bytes, stack->stack.length));
}

/* The same registers, bytes and modules again, as a loop leaves them. */
static bool is_known(struct walk *walk, uint32_t number, uint64_t hash)
{
    struct job_result *results = job_results(walk->job);
    size_t place = (size_t)(hash % STACK_PLACES);

    walk->stack_hashes[number] = hash;
    for (; walk->stack_places[place] != 0; place = (place + 1) % STACK_PLACES)
        if (walk->stack_hashes[walk->stack_places[place] - 1] == hash) {
            results[number] = results[walk->stack_places[place] - 1];
            return true;
        }
    walk->stack_places[place] = number + 1;
    return false;
}

static void name_frame(struct walk *walk, struct job_frame *frame, const struct walker_place *place)
{
    const char *symbol;
    uint64_t offset = 0;

    if (walk->walker == NULL || frame->module == 0)
        return;
    symbol =
        walker_symbol(walk->walker, frame->module - 1, place->address - place->is_return, &offset);
    if (symbol == NULL || strlen(symbol) >= JOB_SYMBOL_BYTES_MAX)
        return;
    frame->symbol = job_put_bytes(walk->job, symbol, strlen(symbol));
    frame->symbol_offset = offset + place->is_return;
}

/* The number of a frame, which is named when it is met first; JOB_FRAMES_MAX if there is no room.
 */
static uint32_t intern(struct walk *walk, const struct walker_place *place)
{
    int64_t module = guess_module_at(walk->job, &walk->modules, place->address - place->is_return);
    struct job_frame *frames = job_frames(walk->job);
    struct job_frame frame = {.module = (uint32_t)(module + 1), .guessed = place->guessed};
    size_t at;

    frame.offset = place->address - (module < 0 ? 0 : job_modules(walk->job)[module].base);
    at = (size_t)(mix(mix(frame.module, frame.offset), frame.guessed) % FRAME_PLACES);
    for (; walk->frame_places[at] != 0; at = (at + 1) % FRAME_PLACES) {
        const struct job_frame *known = &frames[walk->frame_places[at] - 1];
        if (known->module == frame.module && known->offset == frame.offset &&
            known->guessed == frame.guessed)
            return walk->frame_places[at] - 1;
    }
    if (walk->job->frame_count == JOB_FRAMES_MAX)
        return JOB_FRAMES_MAX;
    name_frame(walk, &frame, place);
    frames[walk->job->frame_count] = frame;
    walk->frame_places[at] = ++walk->job->frame_count;
    return walk->job->frame_count - 1;
}

/* Where it starts, and how long it is; size 0: it is damaged. */
static size_t uncompress_stack(struct walk *walk, struct job_span registers, struct job_span stack,
                               unsigned char *bytes, uint64_t *start)
{
    uLongf size = STACK_COPY_BYTES;

    return stack_copy_start(job_bytes(walk->job, registers), registers.length, start) &&
                   uncompress(bytes, &size, job_bytes(walk->job, stack), stack.length) == Z_OK
               ? size
               : 0;
}

/* Of its base, too, where it has one. False if it is damaged. */
static bool read_stack(struct walk *walk, const struct job_stack *stack, struct walker_stack *copy)
{
    const unsigned char *registers = job_bytes(walk->job, stack->registers);
    uint64_t start;

    copy->bytes = walk->bytes;
    copy->size = uncompress_stack(walk, stack->registers, stack->stack, walk->bytes, &start);
    if (copy->size > 0 && stack->base_stack.length > 0) {
        if (walk->base_at != stack->base_stack.at)
            walk->base_size = uncompress_stack(walk, stack->base_registers, stack->base_stack,
                                               walk->base, &walk->base_start);
        walk->base_at = stack->base_stack.at;
        stack_copy_xor(walk->bytes, start, copy->size, walk->base, walk->base_start,
                       walk->base_size);
    }
    copy->has_place_only = stack->registers.length == STACK_PLACE_BYTES;
    copy->registers[STACK_RSP] = start;
    if (copy->has_place_only)
        memcpy(&copy->registers[STACK_RIP], registers + sizeof start, sizeof start);
    else if (copy->size > 0)
        memcpy(copy->registers, registers, sizeof copy->registers);
    return copy->size > 0 && (stack->base_stack.length == 0 || walk->base_size > 0);
}

static void walk_stack(struct walk *walk, const struct job_stack *stack, struct job_result *result)
{
    struct walker_place places[JOB_FRAMES_PER_STACK];
    struct walker_stack copy = {.size = 0};
    bool is_whole = false;
    unsigned count = 0;

    if (!read_stack(walk, stack, &copy))
        return;
    if (walk->walker != NULL)
        count = walker_walk(walk->walker, &copy, places, &is_whole);
    if (!is_whole)
        count = guess_walk(walk->job, &walk->modules, &copy, places, count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t frame = intern(walk, &places[i]);
        if (frame == JOB_FRAMES_MAX)
            return;
        result->frames[result->frame_count++] = frame;
    }
}

/* Memory is not given back: the process ends with the job. */
static bool begin(struct walk *walk, struct job *job)
{
    walk->job = job;
    walk->active = malloc((job->module_count + 1) * sizeof *walk->active);
    walk->modules.active = walk->active;
    walk->frame_places = calloc(FRAME_PLACES, sizeof *walk->frame_places);
    walk->stack_places = calloc(STACK_PLACES, sizeof *walk->stack_places);
    walk->stack_hashes = calloc(job->stack_count + 1, sizeof *walk->stack_hashes);
    walk->walker = walker_new(job);
    return walk->active != NULL && walk->frame_places != NULL && walk->stack_places != NULL &&
           walk->stack_hashes != NULL;
}

void walk_job(void *memory, size_t size)
{
    static struct walk walk;
    struct job *job = memory;

    (void)size;
    if (!begin(&walk, job))
        return;
    while (job->done < job->stack_count) {
        const struct job_stack *stack = &job_stacks(job)[job->done];
        struct job_result *result = &job_results(job)[job->done];
        result->frame_count = 0;
        choose_modules(&walk, stack);
        if (!is_known(&walk, job->done, hash_of(&walk, stack)))
            walk_stack(&walk, stack, result);
        job->module = 0;
        job->done++;
    }
}
