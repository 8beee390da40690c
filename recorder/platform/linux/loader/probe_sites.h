/*
 * Which probes an image has, from its file. Loop thread.
 */
#ifndef TRAIL_LINUX_PROBE_SITES_H
#define TRAIL_LINUX_PROBE_SITES_H

#include "event.h"
#include "image/elf.h"
#include "image/stapsdt_argument.h"
#include <sys/types.h>

/* An image that may have probes. */
struct probed_image {
    const char *name; /* its path; of a library as the loader has it */
    bool is_program;
    uint64_t base, moved; /* where it is mapped, and how far from where it is linked */
    struct elf_head head;
};

/* A probe, as linked. */
struct probe_site {
    uint64_t address, semaphore;
    struct stapsdt_argument argument;
    enum event_kind kind;
};
/*
 * From the image's file, or from what was found before in the same file. They are valid until the
 * next call. Returns how many.
 */
unsigned probe_sites_of(pid_t pid, const struct probed_image *image,
                        const struct probe_site **sites);

#endif
