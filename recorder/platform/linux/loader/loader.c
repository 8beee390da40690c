/*
 * Finds the debug interface of a dynamic loader in a process's memory. At an exec the loader has
 * not run yet, so DT_DEBUG is still empty; but glibc exports _dl_debug_state and _r_debug, musl
 * _dl_debug_state and a pointer _dl_debug_addr, in .dynsym, which is mapped. The process's memory
 * is hostile: every loop is bounded.
 */
#define _GNU_SOURCE
#include "loader/loader.h"

#include "memory.h"

#include <elf.h>
#include <string.h>

enum { DYNAMIC_MAX = 128, HASH_CHAIN_MAX = 4096 };

struct tables {
    pid_t pid;
    uint64_t base, symbols, strings, gnu_hash, sysv_hash;
};

/* glibc relocates its own dynamic section in place, but not before it has run; musl never does. */
static uint64_t absolute(const struct tables *tables, uint64_t value)
{
    return value < tables->base ? tables->base + value : value;
}

static bool read_tables(struct tables *tables, uint64_t dynamic)
{
    Elf64_Dyn entries[DYNAMIC_MAX];
    size_t count = memory_read(tables->pid, dynamic, entries, sizeof entries) / sizeof entries[0];

    for (size_t i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
        uint64_t address = absolute(tables, entries[i].d_un.d_ptr);
        switch (entries[i].d_tag) {
        case DT_SYMTAB:
            tables->symbols = address;
            break;
        case DT_STRTAB:
            tables->strings = address;
            break;
        case DT_GNU_HASH:
            tables->gnu_hash = address;
            break;
        case DT_HASH:
            tables->sysv_hash = address;
            break;
        default:
            break;
        }
    }
    return tables->symbols != 0 && tables->strings != 0;
}

