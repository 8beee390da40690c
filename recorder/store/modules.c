/* See modules.h. */
#include "modules.h"

#include "image/imports.h"
#include "text.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY_SLOTS = 64 };

/* A module and the row that it was found to have. */
struct memory {
    int64_t id; /* 0: nothing is remembered here */
    struct module_identity identity;
};

struct modules {
    sqlite3 *db;
    sqlite3_stmt *find, *insert, *insert_import;
    struct memory *memory[MEMORY_SLOTS]; /* by the path */
};

static const char find_sql[] =
    "SELECT id FROM module WHERE path = ?1 AND file_bytes = ?3 AND build_id = ?11 AND pdb_guid = "
    "?8 AND pe_timestamp = ?6 "
    "AND pe_checksum = ?7 AND file_version = ?10 AND image_bytes = ?4 AND machine = ?5";

static const char insert_sql[] =
    "INSERT INTO module (path, name, file_bytes, image_bytes, machine, pe_timestamp, pe_checksum, "
    "pdb_guid, pdb_name, file_version, "
    "build_id, soname) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

static const char insert_import_sql[] =
    "INSERT INTO import (module_id, position, kind, name, version) VALUES (?, ?, ?, ?, ?)";

struct modules *modules_new(sqlite3 *db, struct trail_error *error)
{
    struct modules *modules = calloc(1, sizeof *modules);

    if (modules == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    modules->db = db;
    if ((modules->find = sql_prepare(db, find_sql, error)) != NULL &&
        (modules->insert = sql_prepare(db, insert_sql, error)) != NULL &&
        (modules->insert_import = sql_prepare(db, insert_import_sql, error)) != NULL)
        return modules;
    modules_free(modules);
    return NULL;
}

void modules_free(struct modules *modules)
{
    if (modules == NULL)
        return;
    sqlite3_finalize(modules->find);
    sqlite3_finalize(modules->insert);
    sqlite3_finalize(modules->insert_import);
    for (unsigned i = 0; i < MEMORY_SLOTS; i++)
        free(modules->memory[i]);
    free(modules);
}

void modules_forget(struct modules *modules)
{
    for (unsigned i = 0; i < MEMORY_SLOTS; i++)
        if (modules->memory[i] != NULL)
            modules->memory[i]->id = 0;
}

static struct memory **slot_of(struct modules *modules, const struct module_identity *identity)
{
    return &modules->memory[text_hash(identity->path, strlen(identity->path)) % MEMORY_SLOTS];
}

/* All that the table's key has. */
static bool is_same(const struct module_identity *one, const struct module_identity *other)
{
    return one->file_bytes == other->file_bytes && one->image_bytes == other->image_bytes &&
           one->machine == other->machine && one->pe_timestamp == other->pe_timestamp &&
           one->pe_checksum == other->pe_checksum && strcmp(one->path, other->path) == 0 &&
           strcmp(one->build_id, other->build_id) == 0 &&
           strcmp(one->pdb_guid, other->pdb_guid) == 0 &&
           strcmp(one->file_version, other->file_version) == 0;
}

/* Without memory for it, it is looked up again. */
static void remember(struct memory **slot, const struct module_identity *identity, int64_t id)
{
    if (*slot == NULL && (*slot = malloc(sizeof **slot)) == NULL)
        return;
    identity_copy(&(*slot)->identity, identity);
    (*slot)->id = id;
}

static void bind_identity(sqlite3_stmt *statement, const struct module_identity *identity)
{
    sqlite3_bind_text(statement, 1, identity->path, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, text_base_name(identity->path), -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)identity->file_bytes);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)identity->image_bytes);
    sqlite3_bind_int64(statement, 5, identity->machine);
    sqlite3_bind_int64(statement, 6, identity->pe_timestamp);
    sqlite3_bind_int64(statement, 7, identity->pe_checksum);
    sqlite3_bind_text(statement, 8, identity->pdb_guid, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 9, identity->pdb_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 10, identity->file_version, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 11, identity->build_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 12, identity->soname, -1, SQLITE_STATIC);
}

static int insert_imports(struct modules *modules, int64_t id, const char *imports)
{
    sqlite3_stmt *insert = modules->insert_import;
    struct import import;
    int result = SQLITE_DONE;

    for (int position = 1; result == SQLITE_DONE && imports_next(&imports, &import); position++) {
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_int(insert, 2, position);
        sqlite3_bind_int(insert, 3, (int)import.kind);
        sqlite3_bind_text(insert, 4, import.name, (int)import.name_length, SQLITE_STATIC);
        sqlite3_bind_null(insert, 5);
        if (import.version_length > 0)
            sqlite3_bind_text(insert, 5, import.version, (int)import.version_length, SQLITE_STATIC);
        result = sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    return result == SQLITE_DONE ? 0 : -1;
}

/* The id of the new row, or -1. */
static int64_t insert_module(struct modules *modules, const struct module_identity *identity)
{
    int64_t id = -1;

    bind_identity(modules->insert, identity);
    if (sqlite3_step(modules->insert) == SQLITE_DONE)
        id = sqlite3_last_insert_rowid(modules->db);
    sqlite3_reset(modules->insert);
    return id != -1 && insert_imports(modules, id, identity->imports) == 0 ? id : -1;
}

int64_t modules_intern(struct modules *modules, const struct module_identity *identity,
                       struct trail_error *error)
{
    struct memory **slot = slot_of(modules, identity);
    int64_t id = -1;
    int result;

    if (*slot != NULL && (*slot)->id != 0 && is_same(&(*slot)->identity, identity))
        return (*slot)->id;
    bind_identity(modules->find, identity);
    result = sqlite3_step(modules->find);
    if (result == SQLITE_ROW)
        id = sqlite3_column_int64(modules->find, 0);
    sqlite3_reset(modules->find);
    if (result == SQLITE_DONE)
        id = insert_module(modules, identity);
    if (id == -1)
        sql_error(modules->db, error);
    else
        remember(slot, identity, id);
    return id;
}
