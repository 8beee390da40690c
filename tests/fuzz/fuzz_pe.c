/* The PE parser: headers, debug directory, version resource. */
#include "image/pe.h"
#include "image_bytes.h"
#include "pe_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_bytes bytes = {data, size};
    struct image_source source = {&bytes, image_bytes_read_at, size};
    struct module_identity identity;

    memset(&identity, 0, sizeof identity);
    pe_parse(&source, &identity);
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
