/*
 * From an event to its rows: each field of each kind, and each column of what is kept beside the
 * details, has a value of its own and is read back.
 */
#include "db.h"
#include "image/imports.h"
#include "sql.h"
#include "store/modules.h"
#include "store/rows.h"
#include "store/run_row.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARENT = 10, CHILD = 20, OTHER = 11, BASE = 0x400000, OFFSET = 0x123, BYTES = 0x10000 };
static const uint64_t second = 1000000000;

static struct trail_error error;
static struct event event; /* large, as the next */
static struct module_identity identity;
static sqlite3 *db;
static int64_t run_id;
static struct rows *rows;
static uint64_t seq;
static bool is_late; /* rows stay in memory for the time being */

static const struct run_start start = {.command_line = "app",
                                       .directory = "/",
                                       .mode = "launch",
                                       .wait_function = "w",
                                       .load_detection = "d"};

/* A new file with a run. */
static void begin(void)
{
    static unsigned files;
    char name[16];

    snprintf(name, sizeof name, "%u.db", ++files);
    assert_int_equal(db_open_for_recording(unit_path(name), &db, &error), 0);
    seq = 0;
    run_id = run_row_insert(db, &start, &error);
    assert_true(run_id > 0);
    rows = rows_new(db, run_id, &error);
    assert_non_null(rows);
}

static void end(void)
{
    rows_free(rows);
    db_close(db);
}

static void write_event(void)
{
    seq++;
    if (rows_write(rows, seq, &event, &identity, event.t_ns - second, seq % 2 == 1, 77 * seq,
                   &error) != 0 ||
        (!is_late && rows_flush(rows, &error) != 0))
        fail_msg("%s", error.sentence);
}

/* The columns of a query's one row, apart by spaces; "-" for NULL. Valid until the next call. */
static const char *row_of(const char *format, ...) TRAIL_PRINTF(1, 2);
static const char *row_of(const char *format, ...)
{
    static char found[4096];
    va_list arguments;
    sqlite3_stmt *row;
    size_t used = 0;
    char *sql;

    va_start(arguments, format);
    sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    row = sql_prepare(db, sql, &error);
    if (row == NULL)
        fail_msg("%s: %s", sql, error.sentence);
    if (sqlite3_step(row) != SQLITE_ROW)
        fail_msg("no row: %s", sql);
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *text = (const char *)sqlite3_column_text(row, i);
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%s", i > 0 ? " " : "",
                                 text != NULL ? text : "-");
    }
    sqlite3_finalize(row);
    sqlite3_free(sql);
    return found;
}

static void begin_event(enum event_kind kind, uint32_t pid, uint32_t tid)
{
    event_begin(&event, kind, pid, tid, second + 1000 * seq);
    event.cpu_ns = 5 + seq;
}

/* A value of its own for each field; a location lies in the program. */
static void fill(const struct kind_descriptor *kind)
{
    static const uint64_t numbers[] = {7, UINT64_C(1) << 53, UINT64_MAX, 1, 2, 3};
    char text[32];

    for (unsigned i = 0; i < kind->field_count; i++) {
        switch (kind->fields[i].type) {
        case FIELD_TEXT:
        case FIELD_BLOB:
            snprintf(text, sizeof text, "%s %u", kind->fields[i].name, i);
            event_set_bytes(&event, i, text, strlen(text));
            break;
        case FIELD_NUMBERS:
            event_set_bytes(&event, i, numbers, sizeof numbers);
            break;
        case FIELD_LOCATION:
            event_set(&event, i, BASE + OFFSET + i);
            break;
        case FIELD_MODULE:
        case FIELD_PROCESS:
        case FIELD_LOAD:
            break;
        default:
            event_set(&event, i, 1000 + i);
        }
    }
}

static const char *number(uint64_t number_)
{
    static char text[24];

    snprintf(text, sizeof text, "%lld", (long long)number_);
    return text;
}

static void expect_column(const struct kind_descriptor *kind, unsigned field, const char *suffix,
                          const char *expected)
{
    const char *name = kind->fields[field].name;
    const char *found =
        row_of("SELECT CAST(%s%s AS TEXT) FROM %s WHERE run_id = %lld AND seq = "
               "%llu",
               name, suffix, kind->table, (long long)run_id, (unsigned long long)seq);

    if (strcmp(found, expected) != 0)
        fail_msg("%s.%s%s is %s, not %s", kind->table, name, suffix, found, expected);
}

