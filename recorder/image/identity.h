/*
 * Who an image is, as far as its file and the system tell: the key of table `module`. A plain
 * value, any thread.
 */
#ifndef TRAIL_IDENTITY_H
#define TRAIL_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Texts are "" and numbers 0 where unknown. */
struct module_identity {
    uint64_t file_bytes;  /* size of the file */
    uint64_t image_bytes; /* size in memory */
    /*
     * a load: when it was mapped, on the clock of os_monotonic_ns; 0 if that is not known better
     * than by its event
     */
    uint64_t mapped_ns;
    uint32_t machine; /* PE: IMAGE_FILE_HEADER.Machine, ELF: e_machine */
    uint32_t pe_timestamp, pe_checksum;
    char pdb_guid[48], pdb_name[260]; /* guid: "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX-age" in hex */
    char file_version[64];            /* PE VS_FIXEDFILEINFO, "1.2.3.4" */
    char build_id[130];               /* ELF, lower-case hex */
    char soname[256];
    /* canonical, as the system shows it; else as the target named it */
    char path[4096];
    char imports[16384]; /* what it asks the loader for, see imports.h */
};

/*
 * Nothing is known; a copy. Of path and imports, which are large, only what is text is touched.
 */
static inline void identity_clear(struct module_identity *identity)
{
    memset(identity, 0, offsetof(struct module_identity, path) + 1);
    identity->imports[0] = '\0';
}

static inline void identity_copy(struct module_identity *to, const struct module_identity *from)
{
    memcpy(to, from, offsetof(struct module_identity, path));
    memcpy(to->path, from->path, strlen(from->path) + 1);
    memcpy(to->imports, from->imports, strlen(from->imports) + 1);
}

#endif
