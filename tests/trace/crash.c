/*
 * Kills recorders at random moments and looks whether every event is in the file afterwards that
 * the target was resumed from.
 *
 *     crash TRAILREC TRAILVIEW COUNTING FOLDER RUNS [SEED]
 *
 * COUNTING is the sample of that name. In every other run, where the system can do that, the
 * recorder is frozen before it is killed: then the target stands still at its next event, and its
 * counts are exactly what the recorder let go; else they are at least that, since they are read
 * just before. What was left is brought in by `trailview recover` and by the next `trailrec` in
 * turn. Exit status 1 and a sentence at the first run that is not as it must be; its file is kept.
 */
#include "counting.h"
#include "crash_host.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_S = 60 };

/*
 * What the target does, and how many of that at most before the recorder is killed: a few times
 * what one transaction takes in.
 */
static const struct mode {
    const char *what, *name;
    uint64_t most;
} modes[] = {
#if defined(_WIN32)
    {"r", "debug strings", 2500},
    {"t", "threads", 250},
    {"l", "loads", 300},
    {"rtl", "mixed", 400},
#else
    {"r", "signals", 8000},
    {"t", "threads", 1000},
    {"l", "loads", 2500},
    {"rtl", "mixed", 2000},
#endif
};
enum { MODES = sizeof modes / sizeof modes[0] };

static const char *trailrec, *trailview, *sample;
static char database[1024], shared_path[1024], output_path[1024];

static struct {
    uint64_t runs[MODES], frozen, before_start, counted, from_rings, looked_at_rings, nameless;
} totals;

struct counts {
    uint64_t raised, threads, loads, unloads;
};

static uint64_t random_state;

/*
 * xorshift64* of Marsaglia and Vigna: the same moments again for the same seed, as far as time
 * allows.
 */
static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (random_state * UINT64_C(2685821657736338717) >> 11) % limit;
}

static struct counts counts_of(const struct counting *shared)
{
    struct counts counts = {shared->raised, shared->threads, shared->loads, shared->unloads};

    return counts;
}

static uint64_t sum_of(struct counts counts)
{
    return counts.raised + counts.threads + counts.loads + counts.unloads;
}

static void complain(const char *what, uint64_t expected, uint64_t found)
{
    fprintf(stderr, "crash: %s: expected %" PRIu64 ", found %" PRIu64 "; the file is %s\n", what,
            expected, found, database);
    exit(1);
}

static void expect(const char *what, uint64_t expected, uint64_t found)
{
    if (expected != found)
        complain(what, expected, found);
}

/* The moment: when so many events are counted; or, to hit the start too, after so many looks. */
static void wait_for_moment(intptr_t recorder, const struct counting *shared, uint64_t events,
                            uint64_t looks)
{
    uint64_t deadline = host_now_ns() + UINT64_C(1000000000) * DEADLINE_S;

    while (events > 0 ? sum_of(counts_of(shared)) < events : looks-- > 0) {
        host_pause();
        if (host_has_ended(recorder) || host_now_ns() > deadline)
            complain("events counted before the recorder ended or time was up", events,
                     sum_of(counts_of(shared)));
    }
}

/*
 * Kills the recorder. Returns the counts; `exact` says whether no event can have been let go since
 * they were read.
 */
static struct counts kill_recorder(intptr_t recorder, const struct counting *shared, bool freeze,
                                   bool *exact)
{
    uint64_t deadline = host_now_ns() + UINT64_C(1000000000) * DEADLINE_S;
    struct counts counts;

    *exact = freeze && shared->pid != 0 && host_freeze(recorder);
    while (*exact && !host_is_held(shared->pid)) {
        host_pause();
        if (host_now_ns() > deadline)
            complain("the target stands still while its recorder does", 1, 0);
    }
    counts = counts_of(shared);
    host_kill(recorder);
    expect("status of the killed recorder", 128 + 9, (uint64_t)host_wait(recorder));
    totals.frozen += *exact;
    return counts;
}