static void expect_field(const struct kind_descriptor *kind, unsigned i)
{
    char text[64];

    switch (kind->fields[i].type) {
    case FIELD_TEXT:
    case FIELD_BLOB:
        snprintf(text, sizeof text, "%s %u", kind->fields[i].name, i);
        expect_column(kind, i, "", text);
        break;
    case FIELD_NUMBERS:
        expect_column(kind, i, "", "[7,9007199254740992,\"0xffffffffffffffff\",1,2,3]");
        break;
    case FIELD_LOCATION:
        expect_column(kind, i, "", number(event.value[i]));
        expect_column(kind, i, "_module_id", "1");
        expect_column(kind, i, "_offset", number(OFFSET + i));
        break;
    case FIELD_MODULE:
        expect_column(kind, i, "_id", "1");
        break;
    case FIELD_PROCESS:
        expect_column(kind, i, "_id", "1");
        break;
    case FIELD_LOAD:
        expect_column(kind, i, "_seq", "3");
        break;
    default:
        expect_column(kind, i, "", number(event.value[i]));
    }
}

static void identify_program(void)
{
    identity_clear(&identity);
    strcpy(identity.path, "/bin/app");
    identity.image_bytes = BYTES;
}

static void write_program(uint32_t pid)
{
    identify_program();
    begin_event(EVENT_CREATE_PROCESS, pid, pid);
    event_set(&event, FIELD(CREATE_PROCESS, base), BASE);
    write_event();
}

static void test_each_field_of_each_kind(void **state)
{
    begin();
    write_program(PARENT);
    write_program(CHILD);
    identify_program();
    begin_event(EVENT_LOAD_DLL, PARENT, PARENT);
    event_set(&event, FIELD(LOAD_DLL, base), 1000); /* what the UnloadDll below says */
    write_event();
    for (unsigned k = EVENT_KINDS; k-- > 1;) {
        const struct kind_descriptor *kind = event_kind_descriptor(k);
        if (kind == NULL || kind->table[0] == '\0')
            continue;
        begin_event(kind->kind, k <= EVENT_EXIT_PROCESS ? CHILD : PARENT, PARENT);
        fill(kind);
        if (k == EVENT_CREATE_PROCESS) {
            event_set(&event, FIELD(CREATE_PROCESS, parent_pid), PARENT);
            event_set(&event, FIELD(CREATE_PROCESS, base), BASE);
        }
        write_event();
        for (unsigned i = 0; i < kind->field_count; i++)
            expect_field(kind, i);
    }
    end();
}

/* Two of each event: one with a hold and one whose recorder died before it knew. */
static void test_each_column_of_an_event(void **state)
{
    static const char *const expected[] = {"1 0 77 1 1 1 0 5", "2 1000 - 1 2 10 1 6",
                                           "3 2000 231 1 2 10 0 -"};

    begin();
    write_program(PARENT);
    begin_event(EVENT_MARK, PARENT, OTHER);
    event.synthetic = true;
    write_event();
    begin_event(EVENT_MARK, PARENT, OTHER);
    event.cpu_ns = 0;
    write_event();
    for (unsigned i = 1; i <= 3; i++)
        assert_string_equal(row_of("SELECT seq, t_ns, hold_ns, process_id, thread_id, kind, "
                                   "synthetic, cpu_ns FROM event WHERE seq = %u",
                                   i),
                            expected[i - 1]);
    end();
}

static void end_process(uint32_t pid, unsigned field, uint64_t how)
{
    begin_event(EVENT_EXIT_PROCESS, pid, pid);
    event_set(&event, field, how);
    write_event();
}

static void test_each_column_of_a_process(void **state)
{
    begin();
    write_program(PARENT);
    identify_program();
    begin_event(EVENT_CREATE_PROCESS, CHILD, CHILD);
    event_set(&event, FIELD(CREATE_PROCESS, via), VIA_CREATE);
    event_set(&event, FIELD(CREATE_PROCESS, parent_pid), PARENT);
    event_set_bytes(&event, FIELD(CREATE_PROCESS, command_line), "app --x", 7);
    event_set_bytes(&event, FIELD(CREATE_PROCESS, load_detection), "seen", 4);
    write_event();
    end_process(CHILD, FIELD(EXIT_PROCESS, exit_code), 42);
    end_process(PARENT, FIELD(EXIT_PROCESS, signal), 11);
    assert_string_equal(row_of("SELECT * FROM process WHERE id = 1"),
                        "1 1 10 - - 0 1 - - 1 4 - 11");
    assert_string_equal(row_of("SELECT * FROM process WHERE id = 2"),
                        "1 2 20 10 1 4 1 app --x seen 2 3 42 -");
    end();
}

