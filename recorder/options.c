/*
 * See options.h. The options of the contract that belong to launching; options.def lists them.
 */
#include "options.h"

#include "harmful.h"
#include "os.h"
#include "option_table.h"
#include "program.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "trailrec [options] [--] COMMAND [ARG...]\n"
                            "trailrec --turns [options] -- COMMAND... --next [-l -C -E] -- "
                            "COMMAND...\n"
                            "trailrec [options] -p PID [-p PID...]\n"
                            "trailrec [options] --wait NAME\n";
static const char details[] =
    "Runs COMMAND under the operating system's debug interface and keeps what that says - "
    "processes, threads, modules, exceptions or signals, debug strings - as one run in a trail "
    "file. Look at it with trailview.\n";
static const char after[] =
    "Exit status: COMMAND's own (a fatal signal is raised again), of several runs the first that "
    "is "
    "not 0; 125 trailrec failed, 126 COMMAND cannot be run, 127 it is not found.\n";

enum { LOOKS_MS = 20, RUNS_MAX = 1000000, SENTENCE_BYTES = 1024 };

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "options.def"
#undef OPTION
    OPTIONS
};

static const struct manual_option option_list[OPTIONS] = {
#define OPTION(id, ...) [OPTION_##id] = {__VA_ARGS__},
#include "options.def"
#undef OPTION
};

static enum options_action wrong(const char *format, ...) TRAIL_PRINTF(1, 2);

static enum options_action wrong(const char *format, ...)
{
    char sentence[SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    harmful_say("trailrec", sentence);
    return OPTIONS_WRONG;
}

static enum options_action read_looks(struct options *options, const char *value)
{
    char *end;
    unsigned long ms = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end != '\0' || ms > 3600000)
        return wrong("--looks takes milliseconds from 0 (never) to 3600000, not '%s'", value);
    options->session.looks_ms = (unsigned)ms;
    return OPTIONS_RECORD;
}

static enum options_action read_timeout(struct options *options, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);

    if (end == value || *end != '\0' || !isfinite(seconds) || seconds <= 0 || seconds > 1e6)
        return wrong("-t takes a number of seconds above 0 and up to 1000000, not '%s'", value);
    options->session.timeout_ns = (uint64_t)(seconds * 1e9);
    return OPTIONS_RECORD;
}

static enum options_action read_count(const char *option, const char *value, unsigned *count)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end != '\0' || number == 0 || number > RUNS_MAX)
        return wrong("%s takes a number of runs from 1 to %d, not '%s'", option, (int)RUNS_MAX,
                     value);
    *count = (unsigned)number;
    return OPTIONS_RECORD;
}

static enum options_action read_until(struct options *options, const char *value)
{
    struct trail_error error;

    if (options->session.until == NULL && (options->session.until = until_new()) == NULL)
        return wrong("out of memory");
    return until_add(options->session.until, value, &error) == 0 ? OPTIONS_RECORD
                                                                 : wrong("%s", error.sentence);
}

static enum options_action read_then(struct options *options, const char *value)
{
    static const struct {
        const char *word;
        enum session_then then;
    } words[] = {{"kill", THEN_KILL}, {"detach", THEN_DETACH}, {"stop", THEN_STOP}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i].word) == 0) {
            options->session.then = words[i].then;
            return OPTIONS_RECORD;
        }
    }
    return wrong("--then takes kill, detach or stop, not '%s'", value);
}

static enum options_action read_pid(struct options *options, const char *value)
{
    uint32_t *pid = options->pids;
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (end == value || *end != '\0' || *value == '-' || number == 0 || number > UINT32_MAX)
        return wrong("-p takes a process id, not '%s'", value);
    while (*pid != 0)
        pid++;
    *pid = (uint32_t)number;
    options->session.pids = options->pids;
    return OPTIONS_RECORD;
}

/* Whose -l, -C and -E are read just now. */
static struct side *side_of(struct options *options)
{
    return &options->sides[options->side_count - 1];
}

static enum options_action read_label(struct options *options, const char *value)
{
    const char *equals = strchr(value, '=');

    if (equals == NULL || equals == value)
        return wrong("-l takes KEY=VALUE, not '%s'", value);
    side_append(side_of(options)->labels, value);
    return OPTIONS_RECORD;
}

static enum options_action read_variable(struct options *options, const char *value)
{
    if (value[0] == '\0' || value[0] == '=')
        return wrong("-E takes VAR or VAR=VALUE, not '%s'", value);
    side_append(side_of(options)->variables, value);
    return OPTIONS_RECORD;
}

static enum options_action print_help(const char *form)
{
    static const struct manual_words words[] = {
        {"KIND[:PATTERN]", "load unload exception output mark exit thread process"},
        {"kill|detach|stop", "kill detach stop"},
        {"KINDS", "all none first load unload failed fault exception output mark thread"}};
    static const struct manual manual = {
        .program = "trailrec",
        .summary = "record what the operating system tells a debugger about a program",
        .usage = usage,
        .details = details,
        .after = after,
        .options = option_list,
        .option_count = OPTIONS,
        .words = words,
        .word_count = sizeof words / sizeof words[0],
    };

