/* See keep.h. */
#include "keep.h"

#include "cause.h"
#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum statement {
    FIND_COPIES,
    ADD_FRAME,
    FIND_FRAME,
    FIND_STACK,
    ADD_STACK,
    ADD_EVENT,
    CAUSE_LOAD,
    DELETE_COPIES,
    STATEMENTS
};
enum { NUMBER_TEXT_MAX = 21, FREE_PAGES_MAX = 256 };

static const char *const statement_sql[STATEMENTS] = {
    [FIND_COPIES] = "SELECT 1 FROM raw_stack WHERE run_id = ?1 LIMIT 1",
    [ADD_FRAME] = "INSERT INTO frame (module_id, offset, guessed, symbol, symbol_offset) VALUES "
                  "(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET symbol = excluded.symbol, "
                  "symbol_offset = excluded.symbol_offset WHERE symbol = ''",
    [FIND_FRAME] = "SELECT f.id, m.name FROM frame f LEFT JOIN module m ON m.id = f.module_id "
                   "WHERE f.module_id = ?1 AND f.offset = ?2 AND f.guessed = ?3",
    [FIND_STACK] = "SELECT id FROM stack WHERE check_value = ?1 AND frames = ?2",
    [ADD_STACK] = "INSERT INTO stack (check_value, frames) VALUES (?1, ?2)",
    [ADD_EVENT] = "INSERT OR REPLACE INTO kept_stack VALUES (?1, ?2, ?3, ?4, ?5)",
    /*
     * the module that asked, as the load or the image that it is; a delayed import of one module is
     * no cause where another one asked
     */
    [CAUSE_LOAD] = "UPDATE event_load_dll SET by_seq = ?3, cause = 6 WHERE run_id = ?1 AND seq = "
                   "?2 AND ((cause = 6 AND by_seq IS NULL) OR (cause = 2 AND by_seq <> ?3))",
    /* all that are kept, but for bases of those that are not */
    [DELETE_COPIES] =
        "DELETE FROM raw_stack WHERE run_id = ?1 AND seq IN (SELECT k.seq FROM kept_stack k WHERE "
        "k.run_id = ?1) AND seq NOT IN (SELECT r.base_seq FROM raw_stack r WHERE r.run_id = ?1 "
        "AND r.base_seq IS NOT NULL AND r.seq NOT IN (SELECT k.seq FROM kept_stack k WHERE "
        "k.run_id = ?1))",
};

/* A frame of the job as the file knows it. */
struct kept {
    int64_t id;       /* 0: not looked for yet */
    int64_t from_seq; /* of its module: a LoadDll or a CreateProcess; 0: none */
    char *module, *symbol;
    bool guessed;
};

struct keeping {
    sqlite3 *db;
    struct job *job;
    struct job *known;
    sqlite3_stmt *statements[STATEMENTS];
    struct kept *kept; /* of each of the job's frames */
    struct trail_error *error;
};

static int run(struct keeping *keeping, enum statement which)
{
    int step = sqlite3_step(keeping->statements[which]);

    sqlite3_reset(keeping->statements[which]);
    return step == SQLITE_DONE ? 0 : sql_error(keeping->db, keeping->error);
}

static void bind_frame(sqlite3_stmt *statement, int64_t module_id, const struct job_frame *frame)
{
    sqlite3_bind_int64(statement, 1, module_id);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)frame->offset);
    sqlite3_bind_int(statement, 3, frame->guessed != 0);
}

