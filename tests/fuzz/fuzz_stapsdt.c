/*
 * The notes of static probes: of an image (seeds: one with marks), and a probe's description as a
 * text by itself.
 */
#include "image/stapsdt.h"
#include "image/stapsdt_argument.h"
#include "image_bytes.h"

#include <stdlib.h>

/* What a symbol's value is looked for in; NULL: in none. */
static void try_argument(const char *text, const struct image_source *source)
{
    static const uint64_t registers[STAPSDT_REGISTERS] = {1, 2, 3, UINT64_MAX};
    struct stapsdt_argument argument;
    const char *symbol = NULL;
    size_t length = 0;
    uint64_t value;

    if (!stapsdt_parse_argument(text, &argument, &symbol, &length))
        return;
    FUZZ_EXPECT(argument.bytes == 1 || argument.bytes == 2 || argument.bytes == 4 ||
                argument.bytes == 8);
    FUZZ_EXPECT(argument.base <= STAPSDT_REGISTERS && argument.index <= STAPSDT_REGISTERS);
    FUZZ_EXPECT(symbol == NULL || (symbol >= text && length <= strlen(symbol)));
    if (symbol != NULL && source != NULL)
        stapsdt_find_symbol(source, symbol, length, &value);
    value = stapsdt_narrow(&argument, stapsdt_locate(&argument, registers, 0x1000));
    FUZZ_EXPECT(argument.is_signed || argument.bytes == 8 || value >> 8 * argument.bytes == 0);
}

static bool take(void *context, const struct stapsdt_note *note)
{
    FUZZ_EXPECT(note->provider != NULL && note->name != NULL && note->arguments != NULL);
    FUZZ_EXPECT(strlen(note->provider) + strlen(note->name) < SIZE_MAX);
    try_argument(note->arguments, context);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_bytes bytes = {data, size};
    struct image_source source = {&bytes, image_bytes_read_at, size};
    char *text;

    if (size >= 4 && memcmp(data, "\177ELF", 4) == 0) {
        stapsdt_read(&source, take, &source);
        return 0;
    }
    text = malloc(size + 1);
    FUZZ_EXPECT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    try_argument(text, NULL);
    free(text);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    static const char *const seeds[] = {"8@%rdi", "-4@$5",           "8@16(%rsp) 4@%eax",
                                        "1@%ah",  "8@names+8(%rip)", "-2@-8(%rax,%rbx,8)",
                                        "4@%xmm0"};
    size_t size = number < sizeof seeds / sizeof seeds[0] ? strlen(seeds[number]) : 0;

    if (size > room)
        return 0;
    memcpy(out, size > 0 ? seeds[number] : "", size);
    return size;
}
