/* Modules of the files that are read, each once for all runs. See recording_reading.h. */
#include "recording_reading.h"

#include "module_key.h"
#include "place.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

static int take_module(struct reading *reading, sqlite3_stmt *row)
{
    struct recordings *all = reading->all;
    struct recorded_module *modules =
                               recordings_room(all->modules, all->module_count, sizeof *modules),
                           *module;

    if (modules == NULL)
        return reading_out_of_memory(reading);
    all->modules = modules;
    module = &modules[all->module_count++];
    memset(module, 0, sizeof *module);
    module->name = reading_text(reading, row, 0);
    module->path = reading_text(reading, row, 1);
    module_key_add(&all->index->scratch, recordings_text(all, module->name),
                   reading->recording->folds_case);
    module->key = recordings_scratch(all);
    module->identity = (struct identity){
        reading_text(reading, row, 2), reading_text(reading, row, 3), reading_text(reading, row, 4),
        sqlite3_column_int64(row, 5),  sqlite3_column_int64(row, 6),  sqlite3_column_int64(row, 7),
        sqlite3_column_int64(row, 8)};
    return 0;
}

static int read_module(struct reading *reading, int64_t id, size_t *position)
{
    int step, result = 0;

    *position = reading->all->module_count;
    sqlite3_bind_int64(reading->module, 1, id);
    step = sqlite3_step(reading->module);
    if (step == SQLITE_ROW)
        result = take_module(reading, reading->module);
    else if (step == SQLITE_DONE)
        *position = RECORDING_NONE;
    else
        result = sql_error(reading->db, reading->error);
    sqlite3_reset(reading->module);
    return result;
}

static struct module_slot *slot_of(const struct recordings_index *index, sqlite3 *db, int64_t id)
{
    size_t at = ((size_t)id * 2654435761u ^ (size_t)(uintptr_t)db >> 4) & (index->slot_count - 1);

    while (index->slots[at].db != NULL && (index->slots[at].db != db || index->slots[at].id != id))
        at = (at + 1) & (index->slot_count - 1);
    return &index->slots[at];
}

static int grow_slots(struct recordings_index *index)
{
    struct recordings_index larger = *index;

    larger.slot_count = index->slot_count > 0 ? 2 * index->slot_count : 256;
    if ((larger.slots = calloc(larger.slot_count, sizeof *larger.slots)) == NULL)
        return -1;
    for (size_t i = 0; i < index->slot_count; i++)
        if (index->slots[i].db != NULL)
            *slot_of(&larger, index->slots[i].db, index->slots[i].id) = index->slots[i];
    free(index->slots);
    *index = larger;
    return 0;
}

int reading_module(struct reading *reading, int64_t id, size_t *position)
{
    struct recordings_index *index = reading->all->index;
    struct module_slot *slot;

    *position = RECORDING_NONE;
    if (id == RECORDING_UNKNOWN)
        return 0;
    if (2 * index->slots_used >= index->slot_count && grow_slots(index) != 0)
        return reading_out_of_memory(reading);
    slot = slot_of(index, reading->db, id);
    if (slot->db == NULL) {
        size_t module;
        if (read_module(reading, id, &module) != 0)
            return -1;
        *slot = (struct module_slot){reading->db, id, module};
        index->slots_used++;
    }
    *position = slot->module;
    return 0;
}

uint32_t reading_place(struct reading *reading, size_t module)
{
    struct recordings *all = reading->all;

    if (module == RECORDING_NONE)
        return TEXT_NONE;
    place_add(&all->index->scratch, recordings_text(all, all->modules[module].path),
              recordings_text(all, reading->recording->app), reading->recording->folds_case);
    return recordings_scratch(all);
}
