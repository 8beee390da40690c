/*
 * The benchmark: runs each workload by each of its runners, round by round (each round starts with
 * another runner, so that none always comes first or after the same one), and prints medians,
 * ratios, and whether what the project claims holds.
 *
 *     bench [--rounds N] [--workload GLOB]... [--runner GLOB] [--quick] [--wine BUILD]
 *     [--against BUILD] [--wine-against BUILD] [--patience SECONDS] [--json FILE] [--folder FOLDER]
 *     [--list]
 *
 * Where others use the machine too, --patience says how long in all to wait for it to be quiet;
 * disturbed samples are then taken again. SIGINT and SIGTERM end it early: then what was measured
 * so far is printed. Exit status: 0 if everything ran, whatever was measured; 2 if not.
 */
#define _DEFAULT_SOURCE
#include "quiet.h"
#include "report.h"

#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
    MAX_PATTERNS = 16,
    MAX_RUNNERS = 16,
    MAX_WORDS = 3 * MAX_ARGUMENTS,
    TEXT_BYTES = 8192,
    IDLE_SECONDS = 2,
    INPUT_BYTES = 8 * 1024 * 1024
};

struct options {
    unsigned rounds;
    const char *patterns[MAX_PATTERNS];
    size_t pattern_count;
    const char *json, *folder;
    const char *runners; /* glob; NULL: all */
    /* Builds; "" without. */
    char wine[PATH_MAX], other[PATH_MAX], wine_other[PATH_MAX];
    double patience; /* seconds, in all, to wait for a quiet machine */
    bool quick, list;
};

/* Others may use this many processors on average while a sample is taken that shall count. */
static const double DISTURBED = 0.15;
#define LONG_ENOUGH_NS UINT64_C(100000000)

static struct options options = {.rounds = 7, .folder = "bench-scratch"};
static struct results results;
static struct conditions conditions;
static volatile sig_atomic_t is_ended; /* by a signal */

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s%s%s\n", what, which != NULL ? ": " : "", which != NULL ? which : "");
    exit(2);
}

/* The values of {name} in arguments. */
static const struct variable {
    const char *name, *value;
} constants[] = {
    {"{trailrec}", BENCH_TRAILREC},
    {"{trailfake}", BENCH_TRAILFAKE},
    {"{trailview}", BENCH_TRAILVIEW},
    {"{programs}", BENCH_PROGRAMS},
    {"{source}", BENCH_SOURCE},
    {"{other}", options.other},
    {"{wine}", options.wine},
    {"{wine-other}", options.wine_other},
    {"{windows}", NULL}, /* Z:{wine}/tests/bench/programs */
    {"{n}", NULL},
};

static void value_of(const struct variable *variable, long count, char *text)
{
    if (variable->value != NULL)
        snprintf(text, TEXT_BYTES, "%s", variable->value);
    else if (strcmp(variable->name, "{n}") == 0)
        snprintf(text, TEXT_BYTES, "%ld", count);
    else
        snprintf(text, TEXT_BYTES, "Z:%s/tests/bench/programs", options.wine);
}

static char *expand(const char *argument, long count)
{
    static char text[2 * TEXT_BYTES], value[TEXT_BYTES];
    size_t length = 0;
    char *copy;

    while (*argument != '\0' && length < TEXT_BYTES) {
        size_t i = 0;
        while (i < sizeof constants / sizeof *constants &&
               strncmp(argument, constants[i].name, strlen(constants[i].name)) != 0)
            i++;
        if (i == sizeof constants / sizeof *constants) {
            text[length++] = *argument++;
            continue;
        }
        value_of(&constants[i], count, value);
        strcpy(text + length, value);
        length += strlen(value);
        argument += strlen(constants[i].name);
    }
    text[length] = '\0';
    if ((copy = strdup(text)) == NULL)
        die("out of memory", NULL);
    return copy;
}