static int run_program(const char *first, const char *second, const char *third, const char *fourth,
                       const char *fifth, const char *sixth)
{
    const char *arguments[] = {first, second, third, fourth, fifth, sixth, NULL};

    return host_wait(host_start(arguments, output_path));
}

/* The last number of what a program printed. */
static uint64_t printed_number(void)
{
    FILE *file = fopen(output_path, "rb");
    char line[256], *comma;
    uint64_t number = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if ((comma = strchr(line, ',')) != NULL)
            number = strtoull(comma + 1, NULL, 10);
    if (file != NULL)
        fclose(file);
    return number;
}

static void recover(uint64_t run)
{
    if (run % 2 != 0) {
        expect("status of trailrec on the file that was left", 0,
               (uint64_t)run_program(trailrec, "-q", "-o", database, "--", sample));
        return;
    }
    expect("status of trailview recover", 0,
           (uint64_t)run_program(trailview, "-d", database, "recover", "--format=csv", NULL));
    totals.from_rings += printed_number();
    totals.looked_at_rings++;
}

/* The number that a query yields. */
static uint64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    uint64_t value;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        fprintf(stderr, "crash: %s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
    value = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/*
 * At least what was counted is in the file; and not more than the one event more that was about to
 * be let go.
 */
static void expect_counted(sqlite3 *db, const char *what, uint64_t counted, bool exact,
                           const char *sql)
{
    uint64_t found = number(db, sql);

    if (found < counted || (exact && found > counted + 1))
        complain(what, counted, found);
}

#define OF_PLUGIN \
    "JOIN module m ON m.id = l.module_id WHERE l.run_id = 1 AND m.name LIKE 'sample_plugin.%'"

static void check_run(sqlite3 *db, struct counts counts, bool exact)
{
    expect("state", 1, number(db, "SELECT state = 'recovered' FROM run WHERE id = 1"));
    expect("events of the run's row", number(db, "SELECT count(*) FROM event WHERE run_id = 1"),
           number(db, "SELECT events FROM run WHERE id = 1"));
    expect("numbers from 1 without a gap", 1,
           number(db, "SELECT count(*) = 0 OR (min(seq) = 1 AND max(seq) = count(*)) FROM event "
                      "WHERE run_id = 1"));
    expect("events without a hold that are not the last", 0,
           number(db, "SELECT count(*) FROM event WHERE run_id = 1 AND hold_ns IS NULL AND seq < "
                      "(SELECT events FROM run WHERE id = 1)"));
#if defined(_WIN32)
    expect_counted(
        db, "debug strings", counts.raised, exact,
        "SELECT count(*) FROM event_output_debug_string WHERE run_id = 1 AND text = 'raised'");
#else
    expect_counted(db, "signals", counts.raised, exact,
                   "SELECT count(*) FROM event_exception e JOIN code c ON c.domain = 'signal' AND "
                   "c.value = e.code AND c.word = 'SIGUSR1' "
                   "WHERE e.run_id = 1");
#endif
    expect_counted(db, "threads", counts.threads, false,
                   "SELECT count(*) FROM event WHERE run_id = 1 AND kind = 3");
    expect_counted(db, "loads", counts.loads, exact,
                   "SELECT count(*) FROM event_load_dll l " OF_PLUGIN);
    totals.nameless +=
        number(db, "SELECT count(*) FROM event_load_dll WHERE run_id = 1 AND module_id IS NULL");
    expect_counted(db, "unloads", counts.unloads, exact,
                   "SELECT count(*) FROM event_unload_dll u JOIN event_load_dll l ON l.run_id = "
                   "u.run_id AND l.seq = u.load_seq " OF_PLUGIN);
}

static void expect_no_ring(void)
{
    for (int run = 1; run <= 2; run++) {
        char path[1100];
        FILE *file;
        snprintf(path, sizeof path, "%s-run%d.ring", database, run);
        if ((file = fopen(path, "rb")) != NULL) {
            fclose(file);
            complain("ring files left", 0, 1);
        }
    }
}

/* Whether there is a file, and the killed recorder's run in it. */
static bool has_run(void)
{
    sqlite3 *db;
    bool has;

    if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_table_column_metadata(db, NULL, "run", NULL, NULL, NULL, NULL, NULL, NULL) !=
            SQLITE_OK)
        has = false;
    else
        has = number(db, "SELECT count(*) FROM run") > 0;
    sqlite3_close(db);
    return has;
}

