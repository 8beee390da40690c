/*
 * A stack as it is copied at a stop: the registers, 8 bytes each in the order of the x86-64 psABI's
 * DWARF numbers, and then the bytes from the stack pointer upwards, as many as there are, up to
 * STACK_COPY_BYTES. Little-endian. Of a thread that was only looked at (look.h) the registers are
 * two: the stack pointer, and where it is executed.
 */
#ifndef TRAIL_STACK_COPY_H
#define TRAIL_STACK_COPY_H

#include "event.h"

enum {
    STACK_RBP = 6,
    STACK_RSP = 7,
    STACK_RIP = 16, /* the return address column */
    STACK_REGISTERS = 17,
    STACK_REGISTERS_BYTES = STACK_REGISTERS * 8,
    STACK_PLACE_BYTES = 2 * 8,
    STACK_COPY_BYTES = 16 * 1024
};

/* The stack pointer; false if that are no registers of either kind. */
bool stack_copy_start(const void *registers, size_t bytes, uint64_t *start);

/* What two copies have at the same addresses: bytes ^= base. Undone by doing it again. */
void stack_copy_xor(unsigned char *bytes, uint64_t start, size_t size, const unsigned char *base,
                    uint64_t base_start, size_t base_size);

struct platform;

/*
 * A part of the seam (platform.h): keeps the stack of the thread that stands still with this event.
 * Between platform_wait and platform_resume; keeps nothing where the thread is gone, or its
 * registers are of another kind.
 */
void platform_copy_stack(struct platform *platform, struct event *event);

#endif