/* The whole command: the runner's words, then the workload's. */
static void make_command(const struct result *result, char *words[MAX_WORDS])
{
    const char *const *parts[] = {result->runner->arguments, result->workload->arguments};
    size_t count = 0;

    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < MAX_ARGUMENTS && parts[part][i] != NULL; i++) {
            bool is_follow = strcmp(parts[part][i], "{follow}") == 0;
            if (!is_follow || result->workload->follow)
                words[count++] = expand(is_follow ? "-f" : parts[part][i], result->count);
        }
    }
    words[count] = NULL;
}

static void measure(struct result *result, bool keep)
{
    char *words[MAX_WORDS];
    struct sample sample;
    char what[256];
    int status;

    make_command(result, words);
    if (result->workload->idle && !options.quick)
        sleep(IDLE_SECONDS);
    status = result->runner->appends ? measure_prepare(words) : 0;
    if (status == 0)
        status = measure_command(words, &sample);
    if (status != 0 && !is_ended) {
        snprintf(what, sizeof what, "'%s' failed on workload '%s' with status %d",
                 result->runner->name, result->workload->name, status);
        die(what, words[0]);
    }
    if (!is_ended && result->workload->beside && sample.beside_ns == 0)
        die("no time from the clock beside the target", result->workload->name);
    if (!is_ended && result->workload->system == PIPELINE && sample.events != 0 &&
        sample.events != (uint64_t)result->count)
        die("events are missing in the file", result->workload->name);
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    if (keep && !is_ended && results_add_sample(result, &sample) != 0)
        die("out of memory", NULL);
}

static unsigned rounds_of(const struct result *result)
{
    unsigned limits[] = {result->workload->max_rounds, result->runner->max_rounds},
             rounds = options.rounds;

    for (size_t i = 0; i < 2; i++)
        if (limits[i] != 0 && limits[i] < rounds)
            rounds = limits[i];
    return rounds;
}

static void wait_for_quiet(void)
{
    double waited = quiet_wait(options.patience);

    options.patience -= waited;
    conditions.waited += waited;
}

/*
 * Whether what was measured since the mark must be measured again, since others used the machine;
 * then waits until they no longer do.
 */
static bool is_disturbed(const struct quiet_mark *mark, const struct workload *workload)
{
    /* Under Wine a server that is no child of ours does much of the work. */
    if (workload->system == WINE || quiet_mark().now_ns - mark->now_ns < LONG_ENOUGH_NS ||
        quiet_others_since(mark) <= DISTURBED)
        return false;
    conditions.disturbed++;
    if (options.patience <= 0 || is_ended)
        return false;
    wait_for_quiet();
    return true;
}

/*
 * The order rotates, and every second time goes backwards: what ran before is felt (under Wine by
 * half), and is not always the same.
 */
static size_t turn_of(size_t i, size_t count, unsigned round)
{
    size_t place = (i + round) % count;

    return round % 2 == 0 ? place : count - 1 - place;
}

/* One of all runners. Round 0 warms caches up and is not kept. */
static void run_each(struct result *first, size_t count, unsigned round)
{
    for (size_t i = 0; i < count; i++) {
        struct result *result = &first[turn_of(i, count, round)];
        struct quiet_mark mark;
        if (is_ended || round > rounds_of(result) ||
            (round == 0 && result->runner->max_rounds != 0))
            continue;
        if (result->workload->system == WINE && options.patience > 0)
            wait_for_quiet();
        do {
            mark = quiet_mark();
            measure(result, round != 0);
        } while (result->runner->max_rounds != 1 && is_disturbed(&mark, result->workload) &&
                 (round == 0 || result->size-- > 0));
    }
}

/* Samples that are too short to be judged alone are judged together. */
static void run_round(struct result *first, size_t count, unsigned round)
{
    size_t sizes[MAX_RUNNERS];
    struct quiet_mark mark;

    for (;;) {
        for (size_t i = 0; i < count; i++)
            sizes[i] = first[i].size;
        mark = quiet_mark();
        run_each(first, count, round);
        if (first->workload->times == 1 || !is_disturbed(&mark, first->workload))
            return;
        for (size_t i = 0; i < count; i++)
            first[i].size = sizes[i];
    }
}

static void end(int signal)
{
    (void)signal;
    is_ended = 1;
}

