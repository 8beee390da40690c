/* See failed_loads.h. Trail's own views take a moment to lay: only where there is something. */
#include "store/failed_loads.h"

#include "sql.h"
#include "tables.h"
#include "text.h"

#include <string.h>

static const char is_there_sql[] =
    "SELECT EXISTS (SELECT 1 FROM main.event_load_failed WHERE run_id = ?1 AND load_phase = 0) OR "
    "EXISTS (SELECT 1 FROM main.process WHERE run_id = ?1 AND exit_code IN (0xC0000135, "
    "0xC0000139, 0xC0000142))";

static const char sentences_sql[] =
    "SELECT iif(source = 'conclusion', 'concluded from the imports: ', '') || "
    "iif(what = 'symbol', 'the symbol ', '') || name || coalesce(', needed by ' || needed_by || "
    "',', "
    "'') || ' was not ' || iif(what = 'symbol', 'found', 'loaded') || "
    "iif(source = 'conclusion', '', ' at the start: ' || words || coalesce(' (' || status || ')', "
    "'')) "
    "FROM failed_loads WHERE run = ?1 AND load_phase = 'startup' AND what <> 'call' ORDER BY seq";

static sqlite3_stmt *start(sqlite3 *db, int64_t run_id, const char *sql)
{
    sqlite3_stmt *statement = sql_prepare(db, sql, NULL);

    sqlite3_bind_int64(statement, 1, run_id);
    return statement;
}

static void keep(struct failed_loads *loads, const char *sentence)
{
    char *kept;

    if (loads->count < FAILED_LOADS_MAX) {
        size_t length = text_cut(sentence, strlen(sentence), FAILED_LOAD_BYTES - 1);
        kept = loads->sentences[loads->count];
        memcpy(kept, sentence, length);
        kept[length] = '\0';
    }
    loads->count++;
}

void failed_loads_find(sqlite3 *db, int64_t run_id, struct failed_loads *loads)
{
    sqlite3_stmt *rows = start(db, run_id, is_there_sql);
    bool is_there = sqlite3_step(rows) == SQLITE_ROW && sqlite3_column_int(rows, 0) != 0;

    loads->count = 0;
    sqlite3_finalize(rows);
    if (!is_there || tables_lay_views(db, NULL) != 0)
        return;
    rows = start(db, run_id, sentences_sql);
    while (sqlite3_step(rows) == SQLITE_ROW)
        if (sqlite3_column_type(rows, 0) == SQLITE_TEXT)
            keep(loads, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
}
