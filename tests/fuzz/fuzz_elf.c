/* The ELF parser, as it reads a file and as it reads what is mapped in a process. */
#include "image/elf.h"
#include "image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_bytes bytes = {data, size};
    struct image_source source = {&bytes, image_bytes_read_at, size};
    struct module_identity identity;
    struct elf_head head;

    memset(&identity, 0, sizeof identity);
    elf_parse(&source, &identity);
    FUZZ_EXPECT(memchr(identity.build_id, '\0', sizeof identity.build_id) != NULL);
    FUZZ_EXPECT(memchr(identity.soname, '\0', sizeof identity.soname) != NULL);
    if (elf_read_head(&source, true, &head) == 0)
        FUZZ_EXPECT(head.build_id_bytes <= sizeof head.build_id);
    return 0;
}

/* Seeds are files: a shared object of the samples. */
size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    (void)number;
    (void)out;
    (void)room;
    return 0;
}
