/*
 * Arguments of probes: all forms that gcc and clang write for <sys/sdt.h>, and texts that no
 * compiler writes.
 */
#include "image/stapsdt_argument.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t registers[STAPSDT_REGISTERS] = {
    [STAPSDT_RAX] = 0x1122334455667788,
    [STAPSDT_RBX] = 8,
    [STAPSDT_RCX] = 0x80,
    [STAPSDT_RDI] = 0x7000,
    [STAPSDT_RBP] = 0x8000,
    [STAPSDT_RSP] = 0x9000,
    [STAPSDT_R8] = 0xFFFFFFFFFFFFFFFF,
    [STAPSDT_R15] = 15,
    [STAPSDT_RIP] = 0x401000,
};

enum { MOVED = 0x10000 };

/* The place and the located value of a text that is understood. */
static uint64_t locate(const char *text, enum stapsdt_place place)
{
    struct stapsdt_argument argument;
    const char *symbol;
    size_t length;

    assert_true(stapsdt_parse_argument(text, &argument, &symbol, &length));
    assert_int_equal(argument.place, place);
    if (symbol != NULL) {
        assert_int_equal(length, 5);
        assert_memory_equal(symbol, "names", 5);
        argument.displacement += 0x100;
    }
    return place == STAPSDT_IN_MEMORY
               ? stapsdt_locate(&argument, registers, MOVED)
               : stapsdt_narrow(&argument, stapsdt_locate(&argument, registers, MOVED));
}

static void test_registers(void **state)
{
    assert_int_equal(locate("8@%rdi", STAPSDT_IN_REGISTER), 0x7000);
    assert_int_equal(locate("8@%rax", STAPSDT_IN_REGISTER), 0x1122334455667788);
    assert_int_equal(locate("4@%eax", STAPSDT_IN_REGISTER), 0x55667788);
    assert_int_equal(locate("2@%ax", STAPSDT_IN_REGISTER), 0x7788);
    assert_int_equal(locate("1@%al", STAPSDT_IN_REGISTER), 0x88);
    assert_int_equal(locate("1@%ah", STAPSDT_IN_REGISTER), 0x77);
    assert_int_equal(locate("8@%r15", STAPSDT_IN_REGISTER), 15);
    assert_int_equal(locate("4@%r8d", STAPSDT_IN_REGISTER), 0xFFFFFFFF);
    assert_int_equal(locate("1@%r8b", STAPSDT_IN_REGISTER), 0xFF);
    assert_int_equal(locate("%rdi", STAPSDT_IN_REGISTER), 0x7000);
    assert_int_equal(locate("8@%rdi 4@%esi", STAPSDT_IN_REGISTER), 0x7000);
}

static void test_signs(void **state)
{
    assert_int_equal(locate("-1@%al", STAPSDT_IN_REGISTER), UINT64_C(0xFFFFFFFFFFFFFF88));
    assert_int_equal(locate("-1@%ah", STAPSDT_IN_REGISTER), 0x77);
    assert_int_equal(locate("-4@%r8d", STAPSDT_IN_REGISTER), UINT64_MAX);
    assert_int_equal(locate("-8@%r8", STAPSDT_IN_REGISTER), UINT64_MAX);
    assert_int_equal(locate("-4@$-5", STAPSDT_CONSTANT), UINT64_C(0xFFFFFFFFFFFFFFFB));
    assert_int_equal(locate("4@$-5", STAPSDT_CONSTANT), 0xFFFFFFFB);
}

static void test_constants(void **state)
{
    assert_int_equal(locate("8@$4202500", STAPSDT_CONSTANT), 4202500);
    assert_int_equal(locate("8@$0x401000", STAPSDT_CONSTANT), 0x401000);
    assert_int_equal(locate("8@$names", STAPSDT_CONSTANT), MOVED + 0x100);
    assert_int_equal(locate("8@$names+8", STAPSDT_CONSTANT), MOVED + 0x108);
    assert_int_equal(locate("8@$18446744073709551615", STAPSDT_CONSTANT), UINT64_MAX);
}