    if (form != NULL)
        return manual_print(&manual, form)
                   ? OPTIONS_EXIT
                   : wrong("--help takes man, bash, zsh or fish, not '%s'", form);
    printf("Usage: ");
    for (const char *line = usage; *line != '\0'; line += strcspn(line, "\n") + 1)
        printf("%s%.*s\n", line > usage ? "       " : "", (int)strcspn(line, "\n"), line);
    printf("\n");
    manual_print_text(details);
    printf("\n");
    for (int i = 0; i < OPTIONS; i++)
        manual_print_option(&option_list[i]);
    printf("\n");
    manual_print_text(after);
    return OPTIONS_EXIT;
}

/* What an option without an argument sets; NULL: it is none of those. */
static bool *flag_of(struct options *options, int option)
{
    switch (option) {
    case OPTION_FOLLOW:
        return &options->session.launch.follow;
    case OPTION_DEBUGINFOD:
        return &options->session.asks_debuginfod;
    case OPTION_LIVE:
        return &options->session.live;
    case OPTION_QUIET:
        return &options->quiet;
    case OPTION_KERNEL_TIMES:
        return &options->session.kernel_times;
    case OPTION_LOOKS_STOP:
        return &options->session.looks_stop;
    case OPTION_TURNS:
        return &options->takes_turns;
    case OPTION_NOP:
        return &options->session.nop;
    case OPTION_NEW_CONSOLE:
        return &options->session.launch.new_console;
    case OPTION_DEBUG_HEAP:
        return &options->session.launch.debug_heap;
    case OPTION_LOADER_SNAPS:
        return &options->session.launch.loader_snaps;
    default:
        return NULL;
    }
}

static enum options_action read_option(struct options *options, int option, char *value)
{
    bool *flag = flag_of(options, option);
    struct trail_error error;

    if (flag != NULL)
        *flag = true;
    switch (option) {
    case OPTION_OUTPUT:
        options->session.database = value;
        return *value != '\0' ? OPTIONS_RECORD : wrong("-o takes the name of a file");
    case OPTION_ATTACH:
        return read_pid(options, value);
    case OPTION_WAIT:
        options->session.awaited = value;
        return *value != '\0' ? OPTIONS_RECORD : wrong("--wait takes the name of a program");
    case OPTION_LABEL:
        return read_label(options, value);
    case OPTION_REPEAT:
        return read_count("-n", value, &options->repeat);
    case OPTION_WARMUP:
        return read_count("--warmup", value, &options->warmup);
    case OPTION_TIMEOUT:
        return read_timeout(options, value);
    case OPTION_UNTIL:
        return read_until(options, value);
    case OPTION_THEN:
        return read_then(options, value);
    case OPTION_STACK:
        return stack_kinds_read(&options->session.stacks, value, &error) == 0
                   ? OPTIONS_RECORD
                   : wrong("%s", error.sentence);
    case OPTION_DIRECTORY:
        side_of(options)->directory = value;
        return OPTIONS_RECORD;
    case OPTION_LOOKS:
        return read_looks(options, value);
    case OPTION_ENV_VALUES:
        side_append(options->environment_values, value);
        return OPTIONS_RECORD;
    case OPTION_ENV:
        return read_variable(options, value);
    case OPTION_VERSION:
        puts("trailrec " TRAIL_VERSION);
        return OPTIONS_EXIT;
    case OPTION_HELP:
        return print_help(value);
    default:
        return OPTIONS_RECORD;
    }
}

/* Options that do not go together. */
static enum options_action check_options(const struct options *options)
{
    const struct session_options *session = &options->session;
    const char *repeats = options->takes_turns   ? "--turns"
                          : options->repeat != 0 ? "-n"
                          : options->warmup != 0 ? "--warmup"
                                                 : NULL;
    bool attaches = session_attaches(session);

    if (session->pids != NULL && session->awaited != NULL)
        return wrong("-p attaches to what runs already, --wait to what comes: give one of them");
    if (attaches && session->kernel_times)
        return wrong("--kernel-times is for a COMMAND: what runs already cannot be observed so");
    if (attaches && session->launch.loader_snaps)
        return wrong("--loader-snaps is for a COMMAND: the loader of what runs already is not "
                     "asked again");
    if (attaches && repeats != NULL)
        return wrong("%s is for a COMMAND: what runs already cannot be run again", repeats);
    if (session->then != THEN_DEFAULT && session->timeout_ns == 0 && session->until == NULL)
        return wrong("--then says what a stop condition does; give one too: -t or --until");
    if (session->then == THEN_STOP && repeats != NULL)
        return wrong("--then stop leaves a COMMAND standing; it does not go with %s", repeats);
    if (session->looks_stop && session->looks_ms == 0)
        return wrong("--looks-stop is about looks, and --looks 0 has none: give one of them");
    if (options->takes_turns && options->side_count < 2)
        return wrong("--turns is for two COMMANDs or more, with --next between them");
    return OPTIONS_RECORD;
}

