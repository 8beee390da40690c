/*
 * See looks.h. The loop thread and the looking thread share a table of processes, whose entries are
 * atomics: so that a stop never waits for a look. What was seen is kept, under a lock that only the
 * looking and the writer thread take, until it is stored.
 */
#include "looks.h"

#include "look.h"
#include "os.h"
#include "sql.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PROCESSES = 256, SEEN_MAX = 16 * 1024, STEADY_MS = 200 };
#define NS_PER_MS UINT64_C(1000000)

struct watched {
    _Atomic uint32_t pid;    /* 0: free */
    _Atomic uint64_t t_ns;   /* of the last that happened */
    uint64_t from_ns, at_ns; /* looking thread: the silence that is looked into, and when next */
};

struct seen {
    uint64_t t_ns;
    uint32_t pid;
    struct thread_look thread;
};

struct looks {
    uint64_t after_ns;
    struct watched processes[PROCESSES];
    unsigned last; /* loop thread: where the last process was found */
    struct os_thread *thread;
    struct os_wake *wake;
    atomic_bool is_over;
    struct os_lock *lock; /* of what follows */
    struct seen *seen;
    size_t count, stored;
};

static struct watched *find(struct looks *looks, uint32_t pid)
{
    if (atomic_load_explicit(&looks->processes[looks->last].pid, memory_order_relaxed) == pid)
        return &looks->processes[looks->last];
    for (unsigned i = 0; i < PROCESSES; i++)
        if (atomic_load_explicit(&looks->processes[i].pid, memory_order_relaxed) == pid) {
            looks->last = i;
            return &looks->processes[i];
        }
    return NULL;
}

void looks_touch(struct looks *looks, uint32_t pid, uint64_t t_ns)
{
    struct watched *process = find(looks, pid);

    if (process == NULL && (process = find(looks, 0)) == NULL)
        return; /* more at once than are watched */
    atomic_store_explicit(&process->t_ns, t_ns, memory_order_relaxed);
    atomic_store_explicit(&process->pid, pid, memory_order_release);
}

void looks_end(struct looks *looks, uint32_t pid)
{
    struct watched *process = find(looks, pid);

    if (process != NULL)
        atomic_store_explicit(&process->pid, 0, memory_order_relaxed);
}

static void keep(struct looks *looks, uint32_t pid, uint64_t t_ns, const struct thread_look *thread)
{
    if (looks->count < SEEN_MAX)
        looks->seen[looks->count++] = (struct seen){t_ns, pid, *thread};
}

static void look(struct looks *looks, uint32_t pid, uint64_t t_ns)
{
    struct thread_look threads[LOOK_THREADS_MAX];
    unsigned count = platform_look(pid, threads);

    os_lock_take(looks->lock);
    for (unsigned i = 0; i < count; i++)
        keep(looks, pid, t_ns, &threads[i]);
    os_lock_release(looks->lock);
}

/* Looks at a process if it is time, and returns when it is time again. */
static uint64_t watch(struct looks *looks, struct watched *process, uint64_t now)
{
    uint32_t pid = atomic_load_explicit(&process->pid, memory_order_acquire);
    uint64_t t_ns = atomic_load_explicit(&process->t_ns, memory_order_relaxed), silence;

    if (pid == 0)
        return UINT64_MAX;
    if (process->from_ns != t_ns) {
        process->from_ns = t_ns;
        process->at_ns = t_ns + looks->after_ns;
    }
    if (now < process->at_ns)
        return process->at_ns;
    silence = now - t_ns;
    look(looks, pid, now);
    process->at_ns = now + (silence < STEADY_MS * NS_PER_MS ? looks->after_ns : silence / 10);
    return process->at_ns;
}

static void run(void *argument)
{
    struct looks *looks = argument;

    while (!atomic_load(&looks->is_over)) {
        uint64_t now = os_monotonic_ns(), next = now + looks->after_ns;
        for (unsigned i = 0; i < PROCESSES; i++) {
            uint64_t at = watch(looks, &looks->processes[i], now);
            next = at < next ? at : next;
        }
        now = os_monotonic_ns();
        os_wake_wait(looks->wake, next > now ? (unsigned)((next - now) / NS_PER_MS) + 1 : 1);
    }
}

