/*
 * The program around a target (fuzz.h).
 *
 *   fuzz_NAME ROUNDS [SEED...]          tries the seeds of the target and these files, and so many
 *                                       inputs made of each
 *   fuzz_NAME --seeds FOLDER            writes the target's own seeds there, for libFuzzer
 *   fuzz_NAME [OPTION...] FOLDER...     libFuzzer's own command line, where it was built with it
 */
#include "fuzz.h"

#include "program.h"

#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES = 1 << 20, SEEDS = 64, CUTS = 64 };

#ifdef TRAIL_LIBFUZZER
int LLVMFuzzerRunDriver(int *argument_count, char ***arguments,
                        int (*target)(const uint8_t *data, size_t size));
#endif

struct seed {
    uint8_t *bytes;
    size_t size;
};

static struct seed seeds[SEEDS];
static size_t seed_count;
static uint64_t chance = 1;

static uint64_t next_random(void) /* SplitMix64 */
{
    uint64_t z = chance += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

void fuzz_expect(int holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

void fuzz_write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    FUZZ_EXPECT(file != NULL && fwrite(data, 1, size, file) == size);
    FUZZ_EXPECT(fclose(file) == 0);
}

static void keep_seed(const uint8_t *bytes, size_t size)
{
    FUZZ_EXPECT(seed_count < SEEDS);
    seeds[seed_count].bytes = malloc(size + 1);
    FUZZ_EXPECT(seeds[seed_count].bytes != NULL);
    memcpy(seeds[seed_count].bytes, bytes, size);
    seeds[seed_count++].size = size;
}

static void take_seeds(uint8_t *room, char **paths)
{
    size_t size;

    for (unsigned i = 0; (size = fuzz_seed(i, room, INPUT_BYTES)) > 0; i++)
        keep_seed(room, size);
    for (; *paths != NULL; paths++) {
        FILE *file = fopen(*paths, "rb");
        FUZZ_EXPECT(file != NULL);
        keep_seed(room, fread(room, 1, INPUT_BYTES, file));
        fclose(file);
    }
}

/* Of exactly its size on the heap, so that a sanitizer sees a read beyond it. */
static void try(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + (size == 0));

    FUZZ_EXPECT(copy != NULL);
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/*
 * One change: bits, bytes that parsers fear, numbers of several bytes, parts that are missing,
 * doubled, or of another seed.
 */
static size_t change(uint8_t *bytes, size_t size)
{
    static const uint8_t feared[] = {0,   0x7F, 0x80, 0xFF, '\n', '"', '\\', '#', '{',
                                     '[', '*',  '%',  '<',  '0',  '9', 0xC3, 0xE2};
    const struct seed *other = &seeds[next_random() % seed_count];
    size_t at = size > 0 ? next_random() % size : 0, length = 1 + next_random() % 16, from;

    switch (next_random() % 6) {
    case 0:
        if (size > 0)
            bytes[at] ^= (uint8_t)(1u << next_random() % 8);
        return size;
    case 1:
        if (size > 0)
            bytes[at] = feared[next_random() % sizeof feared];
        return size;
    case 2: /* a number of 2, 4 or 8 bytes that is far too large, or around zero */
        length = (size_t)2 << next_random() % 3;
        if (at + length <= size)
            memset(bytes + at, next_random() % 2 == 0 ? 0xFF : 0, length);
        return size;
    case 3:
        length = length < size - at ? length : size - at;
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 4:
        length = length < size - at ? length : size - at;
        if (size + length > INPUT_BYTES)
            return size;
        memmove(bytes + at + length, bytes + at, size - at);
        return size + length;
    default:
        from = other->size > 0 ? next_random() % other->size : 0;
        length = length < other->size - from ? length : other->size - from;
        length = length < size - at ? length : size - at;
        memcpy(bytes + at, other->bytes + from, length);
        return size;
    }
}

static void try_around(const struct seed *seed, long rounds, uint8_t *room)
{
    try(seed->bytes, seed->size);
    for (size_t i = 0; i < CUTS; i++)
        try(seed->bytes, seed->size * i / CUTS);
    for (long round = 0; round < rounds; round++) {
        size_t size = seed->size;
        memcpy(room, seed->bytes, size);
        for (uint64_t changes = 1 + next_random() % 6; changes > 0; changes--)
            size = change(room, size);
        try(room, size);
    }
}

static int write_seeds(uint8_t *room, const char *folder)
{
    size_t size;

    for (unsigned i = 0; (size = fuzz_seed(i, room, INPUT_BYTES)) > 0; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/seed%u", folder, i);
        fuzz_write_file(path, room, size);
    }
    return 0;
}

static int try_all(uint8_t *room, long rounds, char **paths)
{
    take_seeds(room, paths);
    FUZZ_EXPECT(seed_count > 0);
    try((const uint8_t *)"", 0);
    for (size_t i = 0; i < seed_count; i++)
        try_around(&seeds[i], rounds, room);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].bytes);
    return 0;
}

int program_main(int argument_count, char **arguments)
{
    static uint8_t room[INPUT_BYTES + 64];

    if (argument_count == 3 && strcmp(arguments[1], "--seeds") == 0)
        return write_seeds(room, arguments[2]);
#ifdef TRAIL_LIBFUZZER
    if (argument_count < 2 || arguments[1][0] < '0' || arguments[1][0] > '9')
        return LLVMFuzzerRunDriver(&argument_count, &arguments, LLVMFuzzerTestOneInput);
#endif
    if (argument_count < 2) {
        fprintf(stderr, "usage: fuzz_NAME ROUNDS [SEED...]\n");
        return 2;
    }
    return try_all(room, strtol(arguments[1], NULL, 10), arguments + 2);
}
