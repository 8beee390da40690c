/*
 * See probes.h. What an image says of its probes is not believed: an int3 is planted only where a
 * nop stands, and taken out only where it is.
 */
#define _GNU_SOURCE
#include "loader/probes.h"

#include "debug_text.h"
#include "memory.h"
#include "text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    NOP = 0x90,
    INT3 = 0xCC,
    PROBES_MAX = 16 * 1024, /* of a process */
    FIRST_CAPACITY = 16,
    PER_READ = 256,
    PAGE_BYTES = 4096
};

static bool reserve(struct process *process, unsigned needed)
{
    unsigned capacity = process->probe_capacity > 0 ? process->probe_capacity : FIRST_CAPACITY;
    struct probe *probes;

    if (needed <= process->probe_capacity)
        return true;
    while (capacity < needed)
        capacity *= 2;
    probes = needed > PROBES_MAX ? NULL : realloc(process->probes, capacity * sizeof *probes);
    if (probes == NULL)
        return false;
    process->probes = probes;
    process->probe_capacity = capacity;
    return true;
}

static const struct probe *find(const struct process *process, uint64_t address)
{
    for (unsigned i = 0; i < process->probe_count; i++)
        if (process->probes[i].address == address)
            return &process->probes[i];
    return NULL;
}

/*
 * The probe at an address: the process's own, or one that another has planted with whom it shares
 * memory (clone with CLONE_VM).
 */
static const struct probe *find_planted(const struct process *processes,
                                        const struct process *process, uint64_t address)
{
    const struct probe *probe = find(process, address);

    for (const struct process *other = processes; probe == NULL && other != NULL;
         other = other->next)
        if (other != process && (probe = find(other, address)) != NULL &&
            !memory_is_shared(other->memory_tid, process->memory_tid))
            probe = NULL;
    return probe;
}

/* Says to a semaphore, which counts who listens, that there is one more, or one less. */
static void count_listener(pid_t tid, uint64_t semaphore, int change)
{
    uint16_t count;

    if (semaphore == 0 || !memory_read_exactly(tid, semaphore, &count, sizeof count))
        return;
    count = (uint16_t)(count + change);
    memory_poke(tid, semaphore, (const unsigned char *)&count, sizeof count, NULL);
}

/* Whether the probe is planted now. */
static bool plant(const struct process *processes, const struct process *process,
                  const struct probe *probe)
{
    static const unsigned char int3[] = {INT3};
    pid_t tid = process->memory_tid;
    unsigned char there;

    if (!memory_read_exactly(tid, probe->address, &there, 1))
        return false;
    if (there == INT3)
        return find_planted(processes, process, probe->address) != NULL;
    if (there != NOP || memory_poke(tid, probe->address, int3, 1, NULL) != 0)
        return false;
    count_listener(tid, probe->semaphore, 1);
    return true;
}

/* The system's own files have none, and are most of what is loaded. */
static bool is_of_system(const char *path)
{
    static const char *const folders[] = {"/lib",      "/usr/lib", "/bin/",
                                          "/usr/bin/", "/sbin/",   "/usr/sbin/"};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (strncmp(path, folders[i], strlen(folders[i])) == 0)
            return true;
    return false;
}

/*
 * A look into a file takes 6 to 20 us of the time of the target: not for each library, unless the
 * program is known to have probes.
 */
static bool is_worth_a_look(const struct process *process, const struct probed_image *image)
{
    return image->head.is_64_bit &&
           (image->head.has_probes ||
            ((image->is_program || process->probe_count > 0) && !is_of_system(image->name)));
}

void probes_add(const struct process *processes, struct process *process,
                const struct probed_image *image)
{
    const struct probe_site *sites = NULL;
    unsigned count =
        is_worth_a_look(process, image) ? probe_sites_of(process->memory_tid, image, &sites) : 0;

    for (unsigned i = 0; i < count; i++) {
        struct probe probe = {.address = sites[i].address + image->moved,
                              .base = image->base,
                              .moved = image->moved,
                              .kind = sites[i].kind,
                              .argument = sites[i].argument};
        probe.semaphore = sites[i].semaphore == 0 ? 0 : sites[i].semaphore + image->moved;
        if (find(process, probe.address) == NULL && reserve(process, process->probe_count + 1) &&
            plant(processes, process, &probe))
            process->probes[process->probe_count++] = probe;
    }
}

void probes_forget(struct process *process, uint64_t base)
{
    unsigned left = 0;

    for (unsigned i = 0; i < process->probe_count; i++)
        if (process->probes[i].base != base)
            process->probes[left++] = process->probes[i];
    process->probe_count = left;
}

void probes_forget_all(struct process *process)
{
    process->probe_count = 0;
}

void probes_copy(struct process *child, const struct process *parent)
{
    child->probe_count = 0;
    if (parent->probe_count == 0 || !reserve(child, parent->probe_count))
        return;
    if (child->probes != parent->probes)
        memcpy(child->probes, parent->probes, parent->probe_count * sizeof *child->probes);
    child->probe_count = parent->probe_count;
}

