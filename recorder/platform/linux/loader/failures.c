/* See failures.h. The texts are the target's: each read is bounded, and its format is not ours. */
#define _GNU_SOURCE
#include "loader/failures.h"

#include "loader/link_map.h"
#include "memory.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>

enum { WORDS_BYTES_MAX = 4096, ENDBR64_BYTES = 4, REGISTER_ARGUMENTS = 3, ARGUMENTS_MAX = 8 };

static const char symbol_words[] = "undefined symbol: ";
static const char version_words[] = "(required by ";

/* A failure as it is read from the task. */
struct failure {
    pid_t tid;
    uint64_t arguments[ARGUMENTS_MAX]; /* behind the format */
    char object[NAME_BYTES_MAX];       /* what the loader says that it is about */
    char words[WORDS_BYTES_MAX];
    char first[NAME_BYTES_MAX], last[NAME_BYTES_MAX]; /* the texts that were put into the format */
};

/* One read for both, the endbr64 that may stand there and what is behind it. */
static bool watch(struct process *process, enum trap_place place, uint64_t function)
{
    static const unsigned char endbr64[ENDBR64_BYTES] = {0xF3, 0x0F, 0x1E, 0xFA};
    unsigned char there[ENDBR64_BYTES + TRAP_BYTES];
    struct user_regs_struct registers = {.rsp = 0};
    struct trap trap;
    unsigned begin;

    if (function == 0 || !memory_read_exactly(process->memory_tid, function, there, sizeof there))
        return false;
    begin = memcmp(there, endbr64, sizeof endbr64) == 0 ? sizeof endbr64 : 0;
    trap.address = function + begin;
    memcpy(trap.code, there + begin, sizeof trap.code);
    return traps_emulate(&trap, 0, &registers) && traps_plant(process, place, &trap);
}

bool failures_watch(struct process *process, const struct loader_symbols *symbols)
{
    if (watch(process, TRAP_EXCEPTION, symbols->exception) &&
        watch(process, TRAP_EXCEPTION_FORMAT, symbols->exception_format))
        return true;
    traps_remove(process, process->memory_tid);
    traps_forget(process);
    return false;
}

static void add_text(struct failure *failure, size_t *used, const char *text, size_t length)
{
    size_t room = sizeof failure->words - 1 - *used;

    length = length < room ? length : room;
    memcpy(failure->words + *used, text, length);
    *used += length;
}

/* As the loader's own _dl_exception_create_format: %s, %x, %lx, %zx, %%. Returns what was used. */
static size_t add_converted(struct failure *failure, size_t *used, const char *format,
                            unsigned *argument)
{
    size_t length = strspn(format + 1, "lz") + 2;
    uint64_t value = *argument < ARGUMENTS_MAX ? failure->arguments[*argument] : 0;
    char number[24], *text = *argument == 0 ? failure->first : failure->last;

    if (format[length - 1] == '%') {
        add_text(failure, used, "%", 1);
        return length;
    }
    ++*argument;
    if (format[length - 1] == 's') {
        memory_read_string(failure->tid, value, text, NAME_BYTES_MAX);
        if (text == failure->first)
            memcpy(failure->last, failure->first, NAME_BYTES_MAX);
        add_text(failure, used, text, strlen(text));
    } else {
        snprintf(number, sizeof number, "%" PRIx64, length > 2 ? value : (uint32_t)value);
        add_text(failure, used, number, strlen(number));
    }
    return format[length - 1] == '\0' ? length - 1 : length;
}

static void put_together(struct failure *failure, const char *format)
{
    size_t used = 0;
    unsigned argument = 0;

    while (*format != '\0') {
        size_t length = strcspn(format, "%");
        add_text(failure, &used, format, length);
        format += length;
        if (*format == '%')
            format += add_converted(failure, &used, format, &argument);
    }
    failure->words[used] = '\0';
}

/* The arguments of a function at whose first instruction the task stands. */
static void read_arguments(struct failure *failure, const struct user_regs_struct *registers)
{
    failure->arguments[0] = registers->rcx;
    failure->arguments[1] = registers->r8;
    failure->arguments[2] = registers->r9;
    memory_read(failure->tid, registers->rsp + sizeof(uint64_t),
                failure->arguments + REGISTER_ARGUMENTS,
                (ARGUMENTS_MAX - REGISTER_ARGUMENTS) * sizeof(uint64_t));
}

static void read_failure(struct failure *failure, enum trap_place place,
                         const struct user_regs_struct *registers)
{
    static char format[WORDS_BYTES_MAX]; /* loop thread only */

    failure->first[0] = failure->last[0] = '\0';
    memset(failure->arguments, 0, sizeof failure->arguments);
    memory_read_string(failure->tid, registers->rsi, failure->object, sizeof failure->object);
    if (place == TRAP_EXCEPTION) {
        memory_read_string(failure->tid, registers->rdx, failure->words, sizeof failure->words);
        return;
    }
    memory_read_string(failure->tid, registers->rdx, format, sizeof format);
    read_arguments(failure, registers);
    put_together(failure, format);
}

static void put_text(struct event *event, unsigned field, const char *bytes)
{
    static char text[TEXT_FROM_BYTES_CAPACITY(NAME_BYTES_MAX)]; /* loop thread only */
    bool exact;

    if (bytes[0] != '\0')
        event_set_bytes(event, field, text, text_from_bytes(bytes, strlen(bytes), text, &exact));
}

/* Failures that are no load: a call of the loader's interface that it refused. */
static bool is_call(const struct failure *failure)
{
    return failure->object[0] == '\0' || strcmp(failure->words, "shared object not open") == 0;
}

static void put_failure(const struct failure *failure, struct event *event)
{
    bool is_symbol = strncmp(failure->words, symbol_words, sizeof symbol_words - 1) == 0;

    event_set(event, FIELD(LOAD_FAILED, what),
              is_symbol          ? FAILED_SYMBOL
              : is_call(failure) ? FAILED_CALL
                                 : FAILED_MODULE);
    put_text(event, FIELD(LOAD_FAILED, name), is_symbol ? failure->first : failure->object);
    put_text(event, FIELD(LOAD_FAILED, words), failure->words);
    if (is_symbol)
        put_text(event, FIELD(LOAD_FAILED, object), failure->object);
    else if (strstr(failure->words, version_words) != NULL)
        put_text(event, FIELD(LOAD_FAILED, object), failure->last);
}

void failures_decode(const struct process *process, pid_t tid, enum trap_place place,
                     struct event *event)
{
    static struct failure failure; /* loop thread only */
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0)
        return; /* killed meanwhile */
    failure.tid = tid;
    if (!process->muted)
        read_failure(&failure, place, &registers);
    if (traps_emulate(&process->traps[place], tid, &registers))
        ptrace(PTRACE_SETREGS, tid, NULL, &registers);
    if (process->muted)
        return;
    event_begin(event, EVENT_LOAD_FAILED, (uint32_t)process->pid, (uint32_t)tid, event->t_ns);
    put_failure(&failure, event);
    event_set(event, FIELD(LOAD_FAILED, load_phase),
              process->started ? LOAD_PHASE_RUNTIME : LOAD_PHASE_STARTUP);
    if (link_map_first_new(process, failure.object, sizeof failure.object) > 0)
        put_text(event, FIELD(LOAD_FAILED, request), failure.object);
}
