/* The registers and the stack of a thread that stands still (stack_copy.h). Any thread of ours. */
#ifndef TRAIL_WINDOWS_THREAD_STACK_H
#define TRAIL_WINDOWS_THREAD_STACK_H

#include "services/windows_api.h"
#include "stack_copy.h"

/*
 * Whether its threads' registers are those of the program: those of a 32-bit process, and of any on
 * a machine that is no x86-64, are an emulator's.
 */
bool thread_stack_is_real(HANDLE process);

/* The handle has the right to get its context. */
bool thread_stack_registers(HANDLE thread, uint64_t registers[STACK_REGISTERS]);

/* Up to STACK_COPY_BYTES from the stack pointer on; returns how many, 0 on failure. */
size_t thread_stack_bytes(HANDLE process, uint64_t stack_pointer, unsigned char *to);

#endif