struct looks *looks_start(unsigned after_ms, struct trail_error *error)
{
    struct looks *looks = calloc(1, sizeof *looks);

    if (looks == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    looks->after_ns = after_ms * NS_PER_MS;
    looks->seen = malloc(SEEN_MAX * sizeof *looks->seen); /* touched as far as there is something */
    if (looks->seen == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        goto fail;
    }
    if ((looks->lock = os_lock_new(error)) != NULL && (looks->wake = os_wake_new(error)) != NULL &&
        (looks->thread = os_thread_start(run, looks, error)) != NULL)
        return looks;
fail:
    looks_free(looks);
    return NULL;
}

void looks_stop(struct looks *looks)
{
    if (looks == NULL || looks->thread == NULL)
        return;
    atomic_store(&looks->is_over, true);
    os_wake_set(looks->wake);
    os_thread_join(looks->thread);
    looks->thread = NULL;
}

void looks_free(struct looks *looks)
{
    if (looks == NULL)
        return;
    looks_stop(looks);
    os_lock_free(looks->lock);
    os_wake_free(looks->wake);
    free(looks->seen);
    free(looks);
}

/* The process by its number and the time: numbers are used again. */
static const char insert_sql[] =
    "INSERT INTO look (run_id, id, t_ns, process_id, thread_id, computing, call) "
    "SELECT ?1, (SELECT coalesce(max(id), 0) + 1 FROM look WHERE run_id = ?1), ?2, p.id, "
    "(SELECT max(t.id) FROM thread t WHERE t.run_id = ?1 AND t.process_id = p.id AND t.tid = ?4), "
    "?5, nullif(?6, '') FROM process p WHERE p.run_id = ?1 AND p.pid = ?3 "
    "AND (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = p.first_seq) <= ?2 "
    "ORDER BY p.id DESC LIMIT 1";

static int insert(sqlite3_stmt *statement, const struct seen *seen, uint64_t zero_ns)
{
    int result;

    sqlite3_bind_int64(statement, 2, (sqlite3_int64)(seen->t_ns - zero_ns));
    sqlite3_bind_int64(statement, 3, seen->pid);
    sqlite3_bind_int64(statement, 4, seen->thread.tid);
    sqlite3_bind_int(statement, 5, seen->thread.is_computing);
    sqlite3_bind_text(statement, 6, seen->thread.call, -1, SQLITE_STATIC);
    result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? 0 : -1;
}

/* How many of what was seen are older; they are in the order of time. */
static size_t count_before(const struct looks *looks, uint64_t until_ns)
{
    size_t count = looks->count;

    while (count > 0 && looks->seen[count - 1].t_ns >= until_ns)
        count--;
    return count;
}

static int insert_all(const struct looks *looks, size_t count, sqlite3_stmt *statement,
                      uint64_t zero_ns)
{
    for (size_t i = 0; i < count; i++)
        if (looks->seen[i].t_ns >= zero_ns && insert(statement, &looks->seen[i], zero_ns) != 0)
            return -1;
    return 0;
}

int looks_store(struct looks *looks, sqlite3 *db, int64_t run_id, uint64_t zero_ns,
                uint64_t until_ns, struct trail_error *error)
{
    sqlite3_stmt *statement = NULL;
    int result = 0;

    if (looks == NULL)
        return 0;
    os_lock_take(looks->lock);
    looks->stored = count_before(looks, until_ns);
    if (looks->stored > 0) {
        statement = sql_prepare(db, insert_sql, error);
        result = statement == NULL ? -1 : sqlite3_bind_int64(statement, 1, run_id);
        if (result == 0 && insert_all(looks, looks->stored, statement, zero_ns) != 0)
            result = sql_error(db, error);
        sqlite3_finalize(statement);
    }
    os_lock_release(looks->lock);
    return result;
}

void looks_forget(struct looks *looks)
{
    if (looks == NULL)
        return;
    os_lock_take(looks->lock);
    looks->count -= looks->stored;
    memmove(looks->seen, looks->seen + looks->stored, looks->count * sizeof *looks->seen);
    looks->stored = 0;
    os_lock_release(looks->lock);
}
