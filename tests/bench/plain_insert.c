/*
 * The control for the pipeline: the rows that `trailfake generate:N` leaves behind, put into a new
 * trail file by the plainest loop that is right - one thread, prepared inserts, one transaction per
 * 10000 events, the same pragmas. Nothing comes from anywhere: no ring, no copying of events, no
 * look at what is known already; rows that a recorder must update later are inserted in their final
 * form.
 *
 *     plain_insert FILE generate:N
 */
#include "db.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 10000,
    MODULES = 64,
    STARTUP_LOADS = 8,
    CYCLE = 8,
    TEXTS = 16,
    TEXT_BYTES = 160,
    THREADS = 1000,
    PID = 1000,
    FIRST_OF_CYCLE = 2 + STARTUP_LOADS, /* its seq */
    LOAD_LASTS = 6,                     /* events from a load to its unload */
    THREAD_LASTS = 4,
    IMAGE = 1 /* the module row of the program itself; the others follow */
};

static const sqlite3_int64 image_base = 0x400000, modules_base = 0x7f0000000000,
                           module_bytes = 0x100000;

/* The numbers are those of schema/event_kinds.def. */
enum kind {
    CREATE_PROCESS = 1,
    EXIT_PROCESS,
    CREATE_THREAD,
    EXIT_THREAD,
    LOAD_DLL,
    UNLOAD_DLL,
    EXCEPTION,
    OUTPUT_DEBUG_STRING
};

enum statement {
    EVENT,
    PROCESS,
    THREAD,
    MODULE,
    START,
    EXIT,
    LOAD,
    UNLOAD,
    RAISED,
    STRING,
    STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
    [EVENT] = "INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
              "synthetic) VALUES (1, ?1, ?2, ?3, 1, ?4, ?5, 0)",
    [PROCESS] = "INSERT INTO process (run_id, id, pid, via, image_module_id, command_line, "
                "first_seq, last_seq, exit_code) "
                "VALUES (1, 1, 1000, 0, ?1, 'generated --events', 1, ?2, 0)",
    [THREAD] = "INSERT INTO thread (run_id, id, process_id, tid, start_address, "
               "start_address_module_id, start_address_offset, first_seq, "
               "last_seq, exit_code) VALUES (1, ?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [MODULE] = "INSERT INTO module VALUES (?1, ?2, ?3, 0, ?4, 0, 0, 0, '', '', '', ?5, '')",
    [START] = "INSERT INTO event_create_process (run_id, seq, via, image_module_id, base, "
              "start_address, start_address_module_id, "
              "start_address_offset, command_line) VALUES (1, 1, 0, ?1, ?2, ?3, ?1, ?4, 'generated "
              "--events')",
    [EXIT] = "INSERT INTO event_exit_process (run_id, seq, exit_code) VALUES (1, ?1, 0)",
    [LOAD] = "INSERT INTO event_load_dll (run_id, seq, module_id, base, load_phase, time_source, "
             "end_seq) VALUES (1, ?1, ?2, ?3, ?4, 0, ?5)",
    [UNLOAD] = "INSERT INTO event_unload_dll VALUES (1, ?1, ?2, ?3)",
    [RAISED] = "INSERT INTO event_exception (run_id, seq, code, first_chance, flags, address, "
               "address_module_id, address_offset, "
               "parameters) VALUES (1, ?1, 3221225477, 1, 0, ?2, ?3, ?4, ?5)",
    [STRING] = "INSERT INTO event_output_debug_string (run_id, seq, text, encoding, raw_bytes) "
               "VALUES (1, ?1, ?2, 1, ?3)",
};

static sqlite3 *db;
static sqlite3_stmt *statements[STATEMENTS];
static char texts[TEXTS][TEXT_BYTES];

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "plain_insert: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "");
    exit(2);
}

static void run_sql(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql);
}

static void put(enum statement which, int index, sqlite3_int64 value)
{
    sqlite3_bind_int64(statements[which], index, value);
}

static void put_text(enum statement which, int index, const char *text)
{
    sqlite3_bind_text(statements[which], index, text, -1, SQLITE_STATIC);
}

static void insert(enum statement which)
{
    if (sqlite3_step(statements[which]) != SQLITE_DONE)
        die(statement_sql[which]);
    sqlite3_reset(statements[which]);
}

static void insert_modules(void)
{
    for (int i = -1; i < MODULES; i++) {
        char path[64], build_id[41];
        snprintf(path, sizeof path,
                 i >= 0 ? "/usr/lib/generated/libmodule%02d.so" : "/usr/bin/generated", i);
        for (size_t j = 0; j < 20; j++)
            snprintf(build_id + 2 * j, 3, "%02x", (unsigned)(0xA0 + (i >= 0 ? i : MODULES)) & 0xFF);
        put(MODULE, 1, i + IMAGE + 1);
        put_text(MODULE, 2, path);
        put_text(MODULE, 3, strrchr(path, '/') + 1);
        put(MODULE, 4, module_bytes);
        put_text(MODULE, 5, build_id);
        insert(MODULE);
    }
}

static void insert_thread(sqlite3_int64 seq, sqlite3_int64 round, sqlite3_int64 count)
{
    put(THREAD, 1, round + 2);
    put(THREAD, 2, PID + 1 + round % THREADS);
    put(THREAD, 3, image_base + 0x2000);
    put(THREAD, 4, IMAGE);
    put(THREAD, 5, 0x2000);
    put(THREAD, 6, seq);
    put(THREAD, 7, seq + THREAD_LASTS < count ? seq + THREAD_LASTS : count);
    put(THREAD, 8, round % 4);
    insert(THREAD);
}

