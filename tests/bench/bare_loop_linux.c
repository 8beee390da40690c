/*
 * The control for Linux: the smallest ptrace loop that has the same stops as trailrec and keeps
 * nothing. It shares no code with Trail, waits blocking, and reads nothing of the target but what
 * letting it go on correctly needs.
 *
 *     bare_loop_linux [-f] COMMAND [ARG...]
 *
 * Stops: exec, clone, fork, vfork, signals, and an int3 at the loader's _dl_debug_state, which is
 * left by returning from that function. Without -f, child processes are let go at birth. Exit
 * status: the target's; 125 if it cannot be traced.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_PLANTED = 4096, MAX_EARLY = 64, INT3 = 0xCC };

/* Where int3 was planted, in whatever process; and the loader that was last looked into. */
static uint64_t planted[MAX_PLANTED];
static size_t planted_count;
static long original_word;
static char loader_path[4096];
static uint64_t loader_offset;

/* Without -f: children that stopped before their parent's event came. */
static pid_t early[MAX_EARLY];
static size_t early_count;

static bool follow;
static pid_t root;

/*
 * The value of _dl_debug_state in a mapped ELF file: by its section headers, as nm would find it. 0
 * if it is not there.
 */
static uint64_t find_in_elf(const unsigned char *file, size_t size)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    const Elf64_Shdr *sections;

    if (size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_shoff > size ||
        (size - header->e_shoff) / sizeof *sections < header->e_shnum)
        return 0;
    sections = (const Elf64_Shdr *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Sym *symbols = (const Elf64_Sym *)(file + sections[i].sh_offset);
        const char *names;
        if ((sections[i].sh_type != SHT_DYNSYM && sections[i].sh_type != SHT_SYMTAB) ||
            sections[i].sh_link >= header->e_shnum)
            continue;
        names = (const char *)file + sections[sections[i].sh_link].sh_offset;
        for (size_t j = 0; j < sections[i].sh_size / sizeof *symbols; j++)
            if (strcmp(names + symbols[j].st_name, "_dl_debug_state") == 0 &&
                symbols[j].st_value != 0)
                return symbols[j].st_value;
    }
    return 0;
}

static uint64_t find_in_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t value = 0;
    struct stat status;
    void *map;

    if (file < 0)
        return 0;
    if (fstat(file, &status) == 0) {
        map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (map != MAP_FAILED) {
            value = find_in_elf(map, (size_t)status.st_size);
            munmap(map, (size_t)status.st_size);
        }
    }
    close(file);
    return value;
}

/* AT_BASE of the auxiliary vector: where the loader is mapped. */
static uint64_t loader_base(pid_t pid)
{
    Elf64_auxv_t entries[64];
    char path[64];
    ssize_t length;
    int file;

    snprintf(path, sizeof path, "/proc/%d/auxv", (int)pid);
    if ((file = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    length = read(file, entries, sizeof entries);
    close(file);
    for (size_t i = 0; length > 0 && i < (size_t)length / sizeof entries[0]; i++)
        if (entries[i].a_type == AT_BASE)
            return entries[i].a_un.a_val;
    return 0;
}

/* The file that is mapped at an address. */
static bool path_at(pid_t pid, uint64_t address, char path[4096])
{
    char name[64], line[4400], prefix[32];
    bool found = false;
    FILE *maps;

    snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
    snprintf(prefix, sizeof prefix, "%llx-", (unsigned long long)address);
    if ((maps = fopen(name, "re")) == NULL)
        return false;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        char *file = strchr(line, '/');
        if (file == NULL || strncmp(line, prefix, strlen(prefix)) != 0)
            continue;
        file[strcspn(file, "\n")] = '\0';
        snprintf(path, 4096, "%s", file);
        found = true;
    }
    fclose(maps);
    return found;
}

static bool is_planted(uint64_t address)
{
    for (size_t i = planted_count; i-- > 0;)
        if (planted[i] == address)
            return true;
    return false;
}

/* A new image: its loader gets the byte. */
static void plant(pid_t pid)
{
    uint64_t base = loader_base(pid), address;
    char path[4096];
    long word;

    if (base == 0 || !path_at(pid, base, path))
        return;
    if (strcmp(path, loader_path) != 0) {
        strcpy(loader_path, path);
        loader_offset = find_in_file(path);
    }
    if (loader_offset == 0 || planted_count == MAX_PLANTED)
        return;
    address = base + loader_offset;
    errno = 0;
    word = ptrace(PTRACE_PEEKTEXT, pid, (void *)address, NULL);
    if (errno != 0 ||
        ptrace(PTRACE_POKETEXT, pid, (void *)address, (void *)((word & ~0xFFL) | INT3)) != 0)
        return;
    original_word = word;
    if (!is_planted(address))
        planted[planted_count++] = address;
}

/* Returns from _dl_debug_state if that is where the task is. */
static bool step_over(pid_t tid)
{
    struct user_regs_struct registers;
    long target;

    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0 || !is_planted(registers.rip - 1))
        return false;
    errno = 0;
    target = ptrace(PTRACE_PEEKDATA, tid, (void *)registers.rsp, NULL);
    if (errno == 0) {
        registers.rip = (uint64_t)target;
        registers.rsp += 8;
        ptrace(PTRACE_SETREGS, tid, NULL, &registers);
    }
    return true;
}