static void check_file(struct counts counts, bool exact)
{
    sqlite3 *db;

    if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        host_fail(database);
    check_run(db, counts, exact);
    expect(
        "PRAGMA integrity_check", 1,
        number(db,
               "SELECT count(*) = 1 AND max(integrity_check) = 'ok' FROM pragma_integrity_check"));
    sqlite3_close(db);
    expect("status of trailview verify", 0,
           (uint64_t)run_program(trailview, "-d", database, "verify", NULL, NULL));
    expect_no_ring();
}

static void remove_files(void)
{
    char path[1100];

    remove(database);
    snprintf(path, sizeof path, "%s-wal", database);
    remove(path);
    snprintf(path, sizeof path, "%s-shm", database);
    remove(path);
    /* of a recorder that was killed before it said that there is a run */
    snprintf(path, sizeof path, "%s-run1.ring", database);
    remove(path);
}

static void do_run(uint64_t run)
{
    const struct mode *mode = &modes[run % MODES];
    const char *arguments[] = {trailrec, "-q",        "-o",       database, "--",
                               sample,   shared_path, mode->what, NULL};
    struct counting *shared = host_share(shared_path, sizeof *shared);
    intptr_t recorder = host_start(arguments, NULL);
    uint64_t events = run % 10 == 9 ? 0 : 1 + random_below(mode->most);
    struct counts counts;
    bool exact;

    wait_for_moment(recorder, shared, events, random_below(100));
    counts = kill_recorder(recorder, shared, run / MODES % 2 == 0, &exact);
    shared->stop = 1;
    host_wait_for_leftover(shared->pid);
    if (has_run()) {
        recover(run);
        check_file(counts, exact);
    } else {
        expect("events counted before there is a run", 0, sum_of(counts));
        totals.before_start++;
    }
    totals.runs[run % MODES]++;
    totals.counted += sum_of(counts);
    host_unshare(shared, sizeof *shared, shared_path);
    remove_files();
}

int main(int argument_count, char **arguments)
{
    uint64_t runs, seed, start = host_now_ns();

    if (argument_count < 6) {
        fprintf(stderr, "usage: crash TRAILREC TRAILVIEW COUNTING FOLDER RUNS [SEED]\n");
        return 2;
    }
    trailrec = arguments[1];
    trailview = arguments[2];
    sample = arguments[3];
    snprintf(database, sizeof database, "%s/crash.db", arguments[4]);
    snprintf(shared_path, sizeof shared_path, "%s/crash.counting", arguments[4]);
    snprintf(output_path, sizeof output_path, "%s/crash.out", arguments[4]);
    runs = strtoull(arguments[5], NULL, 10);
    random_state = seed = argument_count > 6 ? strtoull(arguments[6], NULL, 10) : start | 1;
    printf("crash: seed %" PRIu64 "\n", seed);
    fflush(stdout);
    host_prepare();
    remove_files();
    for (uint64_t run = 0; run < runs; run++)
        do_run(run);
    remove(output_path);
    printf("crash: %" PRIu64 " runs", runs);
    for (int i = 0; i < MODES; i++)
        printf("%s%" PRIu64 " %s", i == 0 ? " (" : ", ", totals.runs[i], modes[i].name);
    printf("; %" PRIu64 " frozen before, %" PRIu64 " killed before there was a run): %" PRIu64
           " events counted, all are in the file; %" PRIu64 " came from the rings of %" PRIu64
           " runs; %" PRIu64 " loads have no name; %.1f s\n",
           totals.frozen, totals.before_start, totals.counted, totals.from_rings,
           totals.looked_at_rings, totals.nameless, (double)(host_now_ns() - start) / 1e9);
    return 0;
}