static void insert_load(sqlite3_int64 seq, sqlite3_int64 module, bool startup)
{
    put(LOAD, 1, seq);
    put(LOAD, 2, module + IMAGE + 1);
    put(LOAD, 3, modules_base + module * module_bytes);
    put(LOAD, 4, startup ? 0 : 1);
    if (startup)
        sqlite3_bind_null(statements[LOAD], 5);
    else
        put(LOAD, 5, seq + LOAD_LASTS);
    insert(LOAD);
}

static void insert_exception(sqlite3_int64 seq, sqlite3_int64 round)
{
    char parameters[64];

    snprintf(parameters, sizeof parameters, "[0,%lld]", (long long)round);
    put(RAISED, 1, seq);
    put(RAISED, 2, image_base + round % module_bytes);
    put(RAISED, 3, IMAGE);
    put(RAISED, 4, round % module_bytes);
    put_text(RAISED, 5, parameters);
    insert(RAISED);
}

static void insert_detail(enum kind kind, sqlite3_int64 seq, sqlite3_int64 round,
                          sqlite3_int64 count)
{
    sqlite3_int64 module = STARTUP_LOADS + round % (MODULES - STARTUP_LOADS);

    switch (kind) {
    case CREATE_THREAD:
        insert_thread(seq, round, count);
        break;
    case EXIT_THREAD: /* in the row of the thread */
        break;
    case LOAD_DLL:
        insert_load(seq, module, false);
        break;
    case UNLOAD_DLL:
        put(UNLOAD, 1, seq);
        put(UNLOAD, 2, modules_base + module * module_bytes);
        put(UNLOAD, 3, seq - LOAD_LASTS);
        insert(UNLOAD);
        break;
    case EXCEPTION:
        insert_exception(seq, round);
        break;
    default:
        put(STRING, 1, seq);
        put_text(STRING, 2, texts[round % TEXTS]);
        put(STRING, 3, (sqlite3_int64)strlen(texts[round % TEXTS]));
        insert(STRING);
    }
}

static void insert_event(sqlite3_int64 seq, enum kind kind, sqlite3_int64 thread)
{
    put(EVENT, 1, seq);
    put(EVENT, 2, seq * 400);
    put(EVENT, 3, 200 + seq % 100);
    put(EVENT, 4, thread);
    put(EVENT, 5, kind);
    insert(EVENT);
}

/* One event between the first and the last. */
static void insert_one(sqlite3_int64 seq, sqlite3_int64 count)
{
    static const enum kind cycle[CYCLE] = {LOAD_DLL,   CREATE_THREAD,       OUTPUT_DEBUG_STRING,
                                           EXCEPTION,  OUTPUT_DEBUG_STRING, EXIT_THREAD,
                                           UNLOAD_DLL, OUTPUT_DEBUG_STRING};
    sqlite3_int64 round = (seq - FIRST_OF_CYCLE) / CYCLE;
    enum kind kind;

    if (seq < FIRST_OF_CYCLE) {
        insert_event(seq, LOAD_DLL, 1);
        insert_load(seq, seq - 2, true);
        return;
    }
    kind = cycle[(seq - FIRST_OF_CYCLE) % CYCLE];
    insert_event(seq, kind, kind == CREATE_THREAD || kind == EXIT_THREAD ? round + 2 : 1);
    insert_detail(kind, seq, round, count);
}

static void insert_first(sqlite3_int64 count)
{
    insert_modules();
    put(PROCESS, 1, IMAGE);
    put(PROCESS, 2, count);
    insert(PROCESS);
    sqlite3_exec(
        db, "INSERT INTO thread (run_id, id, process_id, tid, first_seq) VALUES (1, 1, 1, 1000, 1)",
        NULL, NULL, NULL);
    insert_event(1, CREATE_PROCESS, 1);
    put(START, 1, IMAGE);
    put(START, 2, image_base);
    put(START, 3, image_base + 0x1000);
    put(START, 4, 0x1000);
    insert(START);
}

static void insert_all(sqlite3_int64 count)
{
    run_sql("BEGIN IMMEDIATE");
    insert_first(count);
    for (sqlite3_int64 seq = 2; seq < count; seq++) {
        if (seq % BATCH == 0)
            run_sql("COMMIT; BEGIN IMMEDIATE");
        insert_one(seq, count);
    }
    insert_event(count, EXIT_PROCESS, 1);
    put(EXIT, 1, count);
    insert(EXIT);
    run_sql("COMMIT");
}

static void prepare(void)
{
    static const char filler[] =
        "the quick brown fox jumps over the lazy dog, again and again and again";

    for (int i = 0; i < TEXTS; i++)
        snprintf(texts[i], sizeof texts[i], "worker %d: %.*s\n", i, 4 * (i + 1), filler);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(db, statement_sql[i], -1, &statements[i], NULL) != SQLITE_OK)
            die(statement_sql[i]);
}

int main(int argc, char **argv)
{
    static const char prefix[] = "generate:";
    struct trail_error error;
    sqlite3_int64 count;

    if (argc != 3 || strncmp(argv[2], prefix, strlen(prefix)) != 0 ||
        (count = atoll(argv[2] + strlen(prefix))) <= FIRST_OF_CYCLE)
        die("usage: plain_insert FILE generate:N");
    if (db_open_for_recording(argv[1], &db, &error) != 0) {
        fprintf(stderr, "plain_insert: %s\n", error.sentence);
        return 2;
    }
    prepare();
    run_sql("INSERT INTO run (uuid, state, start_utc_ns, start_monotonic_ns, command_line, "
            "directory, mode, follow, os, arch, host, "
            "recorder, wait_function, load_detection) "
            "VALUES ('plain', 'complete', 0, 0, 'plain_insert', '', 'launch', 0, '', '', '', '', "
            "'', '')");
    insert_all(count);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(statements[i]);
    db_close(db);
    return 0;
}