/* Without -f. A forked child has a copy of the byte; a vforked one shares it with its parent. */
static void let_go(pid_t child, bool has_copy)
{
    int status;

    for (size_t i = 0; i < early_count; i++) {
        if (early[i] == child) {
            early[i] = early[--early_count];
            child = -child;
            break;
        }
    }
    if (child > 0 && waitpid(child, &status, __WALL) != child)
        return;
    child = abs(child);
    for (size_t i = 0; has_copy && i < planted_count; i++)
        ptrace(PTRACE_POKETEXT, child, (void *)planted[i], (void *)original_word);
    ptrace(PTRACE_DETACH, child, NULL, NULL);
}

static void handle_birth(pid_t tid, int event)
{
    unsigned long child = 0;

    if (follow || ptrace(PTRACE_GETEVENTMSG, tid, NULL, &child) != 0)
        return;
    if (event != PTRACE_EVENT_CLONE || syscall(SYS_tgkill, root, (pid_t)child, 0) != 0)
        let_go((pid_t)child, event == PTRACE_EVENT_FORK);
}

/* Lets a stopped task go on, as it would without us. */
static void handle_stop(pid_t tid, int status)
{
    int event = (int)((unsigned)status >> 16), number = WSTOPSIG(status), deliver = 0;

    if (event == PTRACE_EVENT_EXEC) {
        plant(tid);
    } else if (event == PTRACE_EVENT_STOP) {
        if (number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU) {
            ptrace(PTRACE_LISTEN, tid, NULL, NULL);
            return;
        }
        if (!follow && tid != root && syscall(SYS_tgkill, root, tid, 0) != 0 &&
            early_count < MAX_EARLY) {
            early[early_count++] = tid;
            return;
        }
    } else if (event != 0) {
        handle_birth(tid, event);
    } else if (number != SIGTRAP || !step_over(tid)) {
        deliver = number;
    }
    ptrace(PTRACE_CONT, tid, NULL, (void *)(long)deliver);
}

static int run(void)
{
    int result = 125, status;
    pid_t tid;

    while ((tid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status))
            handle_stop(tid, status);
        else if (tid == root)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return result;
}

int main(int argc, char **argv)
{
    int go[2], first = 1;

    if (argc > 1 && strcmp(argv[1], "-f") == 0) {
        follow = true;
        first++;
    }
    if (first >= argc || pipe2(go, O_CLOEXEC) != 0)
        return 125;
    root = fork();
    if (root == 0) {
        char byte;
        if (read(go[0], &byte, 1) == 1)
            execvp(argv[first], argv + first);
        _exit(127);
    }
    if (root < 0 ||
        ptrace(PTRACE_SEIZE, root, NULL,
               (void *)(long)(PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                              PTRACE_O_TRACEVFORK)) != 0 ||
        write(go[1], "", 1) != 1) {
        fprintf(stderr, "bare_loop_linux: cannot trace '%s': %s\n", argv[first], strerror(errno));
        if (root > 0)
            kill(root, SIGKILL);
        return 125;
    }
    return run();
}
