/*
 * See rows.h. A table says, per kind of event, what it does to the roster before and after its own
 * rows are written.
 */
#include "rows.h"

#include "bulk.h"
#include "detail.h"
#include "load_causes.h"
#include "modules.h"
#include "pending_names.h"
#include "raw_stacks.h"
#include "roster.h"
#include "roster_load.h"
#include "sql.h"

#include <stdlib.h>

enum statement {
    INSERT_PROCESS,
    IMAGE_PROCESS,
    INHERIT_IMAGE,
    END_PROCESS,
    NAME_THREAD,
    END_THREAD,
    END_LOAD,
    FIND_PATH,
    STATEMENTS
};

/* The columns of the tables that are filled in bulk. */
enum event_column {
    EVENT_T_NS = 3,
    EVENT_HOLD_NS,
    EVENT_PROCESS_ID,
    EVENT_THREAD_ID,
    EVENT_KIND,
    EVENT_SYNTHETIC,
    EVENT_CPU_NS
};
static const char event_columns[] =
    "run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, synthetic, cpu_ns";

enum thread_column {
    THREAD_PROCESS_ID = 3,
    THREAD_TID,
    THREAD_START_ADDRESS,
    THREAD_START_MODULE_ID,
    THREAD_START_OFFSET,
    THREAD_FIRST_SEQ,
    THREAD_LAST_SEQ,
    THREAD_EXIT_CODE,
    THREAD_NAME,
    THREAD_LOCAL_BASE
};
static const char thread_columns[] =
    "run_id, id, process_id, tid, start_address, start_address_module_id, start_address_offset, "
    "first_seq, last_seq, exit_code, name, thread_local_base";

static const char *const statement_sql[STATEMENTS] = {
    [INSERT_PROCESS] =
        "INSERT INTO process (run_id, id, pid, parent_pid, parent_process_id, via, "
        "image_module_id, command_line, "
        "load_detection, first_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [IMAGE_PROCESS] = "UPDATE process SET image_module_id = ?3, command_line = ?4, load_detection "
                      "= ?5 WHERE run_id = ?1 AND id = ?2",
    [INHERIT_IMAGE] =
        "UPDATE process SET (image_module_id, command_line, load_detection) = (SELECT "
        "image_module_id, command_line, "
        "load_detection FROM process WHERE run_id = ?1 AND id = ?3) WHERE run_id = ?1 AND id = ?2",
    [END_PROCESS] = "UPDATE process SET last_seq = ?3, exit_code = ?4, exit_signal = ?5 WHERE "
                    "run_id = ?1 AND id = ?2",
    [NAME_THREAD] = "UPDATE thread SET name = ?3 WHERE run_id = ?1 AND id = ?2",
    [END_THREAD] = "UPDATE thread SET last_seq = ?3, exit_code = ?4 WHERE run_id = ?1 AND id = ?2",
    [END_LOAD] = "UPDATE event_load_dll SET end_seq = ?3 WHERE run_id = ?1 AND seq = ?2",
    [FIND_PATH] = "SELECT path FROM module WHERE id = ?2",
};

struct rows {
    sqlite3 *db;
    int64_t run_id;
    struct roster *roster;
    struct modules *modules;
    struct detail *detail;
    struct raw_stacks *raw_stacks;
    struct bulk *events, *threads;
    struct pending_names pending_names;
    sqlite3_stmt *statements[STATEMENTS];
    struct load_causes load_causes;

    /* The event being written. */
    const struct event *event;
    const struct module_identity *identity; /* NULL if its kind has no image */
    uint64_t seq, zero_ns;
    struct roster_process *process;
    struct roster_thread *thread;
    struct detail_references references;
    uint64_t image_bytes;
    int64_t subject_id; /* see rows_subject */
    uint64_t subject_offset;
    struct trail_error *error;
    int failed;
};

struct rows *rows_new(sqlite3 *db, int64_t run_id, struct trail_error *error)
{
    struct rows *rows = calloc(1, sizeof *rows);

