/* See pe_symbols.h. */
#include "image/pe_symbols.h"

#include <string.h>

enum {
    SYMBOL_BYTES = 18,
    SYMBOLS_MAX = 1 << 22,
    EXPORTS_MAX = 65536,
    SHORT_NAME_BYTES = 8,
    CLASS_EXTERNAL = 2,
    CLASS_STATIC = 3,
    TYPE_FUNCTION = 0x20
};

/* The best name so far. */
struct found {
    const struct pe_image *image;
    uint64_t rva;
    uint32_t start, type;
    unsigned char symbol[SYMBOL_BYTES];
    char *name;
    size_t capacity;
    bool is_found;
};

static bool is_better(const struct found *found, uint64_t start, uint32_t type)
{
    return start <= found->rva && (!found->is_found || start > found->start ||
                                   (start == found->start && type > found->type));
}

static void take_symbol(struct found *found, const unsigned char *symbol)
{
    unsigned section = u16_at(symbol + 12), type = u16_at(symbol + 14) == TYPE_FUNCTION;
    uint64_t start;

    if (section == 0 || section > found->image->section_count ||
        (symbol[16] != CLASS_EXTERNAL && symbol[16] != CLASS_STATIC) || symbol[0] == '.')
        return;
    start = (uint64_t)u32_at(found->image->sections[section - 1] + 12) + u32_at(symbol + 8);
    if (!is_better(found, start, type))
        return;
    memcpy(found->symbol, symbol, SYMBOL_BYTES);
    found->start = (uint32_t)start;
    found->type = type;
    found->is_found = true;
}

/* Behind the symbols lie the texts of those whose name is longer than eight bytes. */
static void name_symbol(struct found *found)
{
    const struct pe_image *image = found->image;
    uint64_t texts = image->symbols_at + (uint64_t)image->symbol_count * SYMBOL_BYTES, left;
    size_t length = found->capacity - 1;

    found->name[0] = '\0';
    if (u32_at(found->symbol) != 0) {
        length = length < SHORT_NAME_BYTES ? length : SHORT_NAME_BYTES;
        memcpy(found->name, found->symbol, length);
        found->name[length] = '\0';
        return;
    }
    texts += u32_at(found->symbol + 4);
    if (texts >= image->source->size)
        return;
    left = image->source->size - texts;
    length = left < length ? (size_t)left : length;
    length = image->source->read_at(image->source->context, texts, found->name, length);
    found->name[length] = '\0';
}

static void search_symbols(struct found *found)
{
    const struct pe_image *image = found->image;
    unsigned char symbol[SYMBOL_BYTES];

    for (uint32_t i = 0; i < image->symbol_count && i < SYMBOLS_MAX; i += 1u + symbol[17]) {
        if (!image_read(image->source, image->symbols_at + (uint64_t)i * SYMBOL_BYTES, symbol,
                        sizeof symbol))
            break;
        take_symbol(found, symbol);
    }
    if (found->is_found)
        name_symbol(found);
}

/* The name of the export with that number, counted from 0. */
static bool name_export(struct found *found, const unsigned char *directory, uint32_t number)
{
    uint32_t count = u32_at(directory + 24);
    unsigned char ordinal[2], name[4];

    for (uint32_t i = 0; i < count && i < EXPORTS_MAX; i++) {
        if (!pe_read_rva(found->image, u32_at(directory + 36) + 2 * (uint64_t)i, ordinal, 2))
            return false;
        if (u16_at(ordinal) == number)
            return pe_read_rva(found->image, u32_at(directory + 32) + 4 * (uint64_t)i, name, 4) &&
                   pe_read_text(found->image, u32_at(name), found->name, found->capacity);
    }
    return false;
}

/* What lies within the directory is the name of another module's function. */
static void search_exports(struct found *found)
{
    struct pe_directory exports = pe_directory(found->image, PE_DIRECTORY_EXPORT);
    unsigned char directory[40], address[4];
    uint32_t count, best = 0, number = 0;

    if (exports.rva == 0 || !pe_read_rva(found->image, exports.rva, directory, sizeof directory))
        return;
    count = u32_at(directory + 20);
    for (uint32_t i = 0; i < count && i < EXPORTS_MAX; i++) {
        if (!pe_read_rva(found->image, u32_at(directory + 28) + 4 * (uint64_t)i, address, 4))
            return;
        if (u32_at(address) > best && u32_at(address) <= found->rva &&
            u32_at(address) - exports.rva >= exports.size) {
            best = u32_at(address);
            number = i;
        }
    }
    if (best == 0 || !name_export(found, directory, number))
        return;
    found->start = best;
    found->is_found = true;
}

bool pe_symbol_at(const struct pe_image *image, uint64_t rva, char *name, size_t capacity,
                  uint64_t *offset)
{
    struct found found = {.image = image, .rva = rva, .name = name, .capacity = capacity};
    uint32_t lowest = pe_function_start(image, rva);

    search_symbols(&found);
    if (!found.is_found || found.start < lowest) {
        found.is_found = false;
        search_exports(&found);
    }
    *offset = rva - found.start;
    return found.is_found && found.start >= lowest && name[0] != '\0';
}