/* What interrupts a wait, so that the command that is being measured can be ended, too. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = end};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* The file that the commands of trailview look at: the last one is of as many events, or new. */
static void make_view(long count)
{
    static const char *const parts[] = {"{trailfake}", "-q",           "-o", "../view.db",
                                        "--",          "generate:{n}", NULL};
    static long made;
    char *words[MAX_WORDS] = {NULL};

    if (made == count)
        return;
    for (size_t i = 0; parts[i] != NULL; i++)
        words[i] = expand(parts[i], count);
    unlink("../view.db");
    if (measure_prepare(words) != 0 && !is_ended)
        die("cannot make a file of events", words[0]);
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    made = count;
}

/* Whether what the runner needs is installed; where it names a build, whether one was given. */
static bool has_needed(const struct runner *runner)
{
    char *needs;
    bool has;

    if (runner->needs == NULL)
        return true;
    needs = expand(runner->needs, 0);
    has = measure_has_program(needs);
    free(needs);
    return has;
}

static void run_workload(const struct workload *workload)
{
    size_t first = results.size, count = 0;
    char title[256];

    for (size_t i = 0; i < runner_count; i++) {
        const struct runner *runner = &runners[i];
        if (runner->system != workload->system || (workload->beside && runner->not_beside) ||
            (runner->appends && (workload->beside || workload->times == 1)))
            continue;
        if (workload->system == PIPELINE && strcmp(runner->name, "trailfake") != 0 &&
            strncmp(workload->name, "events-", 7) != 0)
            continue; /* the plain loop has only the mixed events */
        if (!has_needed(runner) ||
            (options.runners != NULL && fnmatch(options.runners, runner->name, 0) != 0))
            continue;
        if (results_add(&results, workload, runner,
                        options.quick ? workload->quick_count : workload->count) == NULL)
            die("out of memory", NULL);
        count++;
    }
    report_title(workload, results.items[first].count, title, sizeof title);
    if (workload->system == VIEWER)
        make_view(results.items[first].count);
    for (unsigned round = options.quick ? 1 : 0; round <= options.rounds && !is_ended; round++) {
        fprintf(stderr, "\rbench: %s, round %u of %u  ", workload->name, round, options.rounds);
        for (unsigned i = 0; i < (options.quick || round == 0 ? 1 : workload->times); i++)
            run_round(&results.items[first], count, round);
    }
    fputc('\n', stderr);
}

static bool is_chosen(const struct workload *workload)
{
    if (workload->system == WINE && options.wine[0] == '\0')
        return false;
    for (size_t i = 0; i < options.pattern_count; i++)
        if (fnmatch(options.patterns[i], workload->name, 0) == 0)
            return true;
    return options.pattern_count == 0;
}

/* What 7za compresses: the same bytes each time, neither random nor all alike. */
static void make_input(void)
{
    FILE *file = fopen("../input", "wb");
    uint64_t state = 1;

    if (file == NULL)
        die("cannot make the file to compress", strerror(errno));
    for (long written = 0; written < INPUT_BYTES; written += 8) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        fprintf(file, "%07x\n", (unsigned)(state >> 51));
    }
    if (fclose(file) != 0)
        die("cannot make the file to compress", strerror(errno));
}

static void enter_folder(void)
{
    char runs[PATH_MAX];

    if ((mkdir(options.folder, 0777) != 0 && errno != EEXIST) ||
        snprintf(runs, sizeof runs, "%s/runs", options.folder) >= PATH_MAX ||
        (mkdir(runs, 0777) != 0 && errno != EEXIST) || chdir(runs) != 0)
        die(options.folder, strerror(errno));
    if (options.wine[0] != '\0')
        make_input();
}

static double load_now(void)
{
    double load = 0;

    return getloadavg(&load, 1) == 1 ? load : -1;
}

static void list_all(void)
{
    char title[256];

    for (size_t i = 0; i < workload_count; i++) {
        report_title(&workloads[i], workloads[i].count, title, sizeof title);
        printf("%-14s %s%s\n", workloads[i].name, title,
               workloads[i].beside ? " (by a clock beside the target)" : "");
    }
}

