/*
 * What a process runs, looked at in the stop right after its exec, where nothing of it has run yet.
 * All that is needed stands on its stack (execve(2), getauxval(3)): the arguments, and where the
 * kernel mapped the program and its loader. A short-lived process is gone when the writer gets to
 * it, so its image path is read here too; this happens once per exec.
 */
#define _GNU_SOURCE
#include "loader/process_image.h"

#include "linux_os.h"
#include "loader/breakpoint.h"
#include "loader/image_path.h"
#include "loader/failures.h"
#include "loader/loader.h"
#include "loader/probes.h"
#include "memory.h"
#include "proc.h"
#include "text.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <unistd.h>

enum {
    CODE_SEGMENT_32_BIT = 0x23,
    DYNAMIC_MAX = 128,
    START_STACK_WORDS = 512, /* enough for most; else once more with */
    LARGE_START_STACK_WORDS = 16384,
    AUXILIARY_WORDS_MAX = 128,
    COMMAND_LINE_MAX = 16 * 1024
};

#define CUT_MARK " \xE2\x80\xA6" /* an ellipsis */

/*
 * What the kernel put on the stack of a new image: argument count, arguments, environment,
 * auxiliary vector.
 */
struct start {
    /* the strings stand one behind the other */
    uint64_t argument_count, first_argument, after_arguments;
    /* AT_PHDR, AT_ENTRY, AT_BASE, AT_SYSINFO_EHDR */
    uint64_t program_headers, entry, loader_base, vdso_base;
};

static void take_auxiliary(struct start *start, uint64_t type, uint64_t value)
{
    switch (type) {
    case AT_PHDR:
        start->program_headers = value;
        break;
    case AT_ENTRY:
        start->entry = value;
        break;
    case AT_BASE:
        start->loader_base = value;
        break;
    case AT_SYSINFO_EHDR:
        start->vdso_base = value;
        break;
    default:
        break;
    }
}

/* False if the words end before the auxiliary vector does. */
static bool parse_start(const uint64_t *words, size_t count, struct start *start)
{
    size_t at;

    memset(start, 0, sizeof *start);
    if (count < 3 || words[0] >= count)
        return false;
    start->argument_count = words[0];
    start->first_argument = words[1];
    at = (size_t)words[0] + 2; /* behind the NULL that ends the arguments */
    if (at < count)
        start->after_arguments = words[at];
    while (at < count && words[at] != 0)
        at++;
    for (at++; at + 1 < count; at += 2) {
        if (words[at] == AT_NULL)
            return true;
        take_auxiliary(start, words[at], words[at + 1]);
    }
    return false;
}

/*
 * From the stack, right after an exec. The arguments' strings are copied too; returns their length.
 */
static size_t read_start(pid_t pid, uint64_t stack, struct start *start, char *arguments,
                         size_t capacity)
{
    static uint64_t words[LARGE_START_STACK_WORDS]; /* loop thread only */

    if (!parse_start(words,
                     memory_read(pid, stack, words, START_STACK_WORDS * sizeof words[0]) /
                         sizeof words[0],
                     start))
        parse_start(words, memory_read(pid, stack, words, sizeof words) / sizeof words[0], start);
    if (start->after_arguments > start->first_argument &&
        start->after_arguments - start->first_argument < capacity)
        capacity = (size_t)(start->after_arguments - start->first_argument);
    return start->argument_count == 0
               ? 0
               : memory_read(pid, start->first_argument, arguments, capacity);
}

/* From /proc, at any time: an attach. */
static size_t find_start(pid_t pid, struct start *start, char *arguments, size_t capacity)
{
    uint64_t vector[AUXILIARY_WORDS_MAX];
    size_t count = proc_read(pid, "auxv", vector, sizeof vector) / sizeof vector[0];

    memset(start, 0, sizeof *start);
    for (size_t i = 0; i + 1 < count && vector[i] != AT_NULL; i += 2)
        take_auxiliary(start, vector[i], vector[i + 1]);
    start->argument_count = UINT64_MAX; /* as many as there are */
    return proc_read(pid, "cmdline", arguments, capacity);
}