/* 1 and the frame's row, 0 if what stands in the job is no frame, -1 and error. */
static int keep_frame(struct keeping *keeping, uint32_t number)
{
    sqlite3_stmt *add = keeping->statements[ADD_FRAME], *find = keeping->statements[FIND_FRAME];
    struct kept *kept = &keeping->kept[number];
    char symbol[JOB_SYMBOL_BYTES_MAX];
    struct job_frame frame;
    int64_t module_id;

    if (kept->id != 0)
        return 1;
    if (!job_read_frame(keeping->job, keeping->known, number, &frame, symbol))
        return 0;
    module_id = 0;
    if (frame.module > 0) {
        module_id = job_modules(keeping->known)[frame.module - 1].module_id;
        kept->from_seq = (int64_t)job_modules(keeping->known)[frame.module - 1].from_seq;
    }
    bind_frame(add, module_id, &frame);
    sqlite3_bind_text(add, 4, symbol, -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 5, (sqlite3_int64)(symbol[0] != '\0' ? frame.symbol_offset : 0));
    if (run(keeping, ADD_FRAME) != 0)
        return -1;
    bind_frame(find, module_id, &frame);
    if (sqlite3_step(find) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(find, 1);
        kept->id = sqlite3_column_int64(find, 0);
        kept->guessed = frame.guessed != 0;
        kept->module = name == NULL ? NULL : sqlite3_mprintf("%s", name);
        kept->symbol = symbol[0] == '\0' ? NULL : sqlite3_mprintf("%s", symbol);
    }
    sqlite3_reset(find);
    return kept->id != 0 ? 1 : sql_error(keeping->db, keeping->error);
}

/* The row of a stack, found or made; 0 on failure. */
static int64_t keep_frames(struct keeping *keeping, const char *frames, size_t length)
{
    sqlite3_stmt *find = keeping->statements[FIND_STACK], *add = keeping->statements[ADD_STACK];
    sqlite3_int64 check_value =
        (sqlite3_int64)crc32(0, (const unsigned char *)frames, (unsigned)length);
    int64_t id = 0;

    sqlite3_bind_int64(find, 1, check_value);
    sqlite3_bind_text(find, 2, frames, (int)length, SQLITE_STATIC);
    if (sqlite3_step(find) == SQLITE_ROW)
        id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    if (id != 0)
        return id;
    sqlite3_bind_int64(add, 1, check_value);
    sqlite3_bind_text(add, 2, frames, (int)length, SQLITE_STATIC);
    return run(keeping, ADD_STACK) != 0 ? 0 : sqlite3_last_insert_rowid(keeping->db);
}

/* What is kept of an event or a look: ids, 0 where there is none. */
struct found {
    int64_t stack_id, cause_frame_id, cause_seq, constructor_frame_id;
};

static int keep_stack(struct keeping *keeping, uint32_t number, struct found *found)
{
    uint32_t frames[JOB_FRAMES_PER_STACK];
    struct cause_frame words[JOB_FRAMES_PER_STACK];
    char text[JOB_FRAMES_PER_STACK * NUMBER_TEXT_MAX + 3] = "[";
    unsigned count = job_read_result(keeping->job, keeping->known, number, frames);
    bool is_look = job_stacks(keeping->known)[number].key < 0;
    size_t length = 1;
    unsigned exact = 0; /* those before the first that is guessed */
    int cause, constructor;

    *found = (struct found){0};
    for (unsigned i = 0; i < count; i++) {
        const struct kept *kept = &keeping->kept[frames[i]];
        int result = keep_frame(keeping, frames[i]);
        if (result <= 0)
            return result;
        words[i] = (struct cause_frame){kept->module, kept->symbol};
        exact += exact == i && !kept->guessed;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%lld", i > 0 ? "," : "",
                                   (long long)kept->id);
    }
    if (count == 0)
        return 0;
    text[length++] = ']';
    cause = is_look ? cause_find_caller(words, count) : cause_find(words, count);
    if ((constructor = cause_find_constructor(words, exact)) >= 0)
        found->constructor_frame_id = keeping->kept[frames[constructor]].id;
    if (cause >= 0) {
        found->cause_frame_id = keeping->kept[frames[cause]].id;
        found->cause_seq = keeping->kept[frames[cause]].from_seq;
    }
    found->stack_id = keep_frames(keeping, text, length);
    return found->stack_id == 0 ? -1 : 0;
}

