/* Records of perf: any bytes in the kernel's buffer, from any position on, end within it. */
#include "fuzz.h"
#include "perf_builder.h"

static struct perf_buffer *reading;

/* What is given of a thread can be read to its end. */
static void touch(const struct perf_record *record)
{
    static volatile unsigned char last;

    for (size_t i = 0; i < PERF_SAMPLED_REGISTERS * sizeof(uint64_t); i++)
        last = record->registers[i];
    for (size_t i = 0; i < record->stack_bytes; i++)
        last = record->stack[i];
    (void)last;
}

static void take(void *context, const struct perf_record *record)
{
    FUZZ_EXPECT(context == reading);
    FUZZ_EXPECT(record->kind == PERF_MAPPED || record->kind == PERF_EXECED ||
                record->kind == PERF_SAMPLED || record->kind == PERF_LOST);
    if (record->kind == PERF_SAMPLED && record->registers != NULL)
        touch(record);
}

/* The first 8 bytes: where reading begins; the rest: what was written from there on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct builder builder;
    uint64_t position = 0, used = size < 8 ? 0 : size - 8;

    memcpy(&position, data, size < 8 ? size : 8);
    builder_begin(&builder, position);
    builder_put_bytes(&builder, data + 8, used < BUILDER_BYTES ? used : BUILDER_BYTES);
    reading = &builder.buffer;
    perf_buffer_read(reading, take, reading);
    FUZZ_EXPECT(builder.page.data_tail - position <= builder.page.data_head - position);
    /* a head that is anywhere: a kernel would not write it */
    builder.page.data_tail = 0;
    perf_buffer_read(reading, take, reading);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const uint64_t positions[] = {0, BUILDER_BYTES - 20, UINT64_MAX - 50};
    const struct built_sample sample = builder_sample(11, 400);
    struct builder builder;
    size_t size;

    if (number >= sizeof positions / sizeof positions[0])
        return 0;
    builder_begin(&builder, positions[number]);
    builder_put_command(&builder, 10, true, 100);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
    builder_put_lost(&builder, 300);
    builder_put_sample(&builder, &sample, sizeof sample);
    size = (size_t)(builder.page.data_head - positions[number]);
    if (size + 8 > room)
        return 0;
    memcpy(out, &positions[number], 8);
    for (size_t i = 0; i < size; i++)
        out[8 + i] = builder.data[(positions[number] + i) % BUILDER_BYTES];
    return size + 8;
}