/* The value (an offset from the base) of symbol `index` if it has that name, else 0. */
static uint64_t symbol_if_named(const struct tables *tables, uint32_t index, const char *name)
{
    Elf64_Sym symbol;
    char found[32];

    if (!memory_read_exactly(tables->pid, tables->symbols + (uint64_t)index * sizeof symbol,
                             &symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF)
        return 0;
    memory_read_string(tables->pid, tables->strings + symbol.st_name, found, sizeof found);
    return strcmp(found, name) == 0 ? symbol.st_value : 0;
}

static uint32_t gnu_hash_of(const char *name)
{
    uint32_t hash = 5381;

    for (; *name != '\0'; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/*
 * DT_GNU_HASH: header, bloom filter, buckets, then one hash value per symbol whose lowest bit ends
 * a chain.
 */
static uint64_t find_by_gnu_hash(const struct tables *tables, const char *name)
{
    uint32_t header[4], bucket, value, hash = gnu_hash_of(name);
    uint64_t buckets, chains;

    if (!memory_read_exactly(tables->pid, tables->gnu_hash, header, sizeof header) ||
        header[0] == 0)
        return 0;
    buckets = tables->gnu_hash + sizeof header + (uint64_t)header[2] * 8;
    chains = buckets + (uint64_t)header[0] * 4;
    if (!memory_read_exactly(tables->pid, buckets + (uint64_t)(hash % header[0]) * 4, &bucket,
                             sizeof bucket) ||
        bucket < header[1])
        return 0;
    for (unsigned i = 0; i < HASH_CHAIN_MAX; i++, bucket++) {
        uint64_t address = 0;
        if (!memory_read_exactly(tables->pid, chains + (uint64_t)(bucket - header[1]) * 4, &value,
                                 sizeof value))
            return 0;
        if ((value | 1) == (hash | 1))
            address = symbol_if_named(tables, bucket, name);
        if (address != 0 || (value & 1) != 0)
            return address;
    }
    return 0;
}

static uint32_t sysv_hash_of(const char *name)
{
    uint32_t hash = 0;

    for (; *name != '\0'; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        hash ^= hash >> 24 & 0xF0;
        hash &= 0x0FFFFFFF;
    }
    return hash;
}

/* DT_HASH: counts of buckets and chains, buckets, chains. */
static uint64_t find_by_sysv_hash(const struct tables *tables, const char *name)
{
    uint32_t header[2], index;
    uint64_t buckets = tables->sysv_hash + sizeof header;

    if (!memory_read_exactly(tables->pid, tables->sysv_hash, header, sizeof header) ||
        header[0] == 0)
        return 0;
    if (!memory_read_exactly(tables->pid, buckets + (uint64_t)(sysv_hash_of(name) % header[0]) * 4,
                             &index, sizeof index))
        return 0;
    for (unsigned i = 0; i < HASH_CHAIN_MAX && index != 0 && index < header[1]; i++) {
        uint64_t address = symbol_if_named(tables, index, name);
        if (address != 0)
            return address;
        if (!memory_read_exactly(tables->pid, buckets + ((uint64_t)header[0] + index) * 4, &index,
                                 sizeof index))
            return 0;
    }
    return 0;
}

static uint64_t find_symbol(const struct tables *tables, const char *name)
{
    if (tables->gnu_hash != 0)
        return find_by_gnu_hash(tables, name);
    return tables->sysv_hash != 0 ? find_by_sysv_hash(tables, name) : 0;
}

/*
 * What was found last. Most programs of a machine share one loader; its build-id makes the look-up
 * unnecessary. Loop thread only.
 */
static struct {
    unsigned char build_id[ELF_BUILD_ID_MAX];
    unsigned build_id_bytes;
    struct loader_symbols offsets; /* from the base; 0 if not there */
} cached;

static uint64_t add_base(uint64_t offset, uint64_t base)
{
    return offset == 0 ? 0 : offset + base;
}

static bool is_cached(const struct elf_head *head)
{
    return head->build_id_bytes > 0 && head->build_id_bytes == cached.build_id_bytes &&
           memcmp(head->build_id, cached.build_id, head->build_id_bytes) == 0;
}

static void look_up(struct tables *tables, struct loader_symbols *offsets)
{
    offsets->debug_state = find_symbol(tables, "_dl_debug_state");
    if (offsets->debug_state != 0)
        offsets->r_debug = find_symbol(tables, "_r_debug");
    if (offsets->debug_state != 0 && offsets->r_debug == 0)
        offsets->musl_debug_pointer = find_symbol(tables, "_dl_debug_addr");
    if (offsets->r_debug != 0) {
        offsets->exception = find_symbol(tables, "_dl_exception_create");
        offsets->exception_format = find_symbol(tables, "_dl_exception_create_format");
    }
}

void loader_find_symbols(pid_t pid, uint64_t base, struct loader_symbols *symbols)
{
    struct tables tables = {.pid = pid, .base = base};
    struct loader_symbols offsets = {0, 0, 0, 0, 0};
    struct elf_head head;

    memset(symbols, 0, sizeof *symbols);
    if (memory_read_head(pid, base, &head) != 0 || head.dynamic_address == 0)
        return;
    tables.base = base - head.first_address;
    if (is_cached(&head)) {
        offsets = cached.offsets;
    } else if (read_tables(&tables, tables.base + head.dynamic_address)) {
        look_up(&tables, &offsets);
        memcpy(cached.build_id, head.build_id, head.build_id_bytes);
        cached.build_id_bytes = head.build_id_bytes;
        cached.offsets = offsets;
    }
    symbols->debug_state = add_base(offsets.debug_state, tables.base);
    symbols->r_debug = add_base(offsets.r_debug, tables.base);
    symbols->musl_debug_pointer = add_base(offsets.musl_debug_pointer, tables.base);
    symbols->exception = add_base(offsets.exception, tables.base);
    symbols->exception_format = add_base(offsets.exception_format, tables.base);
}