static void test_memory(void **state)
{
    assert_int_equal(locate("8@(%rdi)", STAPSDT_IN_MEMORY), 0x7000);
    assert_int_equal(locate("8@-8(%rbp)", STAPSDT_IN_MEMORY), 0x7FF8);
    assert_int_equal(locate("8@16(%rsp)", STAPSDT_IN_MEMORY), 0x9010);
    assert_int_equal(locate("8@0x10(%rsp)", STAPSDT_IN_MEMORY), 0x9010);
    assert_int_equal(locate("8@(%rdi,%rbx)", STAPSDT_IN_MEMORY), 0x7008);
    assert_int_equal(locate("8@-16(%rdi,%rbx,8)", STAPSDT_IN_MEMORY), 0x7030);
    assert_int_equal(locate("8@(,%rbx,4)", STAPSDT_IN_MEMORY), 32);
    assert_int_equal(locate("8@4096", STAPSDT_IN_MEMORY), 4096);
    assert_int_equal(locate("8@16(%rip)", STAPSDT_IN_MEMORY), 0x401010);
}

static void test_symbols_move_with_their_image(void **state)
{
    assert_int_equal(locate("8@names(%rip)", STAPSDT_IN_MEMORY), MOVED + 0x100);
    assert_int_equal(locate("8@names+24(%rip)", STAPSDT_IN_MEMORY), MOVED + 0x118);
    assert_int_equal(locate("8@24+names(%rip)", STAPSDT_IN_MEMORY), MOVED + 0x118);
    assert_int_equal(locate("8@-8+names+16(%rip)", STAPSDT_IN_MEMORY), MOVED + 0x108);
    assert_int_equal(locate("8@names", STAPSDT_IN_MEMORY), MOVED + 0x100);
    assert_int_equal(locate("8@names(,%rbx,8)", STAPSDT_IN_MEMORY), MOVED + 0x140);
}

static void test_what_is_not_understood(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "8@",
        "8@%",
        "8@%xmm0",
        "8f@%xmm0",
        "3@%rax",
        "16@%rax",
        "-@%rax",
        "8@%raxx",
        "8@%fs:16",
        "8@%rax,",
        "8@$",
        "8@$-",
        "8@$names-other",
        "8@names+other(%rip)",
        "8@8-names",
        "8@(%rax",
        "8@(%rax,)",
        "8@(%rax,%rbx,3)",
        "8@(%al)x",
        "8@(%ah)",
        "8@()x",
        "8@-(%rax)",
        "8@+",
        "8@0x(%rax)",
        "8@@%rax",
        "8@names@tpoff(%rip)",
        "x@%rax",
        "8@[rsp+8]",
        "256@%rax",
        "18446744073709551624@%rax",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct stapsdt_argument argument;
        const char *symbol;
        size_t length;
        if (stapsdt_parse_argument(texts[i], &argument, &symbol, &length))
            fail_msg("'%s' was understood", texts[i]);
    }
}

/* No text may lead beyond its end or the table of registers. */
static void test_random_texts(void **state)
{
    static const char letters[] = "0123456789@%$-+(),:x rabcdsi[._\xFF";
    uint32_t random = 7;

    for (int round = 0; round < 200000; round++) {
        size_t size = (random >> 24) % 16;
        /* of this very size, so that a sanitizer sees any read beyond */
        char *text = malloc(size + 1);
        struct stapsdt_argument argument;
        const char *symbol;
        size_t length;
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = letters[(random >> 16) % (sizeof letters - 1)];
        }
        random = random * 1664525 + 1013904223;
        text[size] = '\0';
        if (stapsdt_parse_argument(text, &argument, &symbol, &length)) {
            assert_true(argument.base <= STAPSDT_NO_REGISTER &&
                        argument.index <= STAPSDT_NO_REGISTER);
            assert_true(symbol == NULL || (symbol >= text && symbol + length <= text + size));
            stapsdt_narrow(&argument, stapsdt_locate(&argument, registers, MOVED));
        }
        free(text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_registers),
    cmocka_unit_test(test_signs),
    cmocka_unit_test(test_constants),
    cmocka_unit_test(test_memory),
    cmocka_unit_test(test_symbols_move_with_their_image),
    cmocka_unit_test(test_what_is_not_understood),
    cmocka_unit_test(test_random_texts),
};
UNIT_MAIN(tests)