/* The options up to a command; optind says where that begins. */
static enum options_action read_options(int argument_count, char **arguments,
                                        struct options *options)
{
    struct option_table table;
    struct trail_error error;
    int option;

    /* "+": what follows COMMAND is COMMAND's own; ":" tells a missing argument. */
    option_table_fill(&table, option_list, OPTIONS, "+:");
    optind = 0; /* as if for the first time */
    opterr = 0;
    while ((option = getopt_long(argument_count, arguments, table.shorts, table.longs, NULL)) !=
           -1) {
        enum options_action action;
        int id = option_table_index(option_list, OPTIONS, option);
        if (option == '?' || option == ':') {
            option_table_wrong(option_list, OPTIONS, option, arguments[optind - 1],
                               "trailrec --help", &error);
            return wrong("%s", error.sentence);
        }
        if (options->side_count > 1 && id != OPTION_LABEL && id != OPTION_DIRECTORY &&
            id != OPTION_ENV)
            return wrong("after --next there are -l, -C and -E, which are each COMMAND's own; "
                         "--%s stands before the first COMMAND",
                         option_list[id].name);
        action = read_option(options, id, optarg);
        if (action != OPTIONS_RECORD)
            return action;
    }
    return OPTIONS_RECORD;
}

/*
 * The options of one more command and the command itself, which ends at --next where commands take
 * turns. *at is where they begin, behind the program's name or a --next, and afterwards where they
 * end.
 */
static enum options_action read_side(int argument_count, char **arguments, int *at,
                                     struct options *options)
{
    struct side *side = &options->sides[options->side_count++];
    enum options_action action;
    int first, end = argument_count;
    bool attaches;

    if (side_init(side, argument_count - *at) != 0)
        return wrong("out of memory");
    action = read_options(argument_count - *at, arguments + *at, options);
    if (action != OPTIONS_RECORD)
        return action;
    first = *at + optind;
    if (options->takes_turns)
        for (end = first; end < argument_count && strcmp(arguments[end], "--next") != 0;)
            end++;
    attaches = session_attaches(&options->session);
    if (attaches && first < end)
        return wrong("%s attaches to what %s; it cannot launch '%s' too",
                     options->session.pids != NULL ? "-p" : "--wait",
                     options->session.pids != NULL ? "runs already" : "comes", arguments[first]);
    if (!attaches && first == end)
        return wrong(options->side_count > 1 || end < argument_count
                         ? "no command on one side of --next; see 'trailrec --help'"
                         : "no command given; see 'trailrec --help'");
    side->arguments = arguments + first;
    side->command_line = os_command_line_from(end, arguments, attaches ? 1 : first);
    if (side->command_line == NULL)
        return wrong("out of memory");
    *at = end;
    return OPTIONS_RECORD;
}

static enum options_action read_sides(int argument_count, char **arguments, struct options *options)
{
    enum options_action action;
    int at = 0, ends[SIDES_MAX];

    do {
        if (options->side_count == SIDES_MAX)
            return wrong("--turns is for %d COMMANDs at most", (int)SIDES_MAX);
        action = read_side(argument_count, arguments, &at, options);
        if (action != OPTIONS_RECORD)
            return action;
        ends[options->side_count - 1] = at;
    } while (at < argument_count);
    for (unsigned i = 0; i < options->side_count; i++)
        arguments[ends[i]] = NULL;
    return check_options(options);
}

enum options_action options_read(int argument_count, char **arguments, struct options *options)
{
    enum options_action action;
    const char *database;

    memset(options, 0, sizeof *options);
    options->session.looks_ms = LOOKS_MS;
    options->session.stacks = stack_kinds_default;
    options->pids = calloc((size_t)argument_count + 1, sizeof *options->pids);
    options->environment_values =
        calloc((size_t)argument_count + 1, sizeof *options->environment_values);
    if (options->environment_values == NULL || options->pids == NULL)
        return wrong("out of memory");
    action = read_sides(argument_count, arguments, options);
    if (action != OPTIONS_RECORD)
        return action;
    database = program_environment("TRAIL_DB");
    if (options->session.database == NULL)
        options->session.database = database != NULL && *database != '\0' ? database : "trail.db";
    options->session.environment_values = options->environment_values;
    return OPTIONS_RECORD;
}

void options_free(struct options *options)
{
    for (unsigned i = 0; i < options->side_count; i++)
        side_release(&options->sides[i]);
    free(options->environment_values);
    free(options->pids);
    until_free(options->session.until);
}
