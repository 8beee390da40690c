/*
 * See looks.h. The loop thread and the looking thread share a table of processes, whose entries are
 * atomics: so that a stop never waits for a look. What was seen is kept, under a lock that only the
 * looking and the writer thread take, until it is stored.
 */
#include "looks.h"

#include "look.h"
#include "os.h"
#include "sql.h"
#include "store/raw_stacks.h"
#include "text.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PROCESSES = 256,
    SEEN_MAX = 16 * 1024,
    STEADY_MS = 200,
    SLEEP_MS_MAX = 1000,
    COPIES_BYTES_MAX = 64 * 1024 * 1024, /* of stacks that are not stored yet */
    KNOWN_COPIES = 1024,
    SAMPLE_MS = 10,          /* of one that computes, while the silence is short; */
    SAMPLES_OF_SILENCE = 200 /* then after each 200th part of it */
};
#define NS_PER_MS UINT64_C(1000000)

/* A silence: of which process, and the last event before it. */
struct silence {
    uint32_t pid;
    uint64_t seq, from_ns;
};

struct watched {
    _Atomic uint32_t pid; /* 0: free */
    _Atomic uint64_t seq; /* of the last that happened, and when: this is written last */
    _Atomic uint64_t t_ns;
    /* looking thread: the silence that is looked into, when next, and whether that was done */
    struct silence silence;
    uint64_t at_ns;
    bool was_looked_into;
};

/* A stack, as it is stored. */
struct copy {
    struct raw_stack raw;
    unsigned char bytes[];
};

struct seen {
    uint64_t t_ns;
    int64_t stack_seq; /* 0: no stack */
    struct copy *copy; /* the first with that stack_seq has it; else NULL */
    uint32_t pid, tid;
    enum look_state state;
    char call[LOOK_CALL_BYTES];
};

struct looks {
    uint64_t after_ns;
    struct watched processes[PROCESSES];
    unsigned last; /* loop thread: where the last process was found */
    struct os_thread *thread;
    struct os_wake *wake;
    atomic_bool is_over;
    atomic_bool sleeps_long; /* beyond the next silence that may begin: what happens wakes it */
    /* looking thread */
    struct silence *silence; /* the one that is looked into */
    uint64_t now_ns;
    int64_t copies;
    struct {
        uint64_t hash;
        int64_t stack_seq;
    } known[KNOWN_COPIES]; /* by their hash: the last ones */
    struct os_lock *lock;  /* of what follows */
    struct seen *seen;
    size_t count, stored, copies_bytes;
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

static void wake(struct looks *looks)
{
    if (atomic_load_explicit(&looks->sleeps_long, memory_order_seq_cst) &&
        atomic_exchange(&looks->sleeps_long, false))
        os_wake_set(looks->wake);
}

void looks_touch(struct looks *looks, uint32_t pid, uint64_t seq, uint64_t t_ns)
{
    struct watched *process = find(looks, pid);

    if (process == NULL && (process = find(looks, 0)) == NULL)
        return; /* more at once than are watched */
    atomic_store_explicit(&process->seq, seq, memory_order_relaxed);
    atomic_store_explicit(&process->t_ns, t_ns, memory_order_release);
    atomic_store_explicit(&process->pid, pid, memory_order_seq_cst);
    wake(looks);
}

void looks_end(struct looks *looks, uint32_t pid)
{
    struct watched *process = find(looks, pid);

    if (process == NULL)
        return;
    atomic_store_explicit(&process->pid, 0, memory_order_seq_cst);
    wake(looks);
}

/* Of the same silence: in another one other modules may lie where this stack's callers are. */
static uint64_t hash_of(const struct silence *silence, const struct thread_look *look)
{
    const uint64_t words[] = {silence->pid, silence->from_ns, look->tid,
                              crc32(0, look->stack, (unsigned)look->stack_bytes),
                              adler32(1, look->stack, (unsigned)look->stack_bytes)};

    return text_hash_64(text_hash_64(TEXT_HASH_64_START, words, sizeof words), look->registers,
                        look->registers_bytes);
}

static struct copy *copy_stack(struct looks *looks, const struct thread_look *look)
{
    size_t size = look->registers_bytes + look->stack_bytes;
    struct copy *copy = malloc(sizeof *copy + size);

