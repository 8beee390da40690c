/* See pe_imports.h. */
#include "image/pe_imports.h"

#include "event_kinds.h"
#include "image/imports.h"

#include <string.h>

enum {
    DESCRIPTORS_MAX = 4096,
    EXPORTS_MAX = 65536,
    EXPORTS_AT_ONCE = 256,
    NAME_BYTES = 260,
    DESCRIPTOR_MAX = 32,
    RELATIVE_ADDRESSES = 1 /* of a delay import's attributes; old linkers wrote addresses */
};

static void add(struct module_identity *identity, unsigned kind, const char *name)
{
    if (name[0] != '\0')
        imports_add(identity->imports, sizeof identity->imports, kind, name, NULL);
}

/* A table of descriptors, each of which has the address of its module's name. */
static const struct table {
    unsigned directory, kind, bytes, name_at;
} tables[] = {
    {PE_DIRECTORY_IMPORT, IMPORT_NEEDED, 20, 12},
    {PE_DIRECTORY_DELAY_IMPORT, IMPORT_DELAYED, 32, 4},
};

static uint64_t name_rva(const struct pe_image *image, const struct table *table,
                         const unsigned char *descriptor)
{
    uint64_t address = u32_at(descriptor + table->name_at);

    if (table->kind == IMPORT_DELAYED && (descriptor[0] & RELATIVE_ADDRESSES) == 0 &&
        address > image->image_base)
        address -= image->image_base;
    return address;
}

static void read_table(const struct pe_image *image, const struct table *table,
                       struct module_identity *identity)
{
    unsigned char descriptor[DESCRIPTOR_MAX];
    uint64_t at = pe_directory(image, table->directory).rva;
    char name[NAME_BYTES];

    for (unsigned i = 0; at != 0 && i < DESCRIPTORS_MAX; i++, at += table->bytes) {
        if (!pe_read_rva(image, at, descriptor, table->bytes) ||
            u32_at(descriptor + table->name_at) == 0)
            return;
        if (pe_read_text(image, name_rva(image, table, descriptor), name, sizeof name))
            add(identity, table->kind, name);
    }
}

/* "NTDLL.RtlAllocateHeap": the module is what stands before the last dot, without its ".dll". */
static void add_forwarder(const struct pe_image *image, uint32_t rva,
                          struct module_identity *identity)
{
    char name[NAME_BYTES + sizeof ".dll"], *dot;

    if (!pe_read_text(image, rva, name, NAME_BYTES) || (dot = strrchr(name, '.')) == NULL ||
        dot == name)
        return;
    memcpy(dot, ".dll", sizeof ".dll");
    add(identity, IMPORT_FORWARDED, name);
}

/* An export whose address is within the export directory is a forwarder's name. */
static void read_forwarders(const struct pe_image *image, struct module_identity *identity)
{
    struct pe_directory exports = pe_directory(image, PE_DIRECTORY_EXPORT);
    unsigned char directory[40], addresses[4 * EXPORTS_AT_ONCE];
    uint32_t count, at;

    if (exports.rva == 0 || !pe_read_rva(image, exports.rva, directory, sizeof directory))
        return;
    count = u32_at(directory + 20) < EXPORTS_MAX ? u32_at(directory + 20) : EXPORTS_MAX;
    at = u32_at(directory + 28);
    for (uint32_t done = 0, some; done < count; done += some) {
        some = count - done < EXPORTS_AT_ONCE ? count - done : EXPORTS_AT_ONCE;
        if (!pe_read_rva(image, at + 4 * (uint64_t)done, addresses, 4 * (size_t)some))
            return;
        for (uint32_t i = 0; i < some; i++) {
            uint32_t rva = u32_at(addresses + 4 * (size_t)i);
            if (rva >= exports.rva && rva - exports.rva < exports.size)
                add_forwarder(image, rva, identity);
        }
    }
}

void pe_imports_read(const struct pe_image *image, struct module_identity *identity)
{
    for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++)
        read_table(image, &tables[i], identity);
    read_forwarders(image, identity);
}
