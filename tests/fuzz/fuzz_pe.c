/* The PE parser: headers, debug directory, version resource; functions and their names. */
#include "image/pe.h"
#include "image/pe_symbols.h"
#include "image_bytes.h"
#include "pe_builder.h"

static void read_names(const struct image_source *source)
{
    struct pe_image image;
    char name[64];
    uint64_t offset;

    if (pe_image_open(&image, source) != 0)
        return;
    for (uint64_t rva = 0; rva < 0x2000; rva += 0x1F3)
        if (pe_symbol_at(&image, rva, name, sizeof name, &offset))
            FUZZ_EXPECT(memchr(name, '\0', sizeof name) != NULL && offset <= rva);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_bytes bytes = {data, size};
    struct image_source source = {&bytes, image_bytes_read_at, size};
    struct module_identity identity;

    memset(&identity, 0, sizeof identity);
    pe_parse(&source, &identity);
    read_names(&source);
    FUZZ_EXPECT(memchr(identity.pdb_guid, '\0', sizeof identity.pdb_guid) != NULL);
    FUZZ_EXPECT(memchr(identity.pdb_name, '\0', sizeof identity.pdb_name) != NULL);
    FUZZ_EXPECT(memchr(identity.file_version, '\0', sizeof identity.file_version) != NULL);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    if (number > 1 || room < IMAGE_SIZE)
        return 0;
    make_image(out, number == 0);
    return IMAGE_SIZE;
}
