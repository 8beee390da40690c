/*
 * event_kinds.c, and that the descriptor table, the detail tables and the view `events` say the
 * same: who adds a kind or a field and forgets one of the three meets these tests.
 */
#include "unit.h"

#include "db.h"
#include "event_kinds.h"
#include "sql.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_descriptors(void **state)
{
    assert_null(event_kind_descriptor(EVENT_NONE));
    assert_null(event_kind_descriptor(EVENT_KINDS));
    assert_null(event_kind_descriptor(~0u));
    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        if (kind == NULL)
            continue;
        assert_int_equal(kind->kind, i);
        assert_int_equal(event_kind_by_name(kind->name), i);
        assert_in_range(kind->field_count, kind->table[0] == '\0' ? 0 : 1, 12);
        for (unsigned f = 0; f < kind->field_count; f++)
            assert_non_null(kind->fields[f].name);
    }
}

static void test_fields_are_where_they_should_be(void **state)
{
    const struct kind_descriptor *kind = event_kind_descriptor(EVENT_EXCEPTION);

    assert_int_equal(FIELD(EXCEPTION, code), 0);
    assert_string_equal(kind->fields[FIELD(EXCEPTION, address)].name, "address");
    assert_int_equal(kind->fields[FIELD(EXCEPTION, parameters)].type, FIELD_NUMBERS);
    kind = event_kind_descriptor(EVENT_MARK);
    assert_int_equal(kind->field_count, 1);
    assert_string_equal(kind->fields[FIELD(MARK, name)].name, "name");
}

static void test_kind_by_name(void **state)
{
    assert_int_equal(event_kind_by_name("loaddll"), EVENT_LOAD_DLL);
    assert_int_equal(event_kind_by_name("LoadDll "), EVENT_NONE);
    assert_int_equal(event_kind_by_name(""), EVENT_NONE);
}

static void test_code_words(void **state)
{
    uint64_t value;

    assert_string_equal(event_code_word(FIELD_VIA, VIA_ATTACH), "attach");
    assert_null(event_code_word(FIELD_VIA, 99));
    assert_null(event_code_word(FIELD_TEXT, 0));
    assert_int_equal(event_code_value(FIELD_LOAD_PHASE, "runtime", &value), 0);
    assert_int_equal(value, LOAD_PHASE_RUNTIME);
    value = 77;
    assert_int_equal(event_code_value(FIELD_LOAD_PHASE, "launch", &value), -1);
    assert_int_equal(value, 77);
    for (int type = FIELD_INT; type <= FIELD_FAILED; type++)
        assert_int_equal(event_code_domain(type) != NULL, type >= FIELD_VIA);
    assert_string_equal(event_code_domain(FIELD_TIME_SOURCE), "time_source");
}

/* A new file as any client sees it: a recording connection would not run the views. */
static sqlite3 *new_file(void)
{
    struct trail_error error;
    sqlite3 *db;

    if (db_open_for_recording(unit_path("kinds.db"), &db, &error) != 0)
        fail_msg("%s", error.sentence);
    db_close(db);
    assert_int_equal(sqlite3_open(unit_path("kinds.db"), &db), SQLITE_OK);
    return db;
}

/* A function that has one row and column of text to give, to be freed. */
static char *query(sqlite3 *db, const char *format, ...)
{
    va_list arguments;
    sqlite3_stmt *statement;
    char *sql, *result = NULL;

    va_start(arguments, format);
    sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        result = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return result;
}

/* The columns that the descriptor asks for, with a comma after each. */
static void wanted_columns(const struct kind_descriptor *kind, char *out, size_t capacity)
{
    snprintf(out, capacity, "run_id,seq,");
    for (unsigned i = 0; i < kind->field_count; i++) {
        const char *name = kind->fields[i].name;
        size_t length = strlen(out);
        switch (kind->fields[i].type) {
        case FIELD_MODULE:
        case FIELD_PROCESS:
            snprintf(out + length, capacity - length, "%s_id,", name);
            break;
        case FIELD_LOAD:
            snprintf(out + length, capacity - length, "%s_seq,", name);
            break;
        case FIELD_LOCATION:
            snprintf(out + length, capacity - length, "%s,%s_module_id,%s_offset,", name, name,
                     name);
            break;
        default:
            snprintf(out + length, capacity - length, "%s,", name);
        }
    }
}

static void test_detail_tables_have_the_descriptors_columns(void **state)
{
    /* Filled by the writer later, so in no event. */
    static const char writers_own[] =
        "event_load_dll.end_seq event_load_dll.mapped_t_ns event_load_dll.request_seq "
        "event_load_dll.cause event_load_dll.by_seq";
    sqlite3 *db = new_file();

    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        char wanted[1024];
        char *columns;
        if (kind == NULL || kind->table[0] == '\0')
            continue;
        wanted_columns(kind, wanted, sizeof wanted);
        columns = query(
            db,
            "SELECT group_concat(name || ',', '') FROM (SELECT name FROM pragma_table_info(%Q) "
            "WHERE instr(%Q, %Q || '.' || name) = 0 ORDER BY cid)",
            kind->table, writers_own, kind->table);
        assert_non_null(columns);
        assert_string_equal(columns, wanted);
        sqlite3_free(columns);
    }
    db_close(db);
}

