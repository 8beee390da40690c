/*
 * Where a probe's argument is while a task stands at the probe: "8@%rdi", "-4@$5", "8@16(%rsp)",
 * "8@names+8(%rip)", "8@(%rax,%rbx,8)". It is a size in bytes (negative: signed), and an operand of
 * x86-64 in AT&T's syntax. The text is hostile. Pure functions, any thread.
 */
#ifndef TRAIL_STAPSDT_ARGUMENT_H
#define TRAIL_STAPSDT_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stapsdt_register {
    STAPSDT_RAX,
    STAPSDT_RBX,
    STAPSDT_RCX,
    STAPSDT_RDX,
    STAPSDT_RSI,
    STAPSDT_RDI,
    STAPSDT_RBP,
    STAPSDT_RSP,
    STAPSDT_R8,
    STAPSDT_R9,
    STAPSDT_R10,
    STAPSDT_R11,
    STAPSDT_R12,
    STAPSDT_R13,
    STAPSDT_R14,
    STAPSDT_R15,
    STAPSDT_RIP, /* the probe's address, as gdb takes it */
    STAPSDT_REGISTERS,
    STAPSDT_NO_REGISTER = STAPSDT_REGISTERS
};

enum stapsdt_place { STAPSDT_CONSTANT, STAPSDT_IN_REGISTER, STAPSDT_IN_MEMORY };

struct stapsdt_argument {
    uint8_t place; /* enum stapsdt_place */
    uint8_t bytes; /* 1, 2, 4 or 8 */
    bool is_signed;
    /* registers of an address; base alone: the register that the argument is in */
    uint8_t base, index, scale;
    uint8_t shift; /* 8 for %ah and its like */
    /* the displacement is an address of the image as linked, and moves with it */
    bool in_image;
    int64_t displacement; /* or the constant itself */
};

/*
 * Understands the first argument of a probe's description. Where it names a symbol, *symbol is its
 * name, else NULL: the caller adds its value to the displacement. False if there is no argument, or
 * none that is understood (floating point, thread-local).
 */
bool stapsdt_parse_argument(const char *text, struct stapsdt_argument *argument,
                            const char **symbol, size_t *symbol_length);

/*
 * From the registers (STAPSDT_REGISTERS of them) and how far the image was moved: the argument
 * itself, still to be narrowed, or for STAPSDT_IN_MEMORY its address.
 */
uint64_t stapsdt_locate(const struct stapsdt_argument *argument, const uint64_t *registers,
                        uint64_t moved);

/* The lowest bytes of a value as the argument's type. */
uint64_t stapsdt_narrow(const struct stapsdt_argument *argument, uint64_t value);

#endif
