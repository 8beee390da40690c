/*
 * A stack as it is copied at a stop: the registers, 8 bytes each in the order of the x86-64 psABI's
 * DWARF numbers, and then the bytes from the stack pointer upwards, as many as there are, up to
 * STACK_COPY_BYTES. Little-endian.
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
    STACK_COPY_BYTES = 16 * 1024
};

struct platform;

/*
 * A part of the seam (platform.h): keeps the stack of the thread that stands still with this event.
 * Between platform_wait and platform_resume; keeps nothing where the thread is gone, or its
 * registers are of another kind.
 */
void platform_copy_stack(struct platform *platform, struct event *event);

#endif
