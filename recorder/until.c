/* See until.h. The names of exceptions and signals are those of exception_codes.def. */
#include "until.h"

#include "platform.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    /*
     * modules that are watched for their unload at one time; of more than that the unload is not
     * seen
     */
    LOADED_MAX = 4096,
    CODE_BYTES_MAX = 64,   /* of a name in exception_codes.def */
    NAME_BYTES_MAX = 1024, /* of a file */
    FIRST_TOUCHED_BYTES = 16 * 1024,
    FIRST_REALTIME_SIGNAL = 34, /* SIGRTMIN and SIGRTMAX as glibc and musl have them */
    LAST_REALTIME_SIGNAL = 64
};

struct condition {
    const char *text;
    enum event_kind kind;
    const char *pattern; /* NULL: any */
    bool has_number;     /* of an exception, signal or exit code */
    uint32_t number, hex_number;
};

/* A module that is there, and whose unload would meet a condition. */
struct loaded {
    uint32_t pid;
    uint64_t base;
    const char *text;
};

struct until {
    struct condition *conditions;
    unsigned count;
    uint32_t kinds;
    struct loaded *loaded; /* room for LOADED_MAX; NULL if no condition needs it */
    unsigned loaded_count;
    char text[EVENT_BYTES_MAX + 1]; /* what is being matched, with a NUL behind it */
};

struct until *until_new(void)
{
    struct until *until = calloc(1, sizeof *until);

    if (until != NULL)
        /* now, and not page by page while the target stands still */
        memset(until->text, '?', FIRST_TOUCHED_BYTES);
    return until;
}

void until_free(struct until *until)
{
    if (until == NULL)
        return;
    free(until->conditions);
    free(until->loaded);
    free(until);
}

unsigned until_count(const struct until *until)
{
    return until->count;
}

const char *until_text(const struct until *until, unsigned index)
{
    return until->conditions[index].text;
}

uint32_t until_kinds(const struct until *until)
{
    return until->kinds;
}

bool until_asks_thread_names(const struct until *until)
{
    for (unsigned i = 0; i < until->count; i++)
        if (until->conditions[i].kind == EVENT_CREATE_THREAD &&
            until->conditions[i].pattern != NULL)
            return true;
    return false;
}

void until_restart(struct until *until)
{
    until->loaded_count = 0;
}

/*
 * "EXCEPTION_ACCESS_VIOLATION", "access_violation"; "SIGUSR1", "usr1"; what stands in brackets
 * behind a name explains it.
 */
static bool matches_name(const char *pattern, const char *full_name)
{
    static const char *const prefixes[] = {"EXCEPTION_", "STATUS_", "DBG_", "SIG"};
    char name[CODE_BYTES_MAX];
    const char *bracket = strstr(full_name, " (");
    size_t length = bracket != NULL ? (size_t)(bracket - full_name) : strlen(full_name);

    if (length >= sizeof name)
        return false;
    memcpy(name, full_name, length);
    name[length] = '\0';
    if (text_glob(pattern, name, true))
        return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0 &&
            text_glob(pattern, name + strlen(prefixes[i]), true))
            return true;
    return false;
}

static bool matches_code(const struct condition *condition, uint32_t code, bool is_signal)
{
    const struct code_name *names;
    size_t count = event_code_names(&names);

    if (condition->has_number)
        return code == condition->number || (code == condition->hex_number && !is_signal);
    for (size_t i = 0; i < count; i++)
        if (names[i].code == code && names[i].is_signal == is_signal &&
            matches_name(condition->pattern, names[i].name))
            return true;
    return false;
}

static bool is_known_name(const char *pattern)
{
    const struct code_name *names;
    size_t count = event_code_names(&names);

    for (size_t i = 0; i < count; i++)
        if (matches_name(pattern, names[i].name))
            return true;
    return false;
}

/* SIGRTMIN, SIGRTMIN+3, SIGRTMAX-1. */
static bool read_realtime_signal(const char *pattern, uint32_t *number)
{
    bool from_end = strncmp(pattern, "SIGRTMAX", 8) == 0;
    unsigned long distance = 0;
    char *end = (char *)pattern + 8;

    if (!from_end && strncmp(pattern, "SIGRTMIN", 8) != 0)
        return false;
    if (*end == (from_end ? '-' : '+') && end[1] >= '0' && end[1] <= '9')
        distance = strtoul(end + 1, &end, 10);
    if (*end != '\0' || distance > LAST_REALTIME_SIGNAL - FIRST_REALTIME_SIGNAL)
        return false;
    *number =
        (uint32_t)(from_end ? LAST_REALTIME_SIGNAL - distance : FIRST_REALTIME_SIGNAL + distance);
    return true;
}

