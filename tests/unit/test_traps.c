/* traps.c: what the instructions do that an int3 of ours may stand at. */
#include "unit.h"

#include "loader/traps.h"

#include <string.h>

static bool emulate(const unsigned char *code, size_t bytes, struct user_regs_struct *registers)
{
    struct trap trap = {.address = 0x1000};

    memcpy(trap.code, code, bytes);
    return traps_emulate(&trap, 0, registers);
}

static void test_pushes(void **state)
{
    static const unsigned char r15[] = {0x41, 0x57}, rbp[] = {0x55};
    struct user_regs_struct registers = {.rsp = 0x8000};

    assert_true(emulate(r15, sizeof r15, &registers));
    assert_int_equal(registers.rip, 0x1002);
    assert_int_equal(registers.rsp, 0x7FF8);
    assert_true(emulate(rbp, sizeof rbp, &registers));
    assert_int_equal(registers.rip, 0x1001);
    assert_int_equal(registers.rsp, 0x7FF0);
}

static void test_moves(void **state)
{
    static const unsigned char rdi_to_r12[] = {0x49, 0x89, 0xFC}, rsi_to_rbx[] = {0x48, 0x8B, 0xDE};
    struct user_regs_struct registers = {.rdi = 7, .rsi = 9};

    assert_true(emulate(rdi_to_r12, sizeof rdi_to_r12, &registers));
    assert_int_equal(registers.r12, 7);
    assert_int_equal(registers.rip, 0x1003);
    assert_true(emulate(rsi_to_rbx, sizeof rsi_to_rbx, &registers));
    assert_int_equal(registers.rbx, 9);
}

static void test_room_on_the_stack(void **state)
{
    static const unsigned char byte[] = {0x48, 0x83, 0xEC, 0x28},
                               word[] = {0x48, 0x81, 0xEC, 0x00, 0x01, 0, 0};
    struct user_regs_struct registers = {.rsp = 0x8000};

    assert_true(emulate(byte, sizeof byte, &registers));
    assert_int_equal(registers.rsp, 0x8000 - 0x28);
    assert_int_equal(registers.rip, 0x1004);
    assert_true(emulate(word, sizeof word, &registers));
    assert_int_equal(registers.rsp, 0x8000 - 0x128);
    assert_int_equal(registers.rip, 0x1007);
}

static void test_others_are_refused(void **state)
{
    static const unsigned char others[][4] = {
        {0xC3},                   /* ret */
        {0xE8, 1, 2, 3},          /* call */
        {0x48, 0x89, 0x7C, 0x24}, /* a store */
        {0x48, 0x83, 0xC4, 0x08}, /* add to rsp */
        {0x66, 0x55},             /* a push of 16 bits */
        {0xCC},
    };
    struct user_regs_struct registers = {.rsp = 0x8000};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(emulate(others[i], sizeof others[i], &registers));
    assert_int_equal(registers.rsp, 0x8000);
    assert_int_equal(registers.rip, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pushes),
    cmocka_unit_test(test_moves),
    cmocka_unit_test(test_room_on_the_stack),
    cmocka_unit_test(test_others_are_refused),
};
UNIT_MAIN(tests)