    if (rows == NULL || (rows->roster = roster_new()) == NULL) {
        free(rows);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    rows->db = db;
    rows->run_id = run_id;
    for (int i = 0; i < STATEMENTS; i++)
        if ((rows->statements[i] = sql_prepare(db, statement_sql[i], error)) == NULL)
            goto fail;
    if ((rows->modules = modules_new(db, error)) != NULL &&
        (rows->detail = detail_new(db, error)) != NULL &&
        (rows->raw_stacks = raw_stacks_new(db, error)) != NULL &&
        (rows->events = bulk_new(db, "event", event_columns, error)) != NULL &&
        (rows->threads = bulk_new(db, "thread", thread_columns, error)) != NULL &&
        load_causes_begin(&rows->load_causes, db, run_id, error) == 0)
        return rows;
fail:
    rows_free(rows);
    return NULL;
}

void rows_free(struct rows *rows)
{
    if (rows == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(rows->statements[i]);
    modules_free(rows->modules);
    detail_free(rows->detail);
    raw_stacks_free(rows->raw_stacks);
    bulk_free(rows->events);
    bulk_free(rows->threads);
    pending_names_release(&rows->pending_names);
    roster_free(rows->roster);
    free(rows);
}

int rows_flush(struct rows *rows, struct trail_error *error)
{
    return bulk_flush(rows->events, error) != 0 || bulk_flush(rows->threads, error) != 0 ||
                   detail_flush(rows->detail, error) != 0
               ? -1
               : 0;
}

int rows_reload(struct rows *rows, struct trail_error *error)
{
    bulk_forget(rows->events);
    bulk_forget(rows->threads);
    detail_forget(rows->detail);
    modules_forget(rows->modules);
    raw_stacks_forget(rows->raw_stacks);
    roster_free(rows->roster);
    rows->roster = roster_new();
    if (rows->roster == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    return roster_load(rows->roster, rows->db, rows->run_id, error) != 0
               ? -1
               : load_causes_restore(&rows->load_causes, rows->roster, rows->db, rows->run_id,
                                     error);
}

static void fail_out_of_memory(struct rows *rows)
{
    rows->failed = error_set(rows->error, TRAIL_FAILED, 0, "out of memory");
}

/* Starts a statement: its first parameters are always run and own id. */
static sqlite3_stmt *start(struct rows *rows, enum statement which, int64_t id)
{
    sqlite3_stmt *statement = rows->statements[which];

    sqlite3_clear_bindings(statement);
    sqlite3_bind_int64(statement, 1, rows->run_id);
    sqlite3_bind_int64(statement, 2, id);
    return statement;
}

static void finish(struct rows *rows, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        rows->failed = sql_error(rows->db, rows->error);
    sqlite3_reset(statement);
}

static void bind_id(sqlite3_stmt *statement, int index, int64_t id)
{
    if (id > 0)
        sqlite3_bind_int64(statement, index, id);
}

static void bind_number_field(struct rows *rows, sqlite3_stmt *statement, int index, unsigned field)
{
    if (event_has(rows->event, field))
        sqlite3_bind_int64(statement, index, (sqlite3_int64)rows->event->value[field]);
}

static void bind_text_field(struct rows *rows, sqlite3_stmt *statement, int index, unsigned field)
{
    struct event_span span = event_span_of(rows->event, field);

    if (event_has(rows->event, field))
        sqlite3_bind_text(statement, index, (const char *)event_bytes_at(rows->event, span),
                          (int)span.length, SQLITE_STATIC);
}

static void put_id(struct bulk *row, unsigned column, int64_t id)
{
    if (id > 0)
        bulk_integer(row, column, id);
}

static void put_start_address(struct rows *rows, uint64_t address)
{
    const struct roster_module *module = rows->references.location;

    bulk_integer(rows->threads, THREAD_START_ADDRESS, (int64_t)address);
    if (module == NULL)
        return;
    put_id(rows->threads, THREAD_START_MODULE_ID, module->module_id);
    bulk_integer(rows->threads, THREAD_START_OFFSET, (int64_t)(address - module->base));
}

/* What a CreateThread tells: it has no details of its own in the file. */
static void put_start(struct rows *rows)
{
    const struct event *event = rows->event;

    if (event_has(event, FIELD(CREATE_THREAD, start_address)))
        put_start_address(rows, event->value[FIELD(CREATE_THREAD, start_address)]);
    if (event_has(event, FIELD(CREATE_THREAD, thread_local_base)))
        bulk_integer(rows->threads, THREAD_LOCAL_BASE,
                     (int64_t)event->value[FIELD(CREATE_THREAD, thread_local_base)]);
}

static void insert_thread(struct rows *rows, uint32_t tid)
{
    rows->thread = roster_add_thread(rows->roster, rows->process, tid);
    if (rows->thread == NULL) {
        fail_out_of_memory(rows);
        return;
    }
    if ((rows->failed = bulk_add(rows->threads, rows->run_id, rows->thread->id, rows->error)) != 0)
        return;
    bulk_integer(rows->threads, THREAD_PROCESS_ID, rows->process->id);
    bulk_integer(rows->threads, THREAD_TID, tid);
    bulk_integer(rows->threads, THREAD_FIRST_SEQ, (int64_t)rows->seq);
    if (rows->event->kind == EVENT_CREATE_THREAD)
        put_start(rows);
}

static void insert_process(struct rows *rows, uint64_t via)
{
    bool created = rows->event->kind == EVENT_CREATE_PROCESS;
    sqlite3_stmt *insert;

    rows->process = roster_add_process(rows->roster, rows->event->pid);
    if (rows->process == NULL) {
        fail_out_of_memory(rows);
        return;
    }
    insert = start(rows, INSERT_PROCESS, rows->process->id);
    sqlite3_bind_int64(insert, 3, rows->event->pid);
    sqlite3_bind_int64(insert, 6, (sqlite3_int64)via);
    if (created) {
        bind_number_field(rows, insert, 4, FIELD(CREATE_PROCESS, parent_pid));
        bind_id(insert, 5, rows->references.process_id);
        bind_id(insert, 7, rows->references.module_id);
        bind_text_field(rows, insert, 8, FIELD(CREATE_PROCESS, command_line));
        bind_text_field(rows, insert, 9, FIELD(CREATE_PROCESS, load_detection));
    }
    sqlite3_bind_int64(insert, 10, (sqlite3_int64)rows->seq);
    finish(rows, insert);
}

static void end_thread(void *context, int64_t thread_id)
{
    struct rows *rows = context;
    bool has_code = rows->event->kind == EVENT_EXIT_THREAD &&
                    event_has(rows->event, FIELD(EXIT_THREAD, exit_code));
    sqlite3_stmt *update;

    if (bulk_find(rows->threads, thread_id)) {
        bulk_integer(rows->threads, THREAD_LAST_SEQ, (int64_t)rows->seq);
        if (has_code)
            bulk_integer(rows->threads, THREAD_EXIT_CODE,
                         (int64_t)rows->event->value[FIELD(EXIT_THREAD, exit_code)]);
        return;
    }
    update = start(rows, END_THREAD, thread_id);
    sqlite3_bind_int64(update, 3, (sqlite3_int64)rows->seq);
    if (has_code)
        bind_number_field(rows, update, 4, FIELD(EXIT_THREAD, exit_code));
    finish(rows, update);
}

static void end_load(struct rows *rows, const struct roster_module *module)
{
    sqlite3_stmt *update;

    if (module->load_seq == 0 || module->inherited ||
        detail_end_load(rows->detail, module->load_seq, rows->seq))
        return;
    update = start(rows, END_LOAD, (int64_t)module->load_seq);
    sqlite3_bind_int64(update, 3, (sqlite3_int64)rows->seq);
    finish(rows, update);
}

/* The image of a process is a module too, which addresses can lie in. */
static void add_module(struct rows *rows, unsigned base_field, uint64_t load_seq)
{
    struct roster_module module = {
        .base = rows->event->value[base_field],
        .bytes = rows->image_bytes,
        .module_id = rows->references.module_id,
        .load_seq = load_seq,
    };

    if (event_has(rows->event, base_field) && roster_add_module(rows->process, &module) != 0)
        fail_out_of_memory(rows);
}

/* exec: the old image's modules and the other threads are gone, the process stays. */
static void replace_image(struct rows *rows)
{
    sqlite3_stmt *update = start(rows, IMAGE_PROCESS, rows->process->id);

    bind_id(update, 3, rows->references.module_id);
    bind_text_field(rows, update, 4, FIELD(CREATE_PROCESS, command_line));
    bind_text_field(rows, update, 5, FIELD(CREATE_PROCESS, load_detection));
    finish(rows, update);
    for (size_t i = 0; i < rows->process->module_count; i++)
        end_load(rows, &rows->process->modules[i]);
    roster_remove_all_modules(rows->process);
    roster_end_threads_but(rows->roster, rows->process, rows->thread, end_thread, rows);
    if (rows->thread == NULL)
        insert_thread(rows, rows->event->tid);
}

/* Finds the module that the event's address lies in. */
static void find_location(struct rows *rows)
{
    const struct kind_descriptor *kind = event_kind_descriptor(rows->event->kind);

    for (unsigned i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == FIELD_LOCATION && event_has(rows->event, i) &&
            rows->process != NULL)
            rows->references.location = roster_module_at(rows->process, rows->event->value[i]);
}

/* fork: the child shows the parent's image and modules, nothing is loaded again. */
static void inherit_image(struct rows *rows, const struct roster_process *parent)
{
    sqlite3_stmt *update = start(rows, INHERIT_IMAGE, rows->process->id);

    sqlite3_bind_int64(update, 3, parent->id);
    finish(rows, update);
    if (roster_copy_modules(rows->process, parent) != 0)
        fail_out_of_memory(rows);
    for (size_t i = 0; i < rows->process->module_count; i++)
        if (rows->process->modules[i].load_seq == 0)
            rows->references.module_id = rows->process->modules[i].module_id;
}

static struct load_event load_event(const struct rows *rows)
{
    return (struct load_event){rows->seq, rows->event->t_ns - rows->zero_ns, rows->event,
                               rows->identity};
}

static void before_create_process(struct rows *rows)
{
    uint64_t via = rows->event->value[FIELD(CREATE_PROCESS, via)];
    struct roster_process *parent = roster_process(
        rows->roster, (uint32_t)rows->event->value[FIELD(CREATE_PROCESS, parent_pid)]);

    if (event_has(rows->event, FIELD(CREATE_PROCESS, parent_pid)) && parent != NULL)
        rows->references.process_id = parent->id;
    if (via == VIA_EXEC && rows->process != NULL) {
        replace_image(rows);
    } else {
        insert_process(rows, via);
        if (rows->failed == 0)
            insert_thread(rows, rows->event->tid);
        if (rows->failed == 0 && via == VIA_FORK && parent != NULL)
            inherit_image(rows, parent);
    }
    if (rows->failed == 0 && via != VIA_FORK) {
        struct load_event image = load_event(rows);
        add_module(rows, FIELD(CREATE_PROCESS, base), 0);
        if (load_causes_image(&rows->load_causes, rows->process, &image) != 0)
            fail_out_of_memory(rows);
    }
    if (rows->failed == 0)
        find_location(rows); /* in the image that is known only now */
}

/* It may have been named before. */
static void before_create_thread(struct rows *rows)
{
    const struct event *event = rows->event;
    const struct pending_name *name;

    insert_thread(rows, event->tid);
    name = pending_names_find(&rows->pending_names, event->pid, event->tid);
    if (name == NULL || rows->failed != 0)
        return;
    bulk_text(rows->threads, THREAD_NAME, name->text, name->length);
    pending_names_forget(&rows->pending_names, event->pid, event->tid);
}

static void before_load(struct rows *rows)
{
    add_module(rows, FIELD(LOAD_DLL, base), rows->seq);
}

/*
 * The kernel may know better when it was: the debugger was told later, and of several loads at
 * once.
 */
static void after_load(struct rows *rows)
{
    uint64_t mapped_ns = rows->identity->mapped_ns;
    struct load_event load = load_event(rows);
    struct cause cause;

    if (load_causes_find(&rows->load_causes, rows->process, &load, &cause) == 0)
        detail_cause_load(rows->detail, &cause);
    else
        fail_out_of_memory(rows);
    if (mapped_ns != 0)
        detail_time_load(rows->detail, mapped_ns > rows->zero_ns ? mapped_ns - rows->zero_ns : 0);
}

static void before_unload(struct rows *rows)
{
    struct roster_module removed;

    if (!roster_remove_module(rows->process, rows->event->value[FIELD(UNLOAD_DLL, base)], &removed))
        return;
    rows->subject_id = removed.module_id;
    rows->references.load_seq = removed.load_seq;
    end_load(rows, &removed);
}

static void after_exit_thread(struct rows *rows)
{
    end_thread(rows, rows->thread->id);
    pending_names_end_thread(&rows->pending_names, rows->event->pid, rows->event->tid);
    roster_end_thread(rows->roster, rows->thread);
}

static void after_exit_process(struct rows *rows)
{
    sqlite3_stmt *update = start(rows, END_PROCESS, rows->process->id);

    sqlite3_bind_int64(update, 3, (sqlite3_int64)rows->seq);
    bind_number_field(rows, update, 4, FIELD(EXIT_PROCESS, exit_code));
    bind_number_field(rows, update, 5, FIELD(EXIT_PROCESS, signal));
    finish(rows, update);
    pending_names_end_process(&rows->pending_names, rows->event->pid);
    roster_end_process(rows->roster, rows->process, end_thread, rows);
}

static const struct {
    void (*before)(struct rows *rows); /* the event's own rows are not written yet */
    void (*after)(struct rows *rows);
} effects[EVENT_KINDS] = {
    [EVENT_CREATE_PROCESS] = {before_create_process, NULL},
    [EVENT_EXIT_PROCESS] = {NULL, after_exit_process},
    [EVENT_CREATE_THREAD] = {before_create_thread, NULL},
    [EVENT_EXIT_THREAD] = {NULL, after_exit_thread},
    [EVENT_LOAD_DLL] = {before_load, after_load},
    [EVENT_UNLOAD_DLL] = {before_unload, NULL},
};

/* Finds the module row of the event's image, if that is known at all. */
static void find_module(struct rows *rows)
{
    const struct module_identity *identity = rows->identity;
    int64_t id;

    if (identity == NULL ||
        (identity->path[0] == '\0' && identity->build_id[0] == '\0' && identity->image_bytes == 0))
        return;
    rows->image_bytes = identity->image_bytes;
    id = modules_intern(rows->modules, identity, rows->error);
    if (id < 0)
        rows->failed = -1;
    else
        rows->references.module_id = id;
}

/*
 * Events may come from a process or thread whose start was not seen (an attach, a script): it is
 * then known from here on.
 */
static void find_process_and_thread(struct rows *rows)
{
    rows->process = roster_process(rows->roster, rows->event->pid);
    rows->thread = rows->process == NULL
                       ? NULL
                       : roster_thread(rows->roster, rows->event->pid, rows->event->tid);
    if (rows->event->kind == EVENT_CREATE_PROCESS)
        return;
    if (rows->process == NULL)
        insert_process(rows, VIA_ATTACH);
    if (rows->thread == NULL && rows->failed == 0 && rows->event->kind != EVENT_CREATE_THREAD)
        insert_thread(rows, rows->event->tid);
}

static void name_thread(struct rows *rows)
{
    const struct event *event = rows->event;
    const struct event_naming *naming = &event->naming;
    const struct roster_thread *thread = event->tid == naming->tid
                                             ? rows->thread
                                             : roster_thread(rows->roster, event->pid, naming->tid);
    const char *name = (const char *)event_bytes_at(event, naming->name);
    sqlite3_stmt *update;

    if (thread == NULL) {
        pending_names_keep(&rows->pending_names, event->pid, naming->tid, name,
                           naming->name.length);
        return;
    }
    if (bulk_find(rows->threads, thread->id)) {
        bulk_text(rows->threads, THREAD_NAME, name, naming->name.length);
        return;
    }
    update = start(rows, NAME_THREAD, thread->id);
    sqlite3_bind_text(update, 3, name, (int)naming->name.length, SQLITE_STATIC);
    finish(rows, update);
}

static void insert_event(struct rows *rows, uint64_t t_ns, bool has_hold, uint64_t hold_ns)
{
    if ((rows->failed = bulk_add(rows->events, rows->run_id, (int64_t)rows->seq, rows->error)) != 0)
        return;
    bulk_integer(rows->events, EVENT_T_NS, (int64_t)t_ns);
    if (has_hold)
        bulk_integer(rows->events, EVENT_HOLD_NS, (int64_t)hold_ns);
    put_id(rows->events, EVENT_PROCESS_ID, rows->process->id);
    put_id(rows->events, EVENT_THREAD_ID, rows->thread->id);
    bulk_integer(rows->events, EVENT_KIND, rows->event->kind);
    bulk_integer(rows->events, EVENT_SYNTHETIC, rows->event->synthetic);
    if (rows->event->cpu_ns != 0)
        bulk_integer(rows->events, EVENT_CPU_NS, (int64_t)rows->event->cpu_ns);
}

static void find_subject(struct rows *rows)
{
    const struct roster_module *location = rows->references.location;

    if (rows->references.module_id > 0)
        rows->subject_id = rows->references.module_id;
    if (location == NULL || rows->references.module_id > 0)
        return;
    rows->subject_id = location->module_id;
    for (unsigned i = 0; i < event_kind_descriptor(rows->event->kind)->field_count; i++)
        if (event_kind_descriptor(rows->event->kind)->fields[i].type == FIELD_LOCATION)
            rows->subject_offset = rows->event->value[i] - location->base;
}

int rows_write(struct rows *rows, uint64_t seq, const struct event *event,
               const struct module_identity *identity, uint64_t t_ns, bool has_hold,
               uint64_t hold_ns, struct trail_error *error)
{
    static const struct detail_references none;

    rows->event = event;
    rows->identity = event_has_image(event) ? identity : NULL;
    rows->seq = seq;
    rows->zero_ns = event->t_ns - t_ns;
    rows->references = none;
    rows->image_bytes = 0;
    rows->subject_id = 0;
    rows->error = error;
    rows->failed = 0;
    find_process_and_thread(rows);
    if (rows->failed == 0)
        find_module(rows);
    if (rows->failed == 0)
        find_location(rows);
    if (rows->failed == 0 && effects[event->kind].before != NULL)
        effects[event->kind].before(rows);
    if (rows->failed == 0)
        insert_event(rows, t_ns, has_hold, hold_ns);
    if (rows->failed == 0 && event->naming.tid != 0)
        name_thread(rows);
    if (rows->failed == 0)
        find_subject(rows);
    if (rows->failed == 0)
        rows->failed =
            detail_insert(rows->detail, rows->run_id, seq, event, &rows->references, error);
    if (rows->failed == 0 && event->stack.length > 0)
        rows->failed = raw_stacks_add_event(rows->raw_stacks, rows->run_id, seq, event, error);
    if (rows->failed == 0 && effects[event->kind].after != NULL)
        effects[event->kind].after(rows);
    return rows->failed;
}

void rows_subject(struct rows *rows, struct rows_subject *subject)
{
    sqlite3_stmt *find = rows->statements[FIND_PATH];

    *subject = (struct rows_subject){"", rows->subject_offset};
    sqlite3_reset(find);
    sqlite3_bind_int64(find, 2, rows->subject_id);
    if (rows->subject_id > 0 && sqlite3_step(find) == SQLITE_ROW)
        subject->path = (const char *)sqlite3_column_text(find, 0);
}