bool process_image_is_shared(const struct process *process, pid_t pid)
{
    char arguments[1];
    struct start start;

    if (process->vdso_base == 0)
        return false;
    find_start(pid, &start, arguments, sizeof arguments);
    return start.vdso_base == process->vdso_base &&
           (start.program_headers & ~(uint64_t)4095) == process->image_base;
}

/*
 * Arguments that stand one behind the other, each with its NUL, as one line: separated by spaces,
 * quoted where they hold any. Where it is longer than what was read, it ends with a mark.
 */
static void put_command_line(char *raw, size_t length, uint64_t count, struct event *event)
{
    char line[4 * COMMAND_LINE_MAX], text[TEXT_FROM_BYTES_CAPACITY(4 * COMMAND_LINE_MAX)];
    size_t used = 0;
    bool exact, cut = length > COMMAND_LINE_MAX;

    raw[cut ? COMMAND_LINE_MAX : length] = '\0';
    length = cut ? COMMAND_LINE_MAX : length;
    for (size_t at = 0, i = 0; at < length && i < count; i++) {
        size_t size = strlen(raw + at);
        if (used + 4 * size + 3 > sizeof line - sizeof CUT_MARK) {
            cut = true;
            break;
        }
        if (at > 0)
            line[used++] = ' ';
        used = (size_t)(linux_os_put_argument(line + used, raw + at) - line);
        at += size + 1;
    }
    if (cut) {
        memcpy(line + used, CUT_MARK, sizeof CUT_MARK - 1);
        used += sizeof CUT_MARK - 1;
    }
    event_set_bytes(event, FIELD(CREATE_PROCESS, command_line), text,
                    text_from_bytes(line, used, text, &exact));
}

static void find_debug_entry(struct process *process)
{
    Elf64_Dyn entries[DYNAMIC_MAX];
    size_t bytes =
        process->image_dynamic == 0
            ? 0
            : memory_read(process->memory_tid, process->image_dynamic, entries, sizeof entries);

    for (size_t i = 0; i < bytes / sizeof entries[0] && entries[i].d_tag != DT_NULL; i++)
        if (entries[i].d_tag == DT_DEBUG)
            process->debug_entry =
                process->image_dynamic + i * sizeof entries[0] + offsetof(Elf64_Dyn, d_un);
}

/* Where the program is mapped: the page of its ELF header is a little below its program headers. */
static bool find_image(struct process *process, const struct start *start, struct elf_head *head)
{
    process->image_base = start->program_headers & ~(uint64_t)4095;
    if (process->image_base == 0 ||
        memory_read_head(process->memory_tid, process->image_base, head) != 0 || !head->is_64_bit)
        return false;
    if (head->dynamic_address != 0)
        process->image_dynamic = process->image_base - head->first_address + head->dynamic_address;
    process->loader_base = start->loader_base;
    if (process->loader_base != 0) /* else it is the loader that is run */
        find_debug_entry(process);
    return true;
}

static void put_image(struct process *process, const struct start *start,
                      const struct elf_head *head, struct event *event)
{
    event_set(event, FIELD(CREATE_PROCESS, base), process->image_base);
    event_set(event, FIELD(CREATE_PROCESS, start_address), start->entry);
    event->image.size = head->span_bytes;
    event->image.build_id = event_put_bytes(event, head->build_id, head->build_id_bytes);
}

/* The loader, or the program itself where that is a loader (`ld.so ./program`). */
static void watch_loader(struct process *process, const struct start *start)
{
    struct loader_symbols symbols;

    loader_find_symbols(process->memory_tid,
                        start->loader_base ? start->loader_base : process->image_base, &symbols);
    if (symbols.debug_state == 0 || (symbols.r_debug == 0 && symbols.musl_debug_pointer == 0))
        return;
    process->r_debug = symbols.r_debug;
    process->musl_debug_pointer = symbols.musl_debug_pointer;
    breakpoint_plant(process, symbols.debug_state, symbols.r_debug);
    if (process->breakpoint != 0)
        process->observation =
            failures_watch(process, &symbols) ? OBSERVED_BY_R_BRK : OBSERVED_BUT_FAILURES;
}