static void test_every_event_table_belongs_to_a_kind(void **state)
{
    sqlite3 *db = new_file();
    sqlite3_stmt *tables;

    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                        "name LIKE 'event\\_%' ESCAPE '\\'",
                                        -1, &tables, NULL),
                     SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        bool found = false;
        for (unsigned i = 1; i < EVENT_KINDS; i++)
            found |= event_kind_descriptor(i) != NULL &&
                     strcmp(event_kind_descriptor(i)->table, name) == 0;
        if (!found)
            fail_msg("no kind has the table %s", name);
    }
    sqlite3_finalize(tables);
    db_close(db);
}

/* Where the fields of a kind are. */
static const char *table_of(const struct kind_descriptor *kind)
{
    return kind->table[0] != '\0' ? kind->table : "thread";
}

/*
 * One event of the kind with all columns of its detail row known (1, which every code has a word
 * for).
 */
static void insert_full_event(sqlite3 *db, const struct kind_descriptor *kind)
{
    char *columns = query(db,
                          "SELECT group_concat(CASE WHEN type LIKE 'TEXT' THEN '''[1]''' WHEN type "
                          "LIKE 'BLOB' THEN 'x''41''' ELSE '1' END) "
                          "FROM pragma_table_info(%Q)",
                          table_of(kind));
    char *sql = sqlite3_mprintf(
        "DELETE FROM event; DELETE FROM thread; INSERT INTO event (run_id, seq, t_ns, hold_ns, "
        "process_id, thread_id, kind, synthetic) VALUES (1, 1, 0, 0, 1, 1, %d, 0);"
        "INSERT INTO \"%w\" VALUES (%s)",
        (int)kind->kind, table_of(kind), columns);
    struct trail_error error;

    if (sql_run(db, sql, &error) != 0)
        fail_msg("%s: %s", sql, error.sentence);
    sqlite3_free(sql);
    sqlite3_free(columns);
}

static void expect_key(sqlite3 *db, const struct kind_descriptor *kind, const char *key)
{
    char *value =
        query(db, "SELECT json_extract(detail, '$.%w') FROM events WHERE run = 1 AND seq = 1", key);

    if (value == NULL)
        fail_msg("the view events has no key '%s' for %s", key, kind->name);
    sqlite3_free(value);
}

/* The name of a LOCATION or MODULE field, without that ending. */
static void stem_of(const char *name, const char *ending, char *out, size_t capacity)
{
    size_t length = strlen(name), ending_length = strlen(ending);

    if (length >= ending_length && strcmp(name + length - ending_length, ending) == 0)
        length -= ending_length;
    snprintf(out, capacity, "%.*s", (int)length, name);
}

static void expect_keys_of_field(sqlite3 *db, const struct kind_descriptor *kind,
                                 const struct field_descriptor *field)
{
    char stem[64], key[96];

    if (field->type == FIELD_MODULE) {
        stem_of(field->name, "_module", stem, sizeof stem); /* image_module: image */
        expect_key(db, kind, stem);
        expect_key(db, kind, "path");
        return;
    }
    expect_key(db, kind, field->name);
    if (field->type != FIELD_LOCATION)
        return;
    /* start_address: start_module, address: module */
    stem_of(field->name, "address", stem, sizeof stem);
    snprintf(key, sizeof key, "%smodule", stem);
    expect_key(db, kind, key);
    snprintf(key, sizeof key, "%soffset", stem);
    expect_key(db, kind, key);
}

static void test_events_view_has_a_key_for_each_field(void **state)
{
    sqlite3 *db = new_file();
    struct trail_error error;

    if (sql_run(
            db,
            "PRAGMA foreign_keys = OFF; INSERT INTO module VALUES (1, '/m/one', 'one', 1, 1, 1, "
            "1, 1, 'g', 'p', 'v', 'b', 's')",
            &error) != 0)
        fail_msg("%s", error.sentence);
    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        if (kind == NULL || kind->field_count == 0)
            continue;
        insert_full_event(db, kind);
        /* An unload tells its module by the load that it ends. */
        if (kind->kind == EVENT_LOAD_DLL)
            assert_int_equal(sql_run(db, "UPDATE event_load_dll SET module_id = 1", &error), 0);
        for (unsigned f = 0; f < kind->field_count; f++)
            expect_keys_of_field(db, kind, &kind->fields[f]);
    }
    db_close(db);
}

static void test_files_explain_kinds_and_codes(void **state)
{
    sqlite3 *db = new_file();

    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        char *name = query(db, "SELECT name FROM kind WHERE id = %d", (int)i);
        if (event_kind_descriptor(i) != NULL)
            assert_string_equal(name, event_kind_descriptor(i)->name);
        sqlite3_free(name);
    }
    for (int type = FIELD_VIA; type <= FIELD_FAILED; type++) {
        for (uint64_t value = 0; event_code_word(type, value) != NULL; value++) {
            char *word = query(db, "SELECT word FROM code WHERE domain = %Q AND value = %d",
                               event_code_domain(type), (int)value);
            assert_non_null(word);
            assert_string_equal(word, event_code_word(type, value));
            sqlite3_free(word);
        }
    }
    db_close(db);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_descriptors),
    cmocka_unit_test(test_fields_are_where_they_should_be),
    cmocka_unit_test(test_kind_by_name),
    cmocka_unit_test(test_code_words),
    cmocka_unit_test(test_detail_tables_have_the_descriptors_columns),
    cmocka_unit_test(test_every_event_table_belongs_to_a_kind),
    cmocka_unit_test(test_events_view_has_a_key_for_each_field),
    cmocka_unit_test(test_files_explain_kinds_and_codes),
};
UNIT_MAIN(tests)
