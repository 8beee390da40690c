/*
 * Static probes (USDT) of the provider "trail": `mark` and `string`, each with a C string.
 * samples/trail.h makes them, <sys/sdt.h> does too. A probe is a nop; while its process is recorded
 * an int3 stands there, behind which a stopped task need only go on. Loop thread only.
 */
#ifndef TRAIL_LINUX_PROBES_H
#define TRAIL_LINUX_PROBES_H

#include "linux_platform.h"

/*
 * Goes all ways once with this very program, so that the first target does not stand still while
 * our own memory comes in.
 */
void probes_prepare(void);

/* An image that may have probes. */
struct probed_image {
    const char *name; /* its path; of a library as the loader has it */
    bool is_program;
    uint64_t base, moved; /* where it is mapped, and how far from where it is linked */
    struct elf_head head;
};

/*
 * Plants the image's probes. Task `tid` stands still, and nothing of the process runs in the image.
 */
void probes_add(struct platform *platform, struct process *process, pid_t tid,
                const struct probed_image *image);
/* The image at that base is gone, with all that was planted; or, at an exec, all are. */
void probes_forget(struct process *process, uint64_t base);
void probes_forget_all(struct process *process);
/* A fork's child starts with what its parent has. */
void probes_copy(struct process *child, const struct process *parent);
/*
 * Takes the probes' bytes out of the task's memory, where they are there, and says to the
 * semaphores that nobody listens.
 */
void probes_remove(const struct process *process, pid_t tid);

/* Whether the task stands right behind a planted probe. */
bool probes_is_behind(const struct platform *platform, const struct process *process, pid_t tid);
/*
 * Whether this SIGTRAP stop is at a probe, which then is the event (its kind is EVENT_NONE if the
 * process is not recorded).
 */
bool probes_decode(struct platform *platform, const struct task *task, struct event *event);

/* probe_sites.c: the probes of an image, as linked. */
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