    if (copy == NULL)
        return NULL;
    memcpy(copy->bytes, look->registers, look->registers_bytes);
    memcpy(copy->bytes + look->registers_bytes, look->stack, look->stack_bytes);
    copy->raw = (struct raw_stack){.seq = -++looks->copies,
                                   .event_seq = (int64_t)looks->silence->seq,
                                   .owner = (uint64_t)looks->silence->pid << 32 | look->tid,
                                   .registers = copy->bytes,
                                   .registers_bytes = look->registers_bytes,
                                   .bytes = copy->bytes + look->registers_bytes,
                                   .size = look->stack_bytes};
    return copy;
}

/* The one that is known already, or a new copy. */
static void take_stack(struct looks *looks, const struct thread_look *look, struct seen *seen)
{
    uint64_t hash = hash_of(looks->silence, look);
    size_t place = (size_t)(hash % KNOWN_COPIES);

    if (looks->known[place].stack_seq != 0 && looks->known[place].hash == hash)
        seen->stack_seq = looks->known[place].stack_seq;
    else if (looks->copies_bytes < COPIES_BYTES_MAX &&
             (seen->copy = copy_stack(looks, look)) != NULL) {
        seen->stack_seq = seen->copy->raw.seq;
        looks->known[place].hash = hash;
        looks->known[place].stack_seq = seen->stack_seq;
        looks->copies_bytes += look->stack_bytes;
    }
}

/* A look_taker. What was sampled comes later than what was seen meanwhile. */
static void take(void *context, const struct thread_look *look)
{
    struct looks *looks = context;
    struct seen seen = {.t_ns = look->t_ns != 0 ? look->t_ns : looks->now_ns,
                        .pid = looks->silence->pid,
                        .tid = look->tid,
                        .state = look->state};
    size_t at;

    memcpy(seen.call, look->call, sizeof seen.call);
    os_lock_take(looks->lock);
    if (looks->count < SEEN_MAX) {
        if (look->stack_bytes > 0)
            take_stack(looks, look, &seen);
        for (at = looks->count; at > looks->stored && looks->seen[at - 1].t_ns > seen.t_ns;)
            at--;
        memmove(&looks->seen[at + 1], &looks->seen[at], (looks->count - at) * sizeof seen);
        looks->seen[at] = seen;
        looks->count++;
    }
    os_lock_release(looks->lock);
}

static void look(struct looks *looks, struct watched *process, uint64_t now, uint64_t interval_ns)
{
    looks->silence = &process->silence;
    looks->now_ns = now;
    process->was_looked_into = interval_ns != 0;
    platform_look(process->silence.pid, interval_ns, take, looks);
}

/* Another silence, or none, begins; what was sampled in the last one is fetched. */
static void begin_silence(struct looks *looks, struct watched *process,
                          const struct silence *silence, uint64_t now)
{
    if (process->was_looked_into)
        look(looks, process, now, 0);
    process->silence = *silence;
    process->at_ns = silence->from_ns + looks->after_ns;
}

/* Looks at a process if it is time, and returns when it is time again. */
static uint64_t watch(struct looks *looks, struct watched *process, uint64_t now)
{
    struct silence now_is = {.pid = atomic_load_explicit(&process->pid, memory_order_acquire)};
    uint64_t silence, interval;

    if (now_is.pid != 0) {
        now_is.from_ns = atomic_load_explicit(&process->t_ns, memory_order_acquire);
        now_is.seq = atomic_load_explicit(&process->seq, memory_order_relaxed);
    }
    if (process->silence.from_ns != now_is.from_ns || process->silence.pid != now_is.pid)
        begin_silence(looks, process, &now_is, now);
    if (now_is.pid == 0)
        return UINT64_MAX;
    if (now < process->at_ns)
        return process->at_ns;
    silence = now - now_is.from_ns;
    interval = silence / SAMPLES_OF_SILENCE;
    look(looks, process, now, interval > SAMPLE_MS * NS_PER_MS ? interval : SAMPLE_MS * NS_PER_MS);
    process->at_ns = now + (silence < STEADY_MS * NS_PER_MS ? looks->after_ns : silence / 10);
    return process->at_ns;
}

/* Looks at all processes for which it is time; returns for how many ms nothing is to be done. */
static unsigned watch_all(struct looks *looks)
{
    uint64_t now = os_monotonic_ns(), next = now + SLEEP_MS_MAX * NS_PER_MS;

    for (unsigned i = 0; i < PROCESSES; i++) {
        uint64_t at = watch(looks, &looks->processes[i], now);
        next = at < next ? at : next;
    }
    now = os_monotonic_ns();
    return next > now ? (unsigned)((next - now) / NS_PER_MS) + 1 : 1;
}

/*
 * A silence that begins while this thread sleeps is looked into in time if the sleep is no longer
 * than the silence must be. For a longer one the loop thread is asked to wake it up, and what has
 * happened before it could know is seen by watching once more.
 */
static void watch_and_sleep(struct looks *looks)
{
    unsigned ms = watch_all(looks);

    if (ms * NS_PER_MS > looks->after_ns + NS_PER_MS) {
        atomic_store(&looks->sleeps_long, true);
        ms = watch_all(looks);
    }
    os_wake_wait(looks->wake, ms);
    atomic_store(&looks->sleeps_long, false);
}

static void run(void *argument)
{
    static const struct silence none = {.pid = 0};
    struct looks *looks = argument;
    uint64_t now;

    while (!atomic_load(&looks->is_over))
        watch_and_sleep(looks);
    now = os_monotonic_ns();
    for (unsigned i = 0; i < PROCESSES; i++)
        begin_silence(looks, &looks->processes[i], &none, now);
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
    for (size_t i = 0; looks->seen != NULL && i < looks->count; i++)
        free(looks->seen[i].copy);
    free(looks->seen);
    free(looks);
}

/* The process by its number and the time: numbers are used again. */
static const char insert_sql[] =
    "INSERT INTO look (run_id, id, t_ns, process_id, thread_id, computing, call, "
    "stack_seq) "
    "SELECT ?1, (SELECT coalesce(max(id), 0) + 1 FROM look WHERE run_id = ?1), ?2, p.id, "
    "(SELECT max(t.id) FROM thread t WHERE t.run_id = ?1 AND t.process_id = p.id AND t.tid = ?4), "
    "?5, nullif(?6, ''), nullif(?7, 0) FROM process p WHERE p.run_id = ?1 AND p.pid = ?3 "
    "AND (SELECT e.t_ns FROM event e WHERE e.run_id = ?1 AND e.seq = p.first_seq) <= ?2 "
    "ORDER BY p.id DESC LIMIT 1";

static int insert(sqlite3_stmt *statement, const struct seen *seen, uint64_t zero_ns)
{
    int result;

    sqlite3_bind_int64(statement, 2, (sqlite3_int64)(seen->t_ns - zero_ns));
    sqlite3_bind_int64(statement, 3, seen->pid);
    sqlite3_bind_int64(statement, 4, seen->tid);
    sqlite3_bind_int(statement, 5, seen->state);
    sqlite3_bind_text(statement, 6, seen->call, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 7, seen->stack_seq);
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

static int insert_all(const struct looks *looks, sqlite3_stmt *statement, struct raw_stacks *stacks,
                      int64_t run_id, uint64_t zero_ns, struct trail_error *error)
{
    sqlite3_bind_int64(statement, 1, run_id);
    for (size_t i = 0; i < looks->stored; i++) {
        const struct seen *seen = &looks->seen[i];
        if (seen->t_ns >= zero_ns && insert(statement, seen, zero_ns) != 0)
            return sql_error(sqlite3_db_handle(statement), error);
        if (seen->copy != NULL && raw_stacks_add(stacks, run_id, &seen->copy->raw, error) != 0)
            return -1;
    }
    return 0;
}

int looks_store(struct looks *looks, sqlite3 *db, int64_t run_id, uint64_t zero_ns,
                uint64_t until_ns, struct trail_error *error)
{
    struct raw_stacks *stacks = NULL;
    sqlite3_stmt *statement = NULL;
    int result = 0;

    if (looks == NULL)
        return 0;
    os_lock_take(looks->lock);
    looks->stored = count_before(looks, until_ns);
    if (looks->stored > 0) {
        statement = sql_prepare(db, insert_sql, error);
        stacks = raw_stacks_new(db, error);
        result = statement == NULL || stacks == NULL
                     ? -1
                     : insert_all(looks, statement, stacks, run_id, zero_ns, error);
        sqlite3_finalize(statement);
        raw_stacks_free(stacks);
    }
    os_lock_release(looks->lock);
    return result;
}

void looks_forget(struct looks *looks)
{
    if (looks == NULL)
        return;
    os_lock_take(looks->lock);
    for (size_t i = 0; i < looks->stored; i++) {
        if (looks->seen[i].copy != NULL)
            looks->copies_bytes -= looks->seen[i].copy->raw.size;
        free(looks->seen[i].copy);
    }
    looks->count -= looks->stored;
    memmove(looks->seen, looks->seen + looks->stored, looks->count * sizeof *looks->seen);
    looks->stored = 0;
    os_lock_release(looks->lock);
}