static void expect_threads(void)
{
    begin();
    write_program(PARENT);
    begin_event(EVENT_CREATE_THREAD, PARENT, OTHER);
    event_set(&event, FIELD(CREATE_THREAD, start_address), BASE + OFFSET);
    event_set(&event, FIELD(CREATE_THREAD, thread_local_base), 4096);
    event.naming.tid = OTHER;
    event.naming.name = event_put_bytes(&event, "worker", 6);
    write_event();
    begin_event(EVENT_MARK, PARENT, OTHER);
    event.naming.tid = PARENT;
    event.naming.name = event_put_bytes(&event, "main", 4);
    write_event();
    begin_event(EVENT_EXIT_THREAD, PARENT, OTHER);
    event_set(&event, FIELD(EXIT_THREAD, exit_code), 7);
    write_event();
    end_process(PARENT, FIELD(EXIT_PROCESS, exit_code), 0);
    assert_int_equal(rows_flush(rows, &error), 0);
    assert_string_equal(row_of("SELECT * FROM thread WHERE id = 1"), "1 1 1 10 main - - - 1 5 - -");
    assert_string_equal(row_of("SELECT * FROM thread WHERE id = 2"),
                        "1 2 1 11 worker 4194595 1 291 2 4 7 4096");
    end();
}

/* Whether a thread is in the file already when something of it becomes known, or not yet. */
static void test_each_column_of_a_thread(void **state)
{
    expect_threads();
    is_late = true;
    expect_threads();
}

static void fill_identity(void)
{
    identity_clear(&identity);
    identity.file_bytes = 1;
    identity.image_bytes = 2;
    identity.machine = 3;
    identity.pe_timestamp = 4;
    identity.pe_checksum = 5;
    strcpy(identity.path, "/lib/x.so");
    strcpy(identity.pdb_guid, "guid");
    strcpy(identity.pdb_name, "x.pdb");
    strcpy(identity.file_version, "1.2.3.4");
    strcpy(identity.build_id, "abcd");
    strcpy(identity.soname, "x.so.1");
    imports_add(identity.imports, sizeof identity.imports, IMPORT_NEEDED, "libc.so", NULL);
    imports_add(identity.imports, sizeof identity.imports, IMPORT_VERSION, "libc.so", "GLIBC_2");
}

static void test_each_column_of_a_module(void **state)
{
    struct modules *modules;

    begin();
    modules = modules_new(db, &error);
    fill_identity();
    assert_int_equal(modules_intern(modules, &identity, &error), 1);
    assert_string_equal(row_of("SELECT * FROM module"),
                        "1 /lib/x.so x.so 1 2 3 4 5 guid x.pdb 1.2.3.4 abcd x.so.1");
    assert_string_equal(row_of("SELECT * FROM import WHERE position = 1"), "1 1 0 libc.so -");
    assert_string_equal(row_of("SELECT * FROM import WHERE position = 2"), "1 2 3 libc.so GLIBC_2");
    modules_free(modules);
    end();
}

/* Whether it is remembered, or looked up in the file. */
static void test_modules_that_differ_in_one_thing_are_two(void **state)
{
    struct modules *modules;
    uint64_t *const wide[] = {&identity.file_bytes, &identity.image_bytes};
    uint32_t *const narrow[] = {&identity.machine, &identity.pe_timestamp, &identity.pe_checksum};
    char *const texts[] = {identity.path, identity.pdb_guid, identity.file_version,
                           identity.build_id};
    int64_t count = 1;

    begin();
    modules = modules_new(db, &error);
    fill_identity();
    for (unsigned i = 0; i < 9; i++) {
        fill_identity();
        assert_int_equal(modules_intern(modules, &identity, &error), 1);
        if (i < 2)
            ++*wide[i];
        else if (i < 5)
            ++*narrow[i - 2];
        else
            texts[i - 5][0]++;
        assert_int_equal(modules_intern(modules, &identity, &error), ++count);
        modules_forget(modules);
        assert_int_equal(modules_intern(modules, &identity, &error), count);
    }
    modules_free(modules);
    end();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_each_field_of_each_kind),
    cmocka_unit_test(test_each_column_of_an_event),
    cmocka_unit_test(test_each_column_of_a_process),
    cmocka_unit_test(test_each_column_of_a_thread),
    cmocka_unit_test(test_each_column_of_a_module),
    cmocka_unit_test(test_modules_that_differ_in_one_thing_are_two),
};
UNIT_MAIN(tests)