/*
 * A code of Windows is known by its eight hex digits, with or without 0x; all other numbers are
 * decimal, or have the 0x.
 */
static void read_number(struct condition *condition)
{
    const char *digits = condition->pattern;
    bool is_code = strlen(digits) == 8 && strspn(digits, "0123456789abcdefABCDEF") == 8;
    unsigned long long number;
    char *end;

    if (read_realtime_signal(digits, &condition->number)) {
        condition->has_number = true;
        condition->hex_number = condition->number;
        return;
    }
    if (*digits < '0' || (*digits > '9' && !is_code))
        return;
    number = strtoull(digits, &end,
                      digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10);
    if (!is_code && (*end != '\0' || number > UINT32_MAX))
        return;
    condition->has_number = true;
    condition->number = condition->hex_number = (uint32_t)number;
    if (is_code)
        condition->hex_number = (uint32_t)strtoul(digits, NULL, 16);
    if (is_code && *end != '\0')
        condition->number = condition->hex_number;
}

static int check_pattern(struct condition *condition, struct trail_error *error)
{
    const char *pattern = condition->pattern;

    switch (condition->kind) {
    case EVENT_LOAD_DLL:
    case EVENT_UNLOAD_DLL:
    case EVENT_CREATE_PROCESS:
    case EVENT_LOAD_FAILED:
        if (strpbrk(pattern, "/\\") != NULL)
            return error_set(error, TRAIL_FAILED, 0,
                             "--until %s: the pattern is for a file's name without its folder",
                             condition->text);
        return 0;
    case EVENT_EXCEPTION:
    case EVENT_EXIT_PROCESS:
        read_number(condition);
        if (!condition->has_number && strpbrk(pattern, "*?[") == NULL && !is_known_name(pattern))
            return error_set(error, TRAIL_FAILED, 0,
                             "--until %s: '%s' is no number, and no exception or signal that Trail "
                             "has a name for",
                             condition->text, pattern);
        return 0;
    case EVENT_OUTPUT_DEBUG_STRING:
    case EVENT_MARK:
    case EVENT_CREATE_THREAD:
        return 0;
    default:
        return error_set(error, TRAIL_FAILED, 0,
                         "--until %s: this kind has nothing that a pattern could mean",
                         condition->text);
    }
}

static enum event_kind kind_of(const char *word, size_t length)
{
    char name[32];
    enum event_kind kind = event_kind_by_word(word, length);

    if (kind != EVENT_NONE || length >= sizeof name)
        return kind;
    memcpy(name, word, length);
    name[length] = '\0';
    return event_kind_by_name(name);
}

static int read_condition(struct condition *condition, const char *text, struct trail_error *error)
{
    size_t length = strcspn(text, ":");

    *condition = (struct condition){.text = text, .kind = kind_of(text, length)};
    if (condition->kind == EVENT_NONE)
        return error_set(error, TRAIL_FAILED, 0,
                         "--until takes load, unload, failed, exception, output, mark, exit, "
                         "thread or process, then a colon and a pattern if it is "
                         "for certain ones only, not '%s'",
                         text);
    if (text[length] == '\0')
        return 0;
    if (text[length + 1] == '\0')
        return error_set(error, TRAIL_FAILED, 0, "--until %s: there is no pattern behind the colon",
                         text);
    condition->pattern = text + length + 1;
    return check_pattern(condition, error);
}

static uint32_t kinds_of(const struct condition *condition)
{
    uint32_t kinds = 1u << condition->kind;

    if (condition->pattern != NULL && condition->kind == EVENT_UNLOAD_DLL) /* see note_modules */
        kinds |= 1u << EVENT_LOAD_DLL | 1u << EVENT_CREATE_PROCESS | 1u << EVENT_EXIT_PROCESS;
    /* where names come from */
    if (condition->pattern != NULL && condition->kind == EVENT_CREATE_THREAD)
        kinds |= 1u << EVENT_EXCEPTION | 1u << EVENT_EXIT_THREAD;
    return kinds;
}