static void bind_or_null(sqlite3_stmt *statement, int index, int64_t id)
{
    if (id == 0)
        sqlite3_bind_null(statement, index);
    else
        sqlite3_bind_int64(statement, index, id);
}

static int keep_event(struct keeping *keeping, int64_t run_id, uint32_t number)
{
    sqlite3_int64 seq = job_stacks(keeping->known)[number].key;
    static const enum statement statements[] = {ADD_EVENT, CAUSE_LOAD};
    struct found found;

    if (keep_stack(keeping, number, &found) != 0)
        return -1;
    for (unsigned i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        sqlite3_bind_int64(keeping->statements[statements[i]], 1, run_id);
        sqlite3_bind_int64(keeping->statements[statements[i]], 2, seq);
    }
    bind_or_null(keeping->statements[ADD_EVENT], 3, found.stack_id);
    bind_or_null(keeping->statements[ADD_EVENT], 4, found.cause_frame_id);
    bind_or_null(keeping->statements[ADD_EVENT], 5, found.constructor_frame_id);
    bind_or_null(keeping->statements[CAUSE_LOAD], 3, found.cause_seq);
    return run(keeping, ADD_EVENT) != 0 ||
                   (seq > 0 && found.cause_seq != 0 && run(keeping, CAUSE_LOAD) != 0)
               ? -1
               : 0;
}

static int prepare(struct keeping *keeping)
{
    keeping->kept = calloc(JOB_FRAMES_MAX, sizeof *keeping->kept);
    if (keeping->kept == NULL)
        return error_set(keeping->error, TRAIL_FAILED, 0, "out of memory");
    for (int i = 0; i < STATEMENTS; i++) {
        keeping->statements[i] = sql_prepare(keeping->db, statement_sql[i], keeping->error);
        if (keeping->statements[i] == NULL)
            return -1;
    }
    return 0;
}

static void finish(struct keeping *keeping)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(keeping->statements[i]);
    for (size_t i = 0; keeping->kept != NULL && i < JOB_FRAMES_MAX; i++) {
        sqlite3_free(keeping->kept[i].module);
        sqlite3_free(keeping->kept[i].symbol);
    }
    free(keeping->kept);
}

static int keep_events(struct keeping *keeping, int64_t run_id, uint32_t done)
{
    sqlite3_stmt *copies = keeping->statements[FIND_COPIES];
    bool has_copies;

    sqlite3_bind_int64(copies, 1, run_id);
    has_copies = sqlite3_step(copies) == SQLITE_ROW;
    sqlite3_reset(copies);
    if (!has_copies) /* the run was pruned meanwhile, and its modules with it */
        return 0;
    for (uint32_t i = 0; i < done; i++)
        if (keep_event(keeping, run_id, i) != 0)
            return -1;
    sqlite3_bind_int64(keeping->statements[DELETE_COPIES], 1, run_id);
    return run(keeping, DELETE_COPIES);
}

/* Many copies leave much room behind; that of a few is soon used again. */
static void give_room_back(sqlite3 *db)
{
    sqlite3_int64 pages = 0;

    if (sql_integer(db, "PRAGMA freelist_count", &pages, NULL) == 0 && pages >= FREE_PAGES_MAX)
        sqlite3_exec(db, "PRAGMA incremental_vacuum", NULL, NULL, NULL);
}

int keep_results(sqlite3 *db, int64_t run_id, struct job *job, struct job *known, uint32_t done,
                 struct trail_error *error)
{
    struct keeping keeping = {.db = db, .job = job, .known = known, .error = error};
    int result = -1;

    /* what was on a stack is nobody's business any more */
    if (sql_run(db, "PRAGMA secure_delete = ON; BEGIN IMMEDIATE", error) == 0 &&
        prepare(&keeping) == 0 && keep_events(&keeping, run_id, done) == 0 &&
        sql_run(db, "COMMIT", error) == 0)
        result = 0;
    finish(&keeping);
    if (result == 0)
        give_room_back(db);
    if (sqlite3_get_autocommit(db) == 0)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}
