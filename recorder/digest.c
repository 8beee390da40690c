/* See digest.h. */
#include "digest.h"

#include "harmful.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_safely(const char *before, const char *text)
{
    fputs(before, stderr);
    harmful_print(stderr, text);
}

static void print_exit(const struct platform_exit *exit)
{
    char code[EVENT_EXIT_CODE_CAPACITY];

    if (exit->signal != 0) {
        fprintf(stderr, "killed by signal %d", exit->signal);
        return;
    }
    event_exit_code(exit->exit_code, code);
    fprintf(stderr, "exit code %s", code);
}

/* ", 1 load" */
static void print_count(const char *before, uint64_t count, const char *what)
{
    fprintf(stderr, "%s%" PRIu64 " %s%s", before, count, what, count == 1 ? "" : "s");
}

static void print_end(const struct session_result *result)
{
    if (result->end == SESSION_FAILED)
        fprintf(stderr, "lost");
    else if (result->killed)
        fprintf(stderr, "killed");
    else if (result->standing.count > 0)
        fprintf(stderr, "left standing");
    else if (result->exit.ended)
        print_exit(&result->exit);
    else
        fprintf(stderr, "detached");
    if (result->end == SESSION_TIMED_OUT)
        fprintf(stderr, " at the time limit");
    else if (result->end == SESSION_STOPPED && result->killed)
        fprintf(stderr, " on request");
    else if (result->end == SESSION_UNTIL)
        print_safely(" at ", result->met);
}

static void print_unmet(const struct until *until)
{
    fprintf(stderr, "trailrec: ");
    for (unsigned i = 0; i < until_count(until); i++)
        print_safely(i > 0 ? ", " : "", until_text(until, i));
    fprintf(stderr, until_count(until) > 1 ? ": none of them came\n" : " did not come\n");
}

/* The exceptions that the program would not have without a debugger are none of its own. */
static void print_counts(const struct session_result *result)
{
    const struct run_counts *counts = &result->counts;
    uint64_t exceptions = counts->by_kind[EVENT_EXCEPTION];
    char held[TEXT_DURATION_CAPACITY];

    print_count(", ", counts->events, "event");
    print_count(" (", counts->by_kind[EVENT_LOAD_DLL], "load");
    print_count(", ",
                exceptions -
                    (result->debuggers_own < exceptions ? result->debuggers_own : exceptions),
                "exception");
    fprintf(stderr, "), held %s\n", text_duration(held, (int64_t)counts->hold_ns));
}

static void print_failed(const struct failed_loads *failed)
{
    for (unsigned i = 0; i < failed->count && i < FAILED_LOADS_MAX; i++) {
        print_safely("trailrec: ", failed->sentences[i]);
        fprintf(stderr, "\n");
    }
    if (failed->count > FAILED_LOADS_MAX)
        fprintf(stderr, "trailrec: and %u more, see: trailview loads --failed\n",
                failed->count - FAILED_LOADS_MAX);
}

/* A start-up that Windows' loader has ended, who told no name. */
static void print_snaps_hint(const struct options *options, const struct platform_exit *exit)
{
    static const uint32_t statuses[] = {0xC0000135, 0xC0000139, 0xC0000142};

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (exit->ended && exit->exit_code == statuses[i] && !options->session.launch.loader_snaps)
            fprintf(stderr, "trailrec: with --loader-snaps Windows' loader says itself what it "
                            "missed\n");
}

/* What was awaited, and what of it was missed. */
static void print_newcomer(const struct session_result *result)
{
    const struct os_newcomer *newcomer = &result->newcomer;
    char age[TEXT_DURATION_CAPACITY];

    print_safely("trailrec: ", newcomer->name);
    fprintf(stderr, " (%" PRIu32 ") had run for at most %s when it was attached to; ",
            newcomer->pid, text_duration(age, (int64_t)newcomer->age_ns));
    print_count("", result->newcomers_loads, "module");
    fprintf(stderr, " had been loaded by then\n");
}

void digest_print_run(const struct options *options, unsigned side,
                      const struct session_result *result)
{
    char wall[TEXT_DURATION_CAPACITY];

    if (options->session.awaited != NULL)
        print_newcomer(result);
    fprintf(stderr, "trailrec: ");
    if (options->side_count > 1)
        fprintf(stderr, "%c: ", 'A' + (int)side);
    if (!options->session.nop)
        fprintf(stderr, "run %" PRId64 ": ", result->run_id);
    print_end(result);
    fprintf(stderr, " after %s", text_duration(wall, (int64_t)result->wall_ns));
    if (options->session.nop)
        fprintf(stderr, "; nothing recorded (--nop)\n");
    else
        print_counts(result);
    print_failed(&result->failed);
    print_snaps_hint(options, &result->exit);
    if (options->session.until != NULL && result->end != SESSION_UNTIL)
        print_unmet(options->session.until);
    fflush(stderr);
}

/* As it can be typed, in the shells of all systems. */
static void print_path(const char *path)
{
    const char *quote = strpbrk(path, "\"$`!") != NULL                         ? "'"
                        : strpbrk(path, " \t\n'\\*?[](){}<>|&;#~%^,=") != NULL ? "\""
                                                                               : "";

    fputs(quote, stderr);
    for (size_t length; *path != '\0'; path += length) {
        char part[1024];
        length = strcspn(path, *quote == '\'' ? "'" : "");
        length = text_cut(path, length, sizeof part - 1);
        memcpy(part, path, length);
        part[length] = '\0';
        harmful_print(stderr, part);
        if (length == 0 && *path == '\'') {
            fputs("'\\''", stderr);
            length = 1;
        }
    }
    fputs(quote, stderr);
}

