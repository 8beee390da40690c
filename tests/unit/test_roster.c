/*
 * The roster: own ids survive the reuse of PIDs, addresses find their module, a fork's child has
 * its parent's modules.
 */
#include "store/roster.h"
#include "unit.h"

static void test_ids_start_at_one_and_are_not_reused(void **state)
{
    struct roster *roster = roster_new();
    struct roster_process *first = roster_add_process(roster, 100);

    (void)state;
    assert_int_equal(first->id, 1);
    roster_end_process(roster, first, NULL, NULL);
    assert_null(roster_process(roster, 100));
    assert_int_equal(roster_add_process(roster, 100)->id, 2);
    roster_free(roster);
}

static void test_adding_a_living_pid_forgets_the_old_one(void **state)
{
    struct roster *roster = roster_new();
    struct roster_process *process = roster_add_process(roster, 100);

    (void)state;
    roster_add_thread(roster, process, 101);
    process = roster_add_process(roster, 100);
    assert_int_equal(process->id, 2);
    assert_null(roster_thread(roster, 100, 101));
    roster_free(roster);
}

static void test_same_tid_in_two_processes(void **state)
{
    struct roster *roster = roster_new();
    struct roster_process *a = roster_add_process(roster, 1), *b = roster_add_process(roster, 2);

    (void)state;
    roster_add_thread(roster, a, 7);
    roster_add_thread(roster, b, 7);
    assert_int_equal(roster_thread(roster, 1, 7)->id, 1);
    assert_int_equal(roster_thread(roster, 2, 7)->id, 2);
    roster_end_thread(roster, roster_thread(roster, 1, 7));
    assert_null(roster_thread(roster, 1, 7));
    assert_non_null(roster_thread(roster, 2, 7));
    roster_free(roster);
}

static void count_threads(void *context, int64_t thread_id)
{
    (void)thread_id;
    ++*(int *)context;
}

static void test_end_threads_but_one(void **state)
{
    struct roster *roster = roster_new();
    struct roster_process *process = roster_add_process(roster, 1),
                          *other = roster_add_process(roster, 2);
    struct roster_thread *kept = NULL;
    int ended = 0;

    (void)state;
    for (uint32_t tid = 1; tid <= 2000; tid++) {
        struct roster_thread *thread = roster_add_thread(roster, process, tid);
        kept = tid == 1500 ? thread : kept;
    }
    roster_add_thread(roster, other, 1);
    roster_end_threads_but(roster, process, kept, count_threads, &ended);
    assert_int_equal(ended, 1999);
    assert_ptr_equal(roster_thread(roster, 1, 1500), kept);
    assert_non_null(roster_thread(roster, 2, 1));
    roster_free(roster);
}

static void test_addresses_find_their_module(void **state)
{
    static const struct roster_module modules[] = {
        {0x3000, 0x1000, 3, 30, false}, {0x1000, 0x1000, 1, 10, false}, {0x2000, 0, 2, 20, false}};
    struct roster *roster = roster_new();
    struct roster_process *process = roster_add_process(roster, 1);
    struct roster_module removed;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(roster_add_module(process, &modules[i]), 0);
    assert_null(roster_module_at(process, 0xFFF));
    assert_int_equal(roster_module_at(process, 0x1000)->module_id, 1);
    assert_int_equal(roster_module_at(process, 0x1FFF)->module_id, 1);
    /* size unknown: only its base */
    assert_int_equal(roster_module_at(process, 0x2000)->module_id, 2);
    assert_null(roster_module_at(process, 0x2001));
    assert_int_equal(roster_module_at(process, 0x3FFF)->module_id, 3);
    assert_null(roster_module_at(process, 0x4000));
    assert_null(roster_module_at(process, UINT64_MAX));
    assert_false(roster_remove_module(process, 0x1001, &removed));
    assert_true(roster_remove_module(process, 0x1000, &removed));
    assert_int_equal(removed.load_seq, 10);
    assert_null(roster_module_at(process, 0x1000));
    roster_free(roster);
}

static void test_fork_copies_modules_as_inherited(void **state)
{
    struct roster *roster = roster_new();
    struct roster_process *parent = roster_add_process(roster, 1),
                          *child = roster_add_process(roster, 2);
    struct roster_module module = {0x1000, 0x1000, 1, 10, false};

    (void)state;
    roster_add_module(parent, &module);
    assert_int_equal(roster_copy_modules(child, parent), 0);
    assert_true(roster_module_at(child, 0x1800)->inherited);
    assert_int_equal(roster_module_at(child, 0x1800)->load_seq, 10);
    assert_false(roster_module_at(parent, 0x1800)->inherited);
    roster_remove_all_modules(parent);
    assert_non_null(roster_module_at(child, 0x1800));
    roster_free(roster);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_ids_start_at_one_and_are_not_reused),
    cmocka_unit_test(test_adding_a_living_pid_forgets_the_old_one),
    cmocka_unit_test(test_same_tid_in_two_processes),
    cmocka_unit_test(test_end_threads_but_one),
    cmocka_unit_test(test_addresses_find_their_module),
    cmocka_unit_test(test_fork_copies_modules_as_inherited),
};
UNIT_MAIN(tests)