/*
 * What the kernel runs first is the loader, or, where there is none, the program itself. Of
 * `ld.so ./program` the program's is not known yet.
 */
static void watch_entry(struct process *process, const struct start *start)
{
    const struct trap trap = {.address = start->entry};
    bool is_known = start->loader_base != 0 || process->observation == NOT_OBSERVED_STATIC;

    if (!process->attaching && is_known && start->entry != 0)
        traps_plant(process, TRAP_ENTRY, &trap);
}

/*
 * What was attached to in the middle of a vfork: the parent is not traced, and would end at a
 * planted byte. Until the child runs another program nothing is planted.
 */
static bool shares_memory_with_parent(pid_t tid)
{
    long parent = proc_status_number(tid, "PPid:");

    return parent > 0 && memory_is_shared(tid, (pid_t)parent);
}

static void add_probes(const struct process *processes, struct process *process,
                       const struct elf_head *head, const struct event *event)
{
    struct probed_image image = {.is_program = true, .base = process->image_base, .head = *head};
    char path[NAME_BYTES_MAX];

    snprintf(path, sizeof path, "%.*s", (int)event->image.path.length,
             (const char *)event_bytes_at(event, event->image.path));
    image.name = path;
    image.moved = process->image_base - head->first_address;
    probes_add(processes, process, &image);
}

void process_image_observe(const struct process *processes, struct process *process,
                           struct event *event)
{
    static const char *const detections[] = {
        [NOT_OBSERVED_STATIC] = "not observed (no dynamic loader)",
        [NOT_OBSERVED_32_BIT] = "not observed (32-bit program)",
        [NOT_OBSERVED_SHARED] = "not observed (memory shared with its parent)",
        [NOT_OBSERVED_UNREADABLE] = "not observed (its memory cannot be read)",
        [OBSERVED_BUT_FAILURES] = "r_brk (failed loads are not told)",
        [OBSERVED_BY_R_BRK] = "r_brk",
    };
    char arguments[COMMAND_LINE_MAX + 2]; /* one more than is told, and a NUL */
    struct user_regs_struct registers;
    struct start start;
    struct elf_head head = {.is_64_bit = false};
    size_t length;

    breakpoint_forget(process);
    process->r_debug = process->musl_debug_pointer = process->image_dynamic = 0;
    process->loader_base = process->debug_entry = 0;
    process->loaded_count = 0;
    process->started = process->begins_with_trap_blocked = false;
    /* an exec's loads are history, whatever was not told before */
    process->replaying = process->replaying && process->attaching;
    process->observation = NOT_OBSERVED_STATIC;
    registers.cs = 0;
    if (ptrace(PTRACE_GETREGS, process->memory_tid, NULL, &registers) != 0 && !process->attaching)
        return; /* killed meanwhile */
    length = process->attaching
                 ? find_start(process->memory_tid, &start, arguments, sizeof arguments - 1)
                 : read_start(process->memory_tid, registers.rsp, &start, arguments,
                              sizeof arguments - 1);
    if (registers.cs == CODE_SEGMENT_32_BIT) {
        process->observation = NOT_OBSERVED_32_BIT;
    } else if (!process->attaching && length == 0 &&
               memory_read(process->memory_tid, registers.rsp, &start, 1) == 0) {
        process->observation = NOT_OBSERVED_UNREADABLE;
    } else if (find_image(process, &start, &head)) {
        process->vdso_base = start.vdso_base;
        put_image(process, &start, &head, event);
        if (process->attaching && shares_memory_with_parent(process->memory_tid))
            process->observation = NOT_OBSERVED_SHARED;
        else
            watch_loader(process, &start);
        watch_entry(process, &start);
    }
    image_path_put_program(process, event);
    if (process->observation != NOT_OBSERVED_SHARED)
        add_probes(processes, process, &head, event);
    put_command_line(arguments, length, start.argument_count, event);
    event_set_bytes(event, FIELD(CREATE_PROCESS, load_detection), detections[process->observation],
                    strlen(detections[process->observation]));
}