void digest_print_look(const struct options *options, const int64_t *run_ids, unsigned count)
{
    const char *label = side_own_label(&options->sides[0], NULL);

    if (options->session.nop || count == 0)
        return;
    fprintf(stderr, "trailrec: look at %s with: trailview", count > 1 ? "them" : "it");
    fputs(" -d ", stderr);
    print_path(options->session.database);
    if (count == 1) {
        fprintf(stderr, " summary %" PRId64 "\n", run_ids[0]);
    } else if (label != NULL) {
        print_safely(" stats @", label);
        fprintf(stderr, "\n");
    } else if (count > DIGEST_IDS_MAX) {
        fprintf(stderr, " runs\n");
    } else {
        fprintf(stderr, " stats");
        for (unsigned i = 0; i < count; i++)
            fprintf(stderr, " %" PRId64, run_ids[i]);
        fprintf(stderr, "\n");
    }
    fflush(stderr);
}

/* Of a text that may be long. */
static void print_beginning(const char *text)
{
    char part[64];
    size_t length = strlen(text), kept = text_cut(text, length, sizeof part - 1);

    memcpy(part, text, kept);
    part[kept] = '\0';
    print_safely("", part);
    fputs(kept < length ? "..." : "", stderr);
}

static void print_side(const struct options *options, unsigned index, struct turns_side *runs)
{
    char median[TEXT_DURATION_CAPACITY], least[TEXT_DURATION_CAPACITY],
        most[TEXT_DURATION_CAPACITY];
    struct turns_times times = turns_times(runs->wall_ns, runs->runs);

    fprintf(stderr, "trailrec: %c: ", 'A' + (int)index);
    for (const char **label = options->sides[index].labels; *label != NULL; label++)
        print_safely(label > options->sides[index].labels ? " " : "", *label);
    print_count(options->sides[index].labels[0] != NULL ? ", " : "", runs->runs, "run");
    fprintf(stderr, ", median %s (%s to %s), held ", text_duration(median, (int64_t)times.median),
            text_duration(least, (int64_t)times.least), text_duration(most, (int64_t)times.most));
    times = turns_times(runs->hold_ns, runs->runs);
    fputs(text_duration(median, (int64_t)times.median), stderr);
    if (runs->not_zero > 0)
        fprintf(stderr, ", %u did not end with 0", runs->not_zero);
    fputs(": ", stderr);
    print_beginning(options->sides[index].command_line);
    fputs("\n", stderr);
}

/* The first side against another. */
static void print_comparison(const struct options *options, struct turns_side *sides, unsigned b)
{
    const char *labels[2] = {side_own_label(&options->sides[0], &options->sides[b]),
                             side_own_label(&options->sides[b], &options->sides[0])};
    bool has_labels = labels[0] != NULL && labels[1] != NULL;

    if (!has_labels && (sides[0].runs > 1 || sides[b].runs > 1))
        return; /* said before the first turn */
    fprintf(stderr, "trailrec: compare them with: trailview -d ");
    print_path(options->session.database);
    if (has_labels) {
        print_safely(" diff @", labels[0]);
        print_safely(" @", labels[1]);
        fputs("\n", stderr);
    } else {
        fprintf(stderr, " diff %" PRId64 " %" PRId64 "\n", sides[0].only_run, sides[b].only_run);
    }
}

void digest_print_turns(const struct options *options, struct turns_side *sides)
{
    for (unsigned i = 0; i < options->side_count; i++)
        if (sides[i].runs > 0)
            print_side(options, i, &sides[i]);
    for (unsigned i = 1; i < options->side_count && !options->session.nop; i++)
        if (sides[0].runs > 0 && sides[i].runs > 0)
            print_comparison(options, sides, i);
    fflush(stderr);
}

/* What does not fit into the list is counted. */
static void print_processes(const struct session_processes *processes)
{
    for (unsigned i = 0; i < processes->count && i < SESSION_PROCESSES_MAX; i++) {
        const struct platform_process *process = &processes->processes[i];
        fprintf(stderr, "%s%" PRIu32, i > 0 ? ", " : "", process->pid);
        if (process->name[0] != '\0') {
            print_safely(" (", process->name);
            fprintf(stderr, ")");
        }
    }
    if (processes->count > SESSION_PROCESSES_MAX)
        fprintf(stderr, " and %u more", processes->count - SESSION_PROCESSES_MAX);
    fprintf(stderr, "\n");
}

void digest_print_standing(const struct session_result *result)
{
    const struct session_processes *standing = &result->standing;

    fprintf(stderr, "trailrec: standing still, untraced: ");
    print_processes(standing);
    fprintf(stderr, "trailrec: to go on: ");
    if (result->continue_command != NULL) {
        fprintf(stderr, "%s", result->continue_command);
        for (unsigned i = 0; i < standing->count && i < SESSION_PROCESSES_MAX; i++)
            fprintf(stderr, " %" PRIu32, standing->processes[i].pid);
        fprintf(stderr, ", or ");
    }
    fprintf(stderr, "%s\n", result->continue_hint);
    fflush(stderr);
}

void digest_print_waiting(const struct session_processes *others)
{
    fprintf(stderr, "trailrec: the program has ended; waiting for what it started: ");
    print_processes(others);
    fflush(stderr);
}
