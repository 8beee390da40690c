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
    unsigned char bytes[STACK_COPY_BYTES];
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
    uint64_t hash = mix(walk->active_hash, crc32(0, registers, stack->registers.length));

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

static void walk_stack(struct walk *walk, const struct job_stack *stack, struct job_result *result)
{
    struct walker_place places[JOB_FRAMES_PER_STACK];
    struct walker_stack copy = {.bytes = walk->bytes};
    uLongf size = sizeof walk->bytes;
    bool is_whole = false;
    unsigned count = 0;

    if (stack->registers.length != sizeof copy.registers ||
        uncompress(walk->bytes, &size, job_bytes(walk->job, stack->stack), stack->stack.length) !=
            Z_OK)
        return;
    memcpy(copy.registers, job_bytes(walk->job, stack->registers), sizeof copy.registers);
    copy.size = size;
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
