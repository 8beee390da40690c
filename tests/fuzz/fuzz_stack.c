/*
 * A stack and an image from strangers: callers are guessed from the one by the code of the other;
 * and what a worker may leave in place of its results: only what is sound is taken.
 */
#include "fuzz.h"
#include "unwind/guess.h"
#include "unwind/module_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char image[] = "fuzz_stack.image";

static void read_image(struct job *job)
{
    int file = module_file_open(job, 0);
    unsigned char code[7];

    for (uint64_t address = 0; file >= 0 && address < 65536; address += 509)
        module_file_code(file, address, code, sizeof code);
    if (file >= 0)
        close(file);
}

static void read_results(struct job *job, const struct job *known)
{
    uint32_t frames[JOB_FRAMES_PER_STACK];
    char symbol[JOB_SYMBOL_BYTES_MAX];
    struct job_frame frame;
    unsigned count = job_read_result(job, known, 0, frames);

    FUZZ_EXPECT(count <= JOB_FRAMES_PER_STACK);
    for (unsigned i = 0; i < count; i++)
        if (job_read_frame(job, known, frames[i], &frame, symbol))
            FUZZ_EXPECT(frame.module <= known->module_count && strlen(symbol) < sizeof symbol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t active[] = {0};
    struct walker_modules modules = {active, 1};
    struct walker_stack stack = {.bytes = data, .size = size};
    struct walker_place places[JOB_FRAMES_PER_STACK];
    size_t bytes = job_size(1, 1, sizeof image);
    struct job *job = calloc(1, bytes), *known;

    FUZZ_EXPECT(job != NULL);
    fuzz_write_file(image, data, size);
    job_begin(job, 1, 1, bytes);
    job_modules(job)[0] = (struct job_module){.bytes = UINT64_MAX, .file_bytes = size};
    job_modules(job)[0].path = job_put_bytes(job, image, sizeof image - 1);
    read_image(job);
    job_modules(job)[0].is_unreadable = 1;
    FUZZ_EXPECT(guess_walk(job, &modules, &stack, places, 0) <= JOB_FRAMES_PER_STACK);
    known = malloc(job->frames_at);
    FUZZ_EXPECT(known != NULL);
    memcpy(known, job, job->frames_at);
    memcpy(job_frames(job), data, size < 65536 ? size : 65536);
    memcpy(job_results(job), data,
           size < sizeof(struct job_result) ? size : sizeof(struct job_result));
    read_results(job, known);
    free(known);
    free(job);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const uint64_t words[] = {2, 0, 1, 0x401000, 0x7f0000001000, 0xE8E8E8E8E8E8E8E8};

    if (number > 0 || room < sizeof words)
        return 0;
    memcpy(out, words, sizeof words);
    return sizeof words;
}