/*
 * What stands at the probes from index `first` on, read in one call. Returns of how many it is
 * known.
 */
static unsigned read_bytes(const struct process *process, pid_t tid, unsigned first,
                           unsigned char *bytes)
{
    struct iovec local = {bytes, 0}, remote[PER_READ];
    unsigned count = 0;
    ssize_t done;

    while (first + count < process->probe_count && count < PER_READ) {
        remote[count] =
            (struct iovec){(void *)(uintptr_t)process->probes[first + count].address, 1};
        count++;
    }
    local.iov_len = count;
    done = process_vm_readv(tid, &local, 1, remote, count, 0);
    return done > 0 ? (unsigned)done : 0;
}

void probes_remove(const struct process *process, pid_t tid)
{
    static const unsigned char nop[] = {NOP};
    unsigned char bytes[PER_READ];

    for (unsigned first = 0; first < process->probe_count;) {
        unsigned count = read_bytes(process, tid, first, bytes);
        for (unsigned i = 0; i < count; i++) {
            const struct probe *probe = &process->probes[first + i];
            if (bytes[i] == INT3 && memory_poke(tid, probe->address, nop, 1, NULL) == 0)
                count_listener(tid, probe->semaphore, -1);
        }
        first += count > 0 ? count : 1; /* what is not mapped any more is passed over */
    }
}

bool probes_is_behind(const struct process *processes, const struct process *process, pid_t tid)
{
    uint64_t address =
        (uint64_t)ptrace(PTRACE_PEEKUSER, tid, (void *)offsetof(struct user, regs.rip), NULL) - 1;

    return find_planted(processes, process, address) != NULL;
}

static void fill_registers(const struct user_regs_struct *from, uint64_t *registers)
{
    const uint64_t values[STAPSDT_REGISTERS] = {
        from->rax, from->rbx, from->rcx, from->rdx, from->rsi,     from->rdi,
        from->rbp, from->rsp, from->r8,  from->r9,  from->r10,     from->r11,
        from->r12, from->r13, from->r14, from->r15, from->rip - 1,
    };

    memcpy(registers, values, sizeof values);
}

/* The argument: the address of a string. 0 if it cannot be read. */
static uint64_t read_argument(const struct probe *probe, pid_t tid,
                              const struct user_regs_struct *from)
{
    uint64_t registers[STAPSDT_REGISTERS], value, in_memory = 0;

    fill_registers(from, registers);
    value = stapsdt_locate(&probe->argument, registers, probe->moved);
    if (probe->argument.place == STAPSDT_IN_MEMORY) {
        memory_read_exactly(tid, value, &in_memory, probe->argument.bytes);
        value = in_memory;
    }
    return stapsdt_narrow(&probe->argument, value);
}

/* A string of the target; it stays valid until the next. */
static struct debug_text read_text(pid_t tid, uint64_t address)
{
    static char raw[DEBUG_TEXT_BYTES_MAX + 1], utf8[TEXT_FROM_BYTES_CAPACITY(DEBUG_TEXT_BYTES_MAX)];
    struct debug_text text = {.text = utf8, .raw = raw, .encoding = ENCODING_UTF8};
    char end = 1;

    text.raw_bytes = memory_read_string(tid, address, raw, sizeof raw);
    if (text.raw_bytes > 0 && text.raw_bytes < DEBUG_TEXT_BYTES_MAX &&
        (address + text.raw_bytes) % PAGE_BYTES != 0)
        text.complete = true; /* what ends within a page has been read up to its NUL */
    else
        text.complete = memory_read_exactly(tid, address + text.raw_bytes, &end, 1) && end == '\0';
    text.length = text_from_bytes(raw, text.raw_bytes, utf8, &text.exact);
    return text;
}

static void put_text(const struct probe *probe, pid_t tid, uint64_t address, struct event *event)
{
    struct debug_text text = read_text(tid, address);

    if (probe->kind != EVENT_MARK)
        debug_text_put(event, &text);
    else if (!debug_text_put_mark(event, text.text, text.length))
        event_set_bytes(event, FIELD(MARK, name), "", 0); /* it was there, whatever it is called */
}

bool probes_decode(const struct process *processes, const struct process *process, pid_t tid,
                   struct event *event)
{
    struct user_regs_struct registers;
    const struct probe *probe;
    siginfo_t info;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0 ||
        (probe = find_planted(processes, process, registers.rip - 1)) == NULL)
        return false;
    /* Somebody may send a SIGTRAP to a task that stands there. */
    if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) != 0 || info.si_code != SI_KERNEL)
        return false;
    if (process->muted)
        return true;
    event_begin(event, probe->kind, (uint32_t)process->pid, (uint32_t)tid, event->t_ns);
    put_text(probe, tid, read_argument(probe, tid, &registers), event);
    return true;
}

void probes_prepare(void)
{
    static const struct probed_image self = {.name = "", .is_program = true};
    const struct probe_site *sites;

    probe_sites_of(getpid(), &self, &sites);
    read_text(getpid(), (uintptr_t) "a text");
}
