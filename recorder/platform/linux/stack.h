/* Registers as a copy of a stack has them (stack_copy.h). */
#ifndef TRAIL_LINUX_STACK_H
#define TRAIL_LINUX_STACK_H

#include "stack_copy.h"

#include <sys/user.h>

void stack_order_registers(const struct user_regs_struct *r, uint64_t ordered[STACK_REGISTERS]);

#endif
