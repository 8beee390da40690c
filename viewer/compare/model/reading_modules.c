/* See reading_modules.h. */
#include "reading_modules.h"

#include "array.h"
#include "module_key.h"
#include "place.h"
#include "sql.h"
#include "text.h"
#include "viewer_sql.h"

#include <stdlib.h>
#include <string.h>

static int take_module(struct reading *reading, sqlite3_stmt *row)
{
    struct recordings *all = reading->all;
    struct recorded_module *module;

    if (reading_make_room(reading, &all->modules, all->module_count, sizeof *module) != 0)
        return -1;
    module = &all->modules[all->module_count++];
    memset(module, 0, sizeof *module);
    module->name = reading_text(reading, row, 0);
    module->path = reading_text(reading, row, 1);
    module_key_add(&all->scratch, recordings_text(all, module->name),
                   reading->recording->folds_case);
    module->key = recordings_scratch_text(all);
    module->identity = (struct identity){
        reading_text(reading, row, 2), reading_text(reading, row, 3), reading_text(reading, row, 4),
        sqlite3_column_int64(row, 5),  sqlite3_column_int64(row, 6),  sqlite3_column_int64(row, 7),
        sqlite3_column_int64(row, 8)};
    return 0;
}

static int read_imports(struct reading *reading, int64_t id, struct recorded_module *module)
{
    struct recordings *all = reading->all;
    sqlite3_stmt *rows =
        statements_get(reading->statements, reading->db, sql_recording_imports, reading->error);
    int step = SQLITE_DONE, result = 0;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, id);
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        result = reading_make_room(reading, &module->imports, module->import_count,
                                   sizeof *module->imports);
        if (result != 0)
            break;
        module_key_add(&all->scratch,
                       text_base_name(recordings_text(all, reading_text(reading, rows, 0))),
                       reading->recording->folds_case);
        module->imports[module->import_count++] = recordings_scratch_text(all);
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(reading->db, reading->error);
    sqlite3_reset(rows);
    return result;
}

static int read_module(struct reading *reading, int64_t id, size_t *position)
{
    int step, result = 0;

    *position = reading->all->module_count;
    sqlite3_bind_int64(reading->module, 1, id);
    step = sqlite3_step(reading->module);
    if (step == SQLITE_ROW)
        result = take_module(reading, reading->module) != 0 ||
                         (!reading->all->only_loads &&
                          read_imports(reading, id, &reading->all->modules[*position]) != 0)
                     ? -1
                     : 0;
    else if (step == SQLITE_DONE)
        *position = RECORDING_NONE;
    else
        result = sql_error(reading->db, reading->error);
    sqlite3_reset(reading->module);
    return result;
}

int reading_module(struct reading *reading, int64_t id, size_t *position)
{
    struct tuple_map *index = &reading->all->module_index;
    uint32_t *known; /* position + 2; 1: there is no such row */

    *position = RECORDING_NONE;
    if (id == RECORDING_UNKNOWN)
        return 0;
    known = tuple_map_at(index, reading->file, (uint32_t)id, (uint32_t)((uint64_t)id >> 32));
    if (index->failed)
        return reading_out_of_memory(reading);
    if (*known == 0) {
        if (read_module(reading, id, position) != 0)
            return -1;
        *known = *position != RECORDING_NONE ? (uint32_t)*position + 2 : 1;
    }
    *position = *known > 1 ? *known - 2 : RECORDING_NONE;
    return 0;
}

uint32_t reading_place(struct reading *reading, size_t module)
{
    struct recordings *all = reading->all;
    uint32_t *known; /* + 1 */

    if (module == RECORDING_NONE)
        return TEXT_NONE;
    known = tuple_map_at(&reading->places, (uint32_t)module, 0, 0);
    if (*known == 0 || reading->places.failed) {
        const struct recording *recording = reading->recording;
        struct place_roots roots = {.app = recordings_text(all, recording->app)};
        for (size_t i = 0; i < PLACE_TEMPS; i++)
            roots.temps[i] = recordings_text(all, recording->temps[i]);
        place_add(&all->scratch, recordings_text(all, all->modules[module].path), &roots,
                  recording->folds_case);
        *known = recordings_scratch_text(all) + 1;
    }
    return *known - 1;
}
