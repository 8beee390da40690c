/*
 * What a dead recorder left, with every record sound in itself and none of them to be believed:
 * records of any bytes become rows of its run, or are left out, and the file stays a trail file.
 * An input is a sequence of records, each behind two bytes that say how long it is.
 */
#include "db.h"
#include "event.h"
#include "fuzz.h"
#include "recovery.h"
#include "ring.h"
#include "script.h"
#include "sql.h"
#include "store/run_row.h"

#include <stdio.h>
#include <string.h>

enum { RING_BYTES = 1 << 16, RECORDS_MAX = 64, RUNS_IN_A_FILE = 200 };
#define FILE_NAME "recovery.db"

static const char story[] =
    "pid=10 CreateProcess via=launch path=/bin/app base=0x400000 size=65536 command_line=app\n"
    "t=1us more LoadDll path=/lib/a.so base=0x1000000 size=4096 load_phase=startup\n"
    "t=1us LoadDll path=/lib/b.so base=0x2000000 size=4096 load_phase=startup\n"
    "t=2us tid=11 CreateThread start_address=0x400010\n"
    "t=3us EntryPoint address=0x400000\n"
    "t=4us Exception code=11 address=0x2000010 thread_name=worker\n"
    "t=5us pid=20 CreateProcess via=fork parent_pid=10\n"
    "t=6us LoadFailed what=module name=libz.so words=no\n"
    "t=7us UnloadDll base=0x2000000\n"
    "t=8us OutputDebugString text=words\n"
    "t=9us Mark name=ready\n"
    "t=10us pid=10 tid=11 ExitThread exit_code=5\n"
    "t=11us pid=20 ExitProcess exit_code=0\n"
    "t=12us pid=10 ExitProcess exit_code=3\n";

static struct event event;
static struct trail_error error;
static sqlite3 *db;
static unsigned runs;

static void begin_file(void)
{
    if (db != NULL && ++runs < RUNS_IN_A_FILE)
        return;
    db_close(db);
    runs = 0;
    remove(FILE_NAME);
    FUZZ_EXPECT(db_open_for_recording(FILE_NAME, &db, &error) == 0);
}

static int64_t number_of(const char *sql)
{
    sqlite3_stmt *row = sql_prepare(db, sql, &error);
    int64_t number;

    FUZZ_EXPECT(row != NULL && sqlite3_step(row) == SQLITE_ROW);
    number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

static struct ring *make_ring(int64_t run)
{
    char *path = recovery_ring_path(db, run), uuid[64];
    struct ring_owner owner = {uuid, FILE_NAME};
    sqlite3_stmt *row = sql_prepare(db, "SELECT uuid FROM run ORDER BY id DESC", &error);
    struct ring *ring;

    FUZZ_EXPECT(path != NULL && row != NULL && sqlite3_step(row) == SQLITE_ROW);
    snprintf(uuid, sizeof uuid, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    ring = ring_new(path, &owner, RING_BYTES, &error);
    sqlite3_free(path);
    FUZZ_EXPECT(ring != NULL);
    return ring;
}

/* Returns how many records there are. */
static unsigned fill(struct ring *ring, const uint8_t *data, size_t size)
{
    unsigned count = 0;

    for (size_t at = 0; at + 2 <= size && count < RECORDS_MAX; count++) {
        size_t length = data[at] + 256u * data[at + 1], left = size - at - 2;
        unsigned char *room;
        length = length < left ? length : left;
        if (length == 0 || (room = ring_reserve(ring, length)) == NULL)
            break;
        memcpy(room, data + at + 2, length);
        ring_commit(ring);
        ring_stamp(ring, count);
        at += 2 + length;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct run_start start = {.utc_ns = 5000000000,
                                           .monotonic_ns = 500,
                                           .command_line = "app",
                                           .directory = "/",
                                           .mode = "launch",
                                           .wait_function = "w",
                                           .load_detection = "d"};
    struct ring *ring;
    unsigned records;

    begin_file();
    FUZZ_EXPECT(run_row_insert(db, &start, &error) > 0);
    ring = make_ring(number_of("SELECT max(id) FROM run"));
    records = fill(ring, data, size);
    ring_free(ring, true);
    FUZZ_EXPECT(recovery_bring_in(db, NULL, NULL, &error) == 1);
    FUZZ_EXPECT(number_of("SELECT count(*) FROM run WHERE state = 'recording'") == 0);
    FUZZ_EXPECT(number_of("SELECT events FROM run ORDER BY id DESC") <= records);
    FUZZ_EXPECT(number_of("SELECT r.events = (SELECT count(*) FROM event e WHERE e.run_id = r.id) "
                          "FROM run r ORDER BY id DESC") == 1);
    return 0;
}

/* All of the story, or its first events. */
size_t fuzz_seed(unsigned number, uint8_t *out, size_t room)
{
    struct script *script = script_parse("story", story, sizeof story - 1, &error);
    size_t size = 0, count;

    FUZZ_EXPECT(script != NULL);
    count = number == 0 ? script_count(script) : number < 4 ? 3 * number : 0;
    for (size_t i = 0; i < count; i++) {
        size_t packed;
        FUZZ_EXPECT(script_get(script, i, &event) == SCRIPT_EVENT);
        packed = event_packed_size(&event);
        if (size + 2 + packed > room)
            break;
        out[size] = (uint8_t)(packed % 256);
        out[size + 1] = (uint8_t)(packed / 256);
        event_pack(&event, out + size + 2);
        size += 2 + packed;
    }
    script_free(script);
    return size;
}