int until_add(struct until *until, const char *text, struct trail_error *error)
{
    struct condition condition, *conditions;

    if (read_condition(&condition, text, error) != 0)
        return -1;
    if (condition.kind == EVENT_UNLOAD_DLL && condition.pattern != NULL && until->loaded == NULL &&
        (until->loaded = calloc(LOADED_MAX, sizeof *until->loaded)) == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    conditions = realloc(until->conditions, (until->count + 1) * sizeof *conditions);
    if (conditions == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    until->conditions = conditions;
    conditions[until->count++] = condition;
    until->kinds |= kinds_of(&condition);
    return 0;
}

static const char *copy_text(struct until *until, const struct event *event, struct event_span span)
{
    memcpy(until->text, event_bytes_at(event, span), span.length);
    until->text[span.length] = '\0';
    return until->text;
}

static bool matches_text(struct until *until, const struct condition *condition,
                         const struct event *event, struct event_span span)
{
    while (span.length > 0 && strchr("\r\n", event_bytes_at(event, span)[span.length - 1]) != NULL)
        span.length--;
    return text_glob(condition->pattern, copy_text(until, event, span), false);
}

/*
 * Of a program, the first word of its command line: a link's name, where it was started by one. An
 * empty span if the word is quoted.
 */
static struct event_span started_as(const struct event *event)
{
    struct event_span word = {0, 0}, line = {0, 0};
    const char *text;

    if (event->kind == EVENT_CREATE_PROCESS)
        line = event_span_of(event, FIELD(CREATE_PROCESS, command_line));
    text = (const char *)event_bytes_at(event, line);
    while (word.length < line.length && text[word.length] != ' ')
        word.length++;
    word.offset = line.offset;
    return word.length > 0 && strchr("'\"$", text[0]) != NULL ? (struct event_span){0, 0} : word;
}

/*
 * By the name that the target used; and if that is a link, by that of the file it leads to, which
 * is the one that views show.
 */
static bool matches_image(struct until *until, const struct condition *condition,
                          const struct event *event)
{
    struct event_span path = event->image.path, word = started_as(event);
    char name[NAME_BYTES_MAX];
    bool ignore_case;

    if (path.length == 0)
        return false;
    ignore_case = event_bytes_at(event, path)[0] != '/';
    if (text_glob(condition->pattern, text_base_name(copy_text(until, event, path)), ignore_case))
        return true;
    if (word.length > 0 &&
        text_glob(condition->pattern, text_base_name(copy_text(until, event, word)), ignore_case))
        return true;
    return platform_file_name(event, name, sizeof name) > 0 &&
           text_glob(condition->pattern, name, ignore_case);
}

/* By the name that was asked for, without its folder. */
static bool matches_failed(struct until *until, const struct condition *condition,
                           const struct event *event)
{
    const char *name = copy_text(until, event, event_span_of(event, FIELD(LOAD_FAILED, name)));
    bool ignore_case = event_has(event, FIELD(LOAD_FAILED, status)); /* Windows */

    return text_glob(condition->pattern, text_base_name(name), ignore_case);
}

static void write_decimal(uint32_t number, char *out)
{
    char digits[10];
    unsigned count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        *out++ = digits[--count];
    *out = '\0';
}

static bool matches_exit(const struct condition *condition, const struct event *event)
{
    bool killed = event_has(event, FIELD(EXIT_PROCESS, signal)) &&
                  event->value[FIELD(EXIT_PROCESS, signal)] != 0;
    uint32_t code = (uint32_t)event->value[FIELD(EXIT_PROCESS, exit_code)];
    char digits[11];

    if (killed) /* a signal's number could be taken for an exit code */
        return !condition->has_number &&
               matches_code(condition, (uint32_t)event->value[FIELD(EXIT_PROCESS, signal)], true);
    write_decimal(code, digits);
    return matches_code(condition, code, false) || text_glob(condition->pattern, digits, true);
}

static bool is_met(struct until *until, const struct condition *condition,
                   const struct event *event)
{
    if (condition->kind == EVENT_CREATE_THREAD && condition->pattern != NULL)
        return event->naming.tid != 0 && matches_text(until, condition, event, event->naming.name);
    if (condition->kind != event->kind)
        return false;
    if (event->kind == EVENT_EXCEPTION && event->debuggers_own)
        return false;
    if (event->kind == EVENT_LOAD_FAILED && event->value[FIELD(LOAD_FAILED, what)] != FAILED_MODULE)
        return false;
    if (condition->pattern == NULL)
        return true;
    switch (event->kind) {
    case EVENT_LOAD_DLL:
    case EVENT_CREATE_PROCESS:
        return matches_image(until, condition, event);
    case EVENT_LOAD_FAILED:
        return matches_failed(until, condition, event);
    case EVENT_EXCEPTION:
        return matches_code(condition, (uint32_t)event->value[FIELD(EXCEPTION, code)],
                            event_has(event, FIELD(EXCEPTION, si_code)));
    case EVENT_EXIT_PROCESS:
        return matches_exit(condition, event);
    case EVENT_OUTPUT_DEBUG_STRING:
        return matches_text(until, condition, event,
                            event_span_of(event, FIELD(OUTPUT_DEBUG_STRING, text)));
    case EVENT_MARK:
        return matches_text(until, condition, event, event_span_of(event, FIELD(MARK, name)));
    default:
        return false; /* an unload says only which module it was: see note_modules */
    }
}

static void forget_process(struct until *until, uint32_t pid)
{
    for (unsigned i = until->loaded_count; i-- > 0;)
        if (until->loaded[i].pid == pid)
            until->loaded[i] = until->loaded[--until->loaded_count];
}

static void note_loaded(struct until *until, uint32_t pid, uint64_t base, const char *text)
{
    if (until->loaded_count < LOADED_MAX)
        until->loaded[until->loaded_count++] = (struct loaded){pid, base, text};
}

static void note_load(struct until *until, const struct event *event)
{
    for (unsigned i = 0; i < until->count; i++) {
        const struct condition *condition = &until->conditions[i];
        if (condition->kind == EVENT_UNLOAD_DLL && condition->pattern != NULL &&
            matches_image(until, condition, event)) {
            note_loaded(until, event->pid, event->value[FIELD(LOAD_DLL, base)], condition->text);
            return;
        }
    }
}

/*
 * The child of a fork has its parent's modules; a new image, or a new owner of a number, has none.
 */
static void note_process(struct until *until, const struct event *event)
{
    bool is_fork = event->value[FIELD(CREATE_PROCESS, via)] == VIA_FORK;
    uint32_t parent = (uint32_t)event->value[FIELD(CREATE_PROCESS, parent_pid)];

    forget_process(until, event->pid);
    for (unsigned i = 0, count = until->loaded_count; is_fork && i < count; i++)
        if (until->loaded[i].pid == parent)
            note_loaded(until, event->pid, until->loaded[i].base, until->loaded[i].text);
}

static const char *note_unload(struct until *until, const struct event *event)
{
    for (unsigned i = 0; i < until->loaded_count; i++) {
        const struct loaded loaded = until->loaded[i];
        if (loaded.pid == event->pid && loaded.base == event->value[FIELD(UNLOAD_DLL, base)]) {
            until->loaded[i] = until->loaded[--until->loaded_count];
            return loaded.text;
        }
    }
    return NULL;
}

/*
 * An unload names no file, so the modules that are meant are watched from their load on. The
 * condition that an unload meets, or NULL.
 */
static const char *note_modules(struct until *until, const struct event *event)
{
    switch (event->kind) {
    case EVENT_LOAD_DLL:
        note_load(until, event);
        return NULL;
    case EVENT_CREATE_PROCESS:
        note_process(until, event);
        return NULL;
    case EVENT_EXIT_PROCESS:
        forget_process(until, event->pid);
        return NULL;
    case EVENT_UNLOAD_DLL:
        return note_unload(until, event);
    default:
        return NULL;
    }
}

const char *until_match(struct until *until, const struct event *event)
{
    const char *unloaded = until->loaded != NULL ? note_modules(until, event) : NULL;

    if (event->synthetic && event->kind != EVENT_EXIT_PROCESS)
        return NULL;
    for (unsigned i = 0; i < until->count; i++)
        if (is_met(until, &until->conditions[i], event))
            return until->conditions[i].text;
    return unloaded;
}
