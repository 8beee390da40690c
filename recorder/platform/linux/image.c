/*
 * What a process runs, looked at in the stop right after its exec, where nothing of it has run yet: the auxiliary vector (getauxval(3))
 * tells where the kernel mapped the program and its loader. A short-lived process is gone when the writer gets to it, so its image path
 * and command line are read here; this happens once per exec.
 */
#define _GNU_SOURCE
#include "linux_platform.h"

#include "text.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

enum {
    AUXILIARY_MAX = 64,
    CODE_SEGMENT_32_BIT = 0x23,
    COMMAND_LINE_MAX = 16 * 1024,
    MAPS_MAX = 32 * 1024
};

struct auxiliary {
    uint64_t program_headers, entry, loader_base, vdso_base;
};

/* Reads a small file of /proc/PID into buffer; returns the bytes read. */
static size_t read_proc(pid_t pid, const char *name, void *buffer, size_t capacity)
{
    char path[64];
    size_t used = 0;
    ssize_t count;
    int file;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    while (used < capacity && (count = read(file, (char *)buffer + used, capacity - used)) > 0)
        used += (size_t)count;
    close(file);
    return used;
}

static void read_auxiliary(pid_t pid, struct auxiliary *auxiliary)
{
    Elf64_auxv_t vector[AUXILIARY_MAX];
    size_t count = read_proc(pid, "auxv", vector, sizeof vector) / sizeof vector[0];

    memset(auxiliary, 0, sizeof *auxiliary);
    for (size_t i = 0; i < count && vector[i].a_type != AT_NULL; i++) {
        uint64_t value = vector[i].a_un.a_val;
        switch (vector[i].a_type) {
        case AT_PHDR:
            auxiliary->program_headers = value;
            break;
        case AT_ENTRY:
            auxiliary->entry = value;
            break;
        case AT_BASE:
            auxiliary->loader_base = value;
            break;
        case AT_SYSINFO_EHDR:
            auxiliary->vdso_base = value;
            break;
        default:
            break;
        }
    }
}

size_t image_path_at(pid_t pid, uint64_t address, char *path, size_t capacity)
{
    char maps[MAPS_MAX];
    size_t length = read_proc(pid, "maps", maps, sizeof maps - 1);

    maps[length] = '\0';
    for (char *line = maps, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        const char *name;
        *end = '\0';
        if (strtoull(line, NULL, 16) != address || (name = strchr(line, '/')) == NULL || strlen(name) >= capacity)
            continue;
        memcpy(path, name, strlen(name) + 1);
        return strlen(name);
    }
    return 0;
}

static void put_path(pid_t pid, struct event *event)
{
    char link[64], path[NAME_BYTES_MAX], text[TEXT_FROM_BYTES_CAPACITY(NAME_BYTES_MAX)];
    ssize_t length;
    bool exact;

    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    length = readlink(link, path, sizeof path);
    if (length > 0)
        event->image.path = event_put_bytes(event, text, text_from_bytes(path, (size_t)length, text, &exact));
}

/* The arguments as one line: separated by spaces, quoted where they hold any. */
static void put_command_line(pid_t pid, struct event *event)
{
    char raw[COMMAND_LINE_MAX], line[2 * COMMAND_LINE_MAX], text[TEXT_FROM_BYTES_CAPACITY(2 * COMMAND_LINE_MAX)];
    size_t length = read_proc(pid, "cmdline", raw, sizeof raw - 1), used = 0;
    bool exact;

    raw[length] = '\0';
    for (size_t at = 0; at < length;) {
        size_t size = strlen(raw + at);
        bool quote = size == 0 || strpbrk(raw + at, " \t\n\"'\\$`") != NULL;
        if (at > 0)
            line[used++] = ' ';
        if (used + size + 3 > sizeof line)
            break;
        if (quote)
            line[used++] = '\'';
        memcpy(line + used, raw + at, size);
        used += size;
        if (quote)
            line[used++] = '\'';
        at += size + 1;
    }
    event_set_bytes(event, FIELD(CREATE_PROCESS, command_line), text, text_from_bytes(line, used, text, &exact));
}

/* Where the program is mapped: the page of its ELF header is a little below its program headers. */
static bool find_image(struct process *process, const struct auxiliary *auxiliary, struct elf_head *head)
{
    process->image_base = auxiliary->program_headers & ~(uint64_t)4095;
    if (process->image_base == 0 || memory_read_head(process->pid, process->image_base, head) != 0 || !head->is_64_bit)
        return false;
    if (head->dynamic_address != 0)
        process->image_dynamic = process->image_base - head->first_address + head->dynamic_address;
    return true;
}

static void put_image(struct process *process, const struct auxiliary *auxiliary, const struct elf_head *head, struct event *event)
{
    event_set(event, FIELD(CREATE_PROCESS, base), process->image_base);
    event_set(event, FIELD(CREATE_PROCESS, start_address), auxiliary->entry);
    event->image.size = head->span_bytes;
    event->image.build_id = event_put_bytes(event, head->build_id, head->build_id_bytes);
}

/* The loader, or the program itself where that is a loader (`ld.so ./program`). */
static void watch_loader(struct process *process, const struct auxiliary *auxiliary)
{
    struct loader_symbols symbols;

    loader_find_symbols(process->pid, auxiliary->loader_base ? auxiliary->loader_base : process->image_base, &symbols);
    if (symbols.debug_state == 0 || (symbols.r_debug == 0 && symbols.musl_debug_pointer == 0))
        return;
    process->r_debug = symbols.r_debug;
    process->musl_debug_pointer = symbols.musl_debug_pointer;
    breakpoint_plant(process, symbols.debug_state);
    if (process->breakpoint != 0)
        process->observation = OBSERVED_BY_R_BRK;
}

static bool is_32_bit(pid_t pid)
{
    struct user_regs_struct registers;

    return ptrace(PTRACE_GETREGS, pid, NULL, &registers) == 0 && registers.cs == CODE_SEGMENT_32_BIT;
}

void image_inspect(struct process *process, struct event *event)
{
    static const char *const detections[] = {
        [NOT_OBSERVED_STATIC] = "not observed (no dynamic loader)",
        [NOT_OBSERVED_32_BIT] = "not observed (32-bit program)",
        [OBSERVED_BY_R_BRK] = "r_brk",
    };
    struct auxiliary auxiliary;
    struct elf_head head;

    process->breakpoint = process->r_debug = process->musl_debug_pointer = process->image_dynamic = 0;
    process->loaded_count = 0;
    process->started = false;
    process->observation = NOT_OBSERVED_STATIC;
    if (is_32_bit(process->pid)) {
        process->observation = NOT_OBSERVED_32_BIT;
    } else {
        read_auxiliary(process->pid, &auxiliary);
        process->vdso_base = auxiliary.vdso_base;
        if (find_image(process, &auxiliary, &head)) {
            put_image(process, &auxiliary, &head, event);
            watch_loader(process, &auxiliary);
        }
    }
    put_path(process->pid, event);
    put_command_line(process->pid, event);
    event_set_bytes(event, FIELD(CREATE_PROCESS, load_detection), detections[process->observation],
                    strlen(detections[process->observation]));
}