static void say_missing(void)
{
    for (size_t i = 0; i < runner_count; i++)
        if (!has_needed(&runners[i]) && runners[i].needs[0] != '{')
            printf("left out: %s is not installed\n", runners[i].needs);
    if (options.wine[0] == '\0')
        printf("left out: Windows programs (--wine BUILD)\n");
}

/* `needed`, by which it is known to be one, is made. */
static void take_build(const char *folder, char build[PATH_MAX], const char *needed)
{
    char program[2 * PATH_MAX];

    if (realpath(folder, build) == NULL)
        die(folder, strerror(errno));
    snprintf(program, sizeof program, "%s/%s", build, needed);
    if (access(program, X_OK) != 0)
        die(program, strerror(errno));
}

static void parse(int argc, char **argv)
{
    static const struct option known[] = {
        {"rounds", required_argument, NULL, 'r'},
        {"workload", required_argument, NULL, 'w'},
        {"quick", no_argument, NULL, 'q'},
        {"runner", required_argument, NULL, 'R'},
        {"wine", required_argument, NULL, 'W'},
        {"against", required_argument, NULL, 'a'},
        {"wine-against", required_argument, NULL, 'A'},
        {"json", required_argument, NULL, 'j'},
        {"folder", required_argument, NULL, 'f'},
        {"list", no_argument, NULL, 'l'},
        {"patience", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'r')
            options.rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'w' && options.pattern_count < MAX_PATTERNS)
            options.patterns[options.pattern_count++] = optarg;
        else if (option == 'q')
            options.quick = true;
        else if (option == 'R')
            options.runners = optarg;
        else if (option == 'W')
            take_build(optarg, options.wine, "tests/bench/programs/seed_loop_windows.exe");
        else if (option == 'a')
            take_build(optarg, options.other, "recorder/trailrec");
        else if (option == 'A')
            take_build(optarg, options.wine_other, "recorder/trailrec.exe");
        else if (option == 'j')
            options.json = optarg;
        else if (option == 'f')
            options.folder = optarg;
        else if (option == 'p')
            options.patience = strtod(optarg, NULL);
        else if (option == 'l')
            options.list = true;
        else if (option == '?' || option == 'w')
            exit(2);
    }
    if (optind != argc || options.rounds == 0)
        die("usage: bench [--rounds N] [--workload GLOB] [--runner GLOB] [--quick] [--wine BUILD] "
            "[--against BUILD] [--wine-against BUILD] [--patience SECONDS] [--json FILE] "
            "[--folder FOLDER] [--list]",
            NULL);
}

static void fill_conditions(void)
{
    struct utsname name;

    uname(&name);
    snprintf(conditions.system, sizeof conditions.system, "%.60s %.60s %.60s", name.sysname,
             name.release, name.machine);
    conditions.processors = sysconf(_SC_NPROCESSORS_ONLN);
    conditions.rounds = options.rounds;
    conditions.quick = options.quick;
    conditions.load_before = load_now();
}

int main(int argc, char **argv)
{
    char json[PATH_MAX] = "";
    struct quiet_mark start;

    parse(argc, argv);
    if (options.list) {
        list_all();
        return 0;
    }
    if (options.json != NULL && options.json[0] != '/' &&
        getcwd(json, sizeof json - strlen(options.json) - 1) != NULL)
        strcat(json, "/");
    if (options.json != NULL)
        strncat(json, options.json, sizeof json - strlen(json) - 1);
    watch_signals();
    enter_folder();
    fill_conditions();
    start = quiet_mark();
    for (size_t i = 0; i < workload_count; i++)
        if (is_chosen(&workloads[i]) && !is_ended)
            run_workload(&workloads[i]);
    unlink("../view.db");
    if (is_ended)
        printf("ended early: what was measured so far\n");
    conditions.load_after = load_now();
    conditions.stolen = quiet_stolen_since(&start);
    report_conditions(&conditions);
    say_missing();
    report_tables(&results);
    report_claims(&results);
    if (options.json != NULL && report_json(json, &results, &conditions) != 0)
        die(json, strerror(errno));
    results_release(&results);
    return is_ended ? 2 : 0;
}
