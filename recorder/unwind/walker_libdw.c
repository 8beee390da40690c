/*
 * See walker.h: elfutils' libdw, which is loaded only here, in the worker's process, so that
 * trailrec neither needs it nor starts the slower for it. Modules are reported where they lay, and
 * their files opened when the unwinder comes to them.
 */
#define _GNU_SOURCE
#include "walker.h"

#include "guess.h"
#include "module_file.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBDW_FUNCTIONS(X)           \
    X(dwfl_begin)                    \
    X(dwfl_report_begin)             \
    X(dwfl_report_module)            \
    X(dwfl_report_end)               \
    X(dwfl_attach_state)             \
    X(dwfl_getthread_frames)         \
    X(dwfl_thread_dwfl)              \
    X(dwfl_thread_state_registers)   \
    X(dwfl_thread_state_register_pc) \
    X(dwfl_frame_pc)                 \
    X(dwfl_addrmodule)               \
    X(dwfl_module_addrinfo)          \
    X(dwfl_module_eh_cfi)            \
    X(dwfl_module_dwarf_cfi)         \
    X(dwarf_cfi_addrframe)           \
    X(dwarf_frame_cfa)               \
    X(dwfl_standard_find_debuginfo)  \
    X(dwfl_offline_section_address)  \
    X(elf_version)                   \
    X(elf_begin)

static struct {
#define DECLARE(name) __typeof__(name) *name;
    LIBDW_FUNCTIONS(DECLARE)
#undef DECLARE
} dw;

/* How a function's caller is found, at one address. */
struct rule {
    uint64_t address; /* 0: none */
    bool has_tables;  /* else libdw follows frame pointers */
    bool needs_frame_pointer;
};

enum { RULES = 4096 };

struct walker {
    struct job *job;
    Dwfl *dwfl;
    struct walker_modules modules;
    bool is_attached;
    /* the stack that is walked */
    const struct walker_stack *stack;
    struct walker_place *places;
    unsigned count;
    struct rule last;         /* of the last place */
    bool guesses;             /* it had no unwind tables: what follows is a guess */
    bool is_cut;              /* it goes on where nothing was copied */
    uint64_t frame_pointer;   /* of the innermost frame, 0: not known; of one that was looked at */
    struct rule rules[RULES]; /* by address */
};

enum { THREAD = 1 };

/* One worker, one walker: libdw gives no argument to these. */
static struct walker walker_of_process;

static bool is_without_servers;

/*
 * In front of the C library's, which it calls: libdw (elfutils 0.188) opens libdebuginfod as soon
 * as it is loaded, whether or not there are servers to ask, and with it an HTTP client and some
 * forty libraries. Where no server is to be asked they cost more than all the unwinding of a
 * start-up.
 */
void *dlopen(const char *name, int flags)
{
    static void *(*next)(const char *, int);

    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "dlopen");
    if (next == NULL ||
        (is_without_servers && name != NULL && strstr(name, "libdebuginfod") != NULL))
        return NULL;
    return next(name, flags);
}

static bool load_libdw(void)
{
    void *library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
    bool is_whole = library != NULL;

#define LOOK_UP(name) is_whole = is_whole && (*(void **)&dw.name = dlsym(library, #name)) != NULL;
    LIBDW_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    return is_whole;
}

/* The module's name is its index. */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
                    char **file_name, Elf **elf)
{
    struct job *job = walker_of_process.job;
    uint32_t index = (uint32_t)strtoul(name, NULL, 10);
    const struct job_module *of_job = &job_modules(job)[index];

    (void)module, (void)userdata, (void)base, (void)elf;
    *file_name = strndup(job_bytes(job, of_job->path), of_job->path.length);
    return module_file_open(job, index);
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word, void *context)
{
    struct walker *walker = context;
    uint64_t start = walker->stack->registers[STACK_RSP];

    (void)dwfl;
    if (address >= start && address - start < walker->stack->size &&
        walker->stack->size - (address - start) >= sizeof *word) {
        memcpy(word, walker->stack->bytes + (address - start), sizeof *word);
        return true;
    }
    walker->is_cut |= address >= start && address - start < 1024 * 1024;
    return false;
}

static pid_t next_thread(Dwfl *dwfl, void *context, void **thread)
{
    pid_t next = *thread == NULL ? THREAD : 0;

    (void)dwfl;
    *thread = context;
    return next;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *context, void **thread)
{
    (void)dwfl;
    *thread = context;
    return tid == THREAD;
}

static bool set_registers(Dwfl_Thread *thread, void *context)
{
    const struct walker *walker = context;

    dw.dwfl_thread_state_register_pc(thread, walker->stack->registers[STACK_RIP]);
    if (!walker->stack->has_place_only)
        return dw.dwfl_thread_state_registers(thread, 0, STACK_REGISTERS, walker->stack->registers);
    return (walker->frame_pointer == 0 ||
            dw.dwfl_thread_state_registers(thread, STACK_RBP, 1, &walker->frame_pointer)) &&
           dw.dwfl_thread_state_registers(thread, STACK_RSP, 1,
                                          &walker->stack->registers[STACK_RSP]);
}

struct walker *walker_new(struct job *job)
{
    static char *debuginfo_path;
    static const Dwfl_Callbacks callbacks = {.debuginfo_path = &debuginfo_path,
                                             .find_elf = find_elf};
    static Dwfl_Callbacks whole;
    struct walker *walker = &walker_of_process;

    is_without_servers = !job->asks_debuginfod;
    if (is_without_servers)
        unsetenv("DEBUGINFOD_URLS");
    if (!load_libdw())
        return NULL;
    dw.elf_version(EV_CURRENT);
    whole = callbacks;
    whole.find_debuginfo = dw.dwfl_standard_find_debuginfo;
    whole.section_address = dw.dwfl_offline_section_address;
    walker->job = job;
    walker->dwfl = dw.dwfl_begin(&whole);
    return walker->dwfl == NULL ? NULL : walker;
}

/* libdw asks the file for the machine, if it is not told one: ours is the target's. */
static bool attach(struct walker *walker)
{
    static const Dwfl_Thread_Callbacks callbacks = {.next_thread = next_thread,
                                                    .get_thread = get_thread,
                                                    .memory_read = read_memory,
                                                    .set_initial_registers = set_registers};
    int self;
    Elf *elf;

    if (walker->is_attached)
        return true;
    self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    elf = self < 0 ? NULL : dw.elf_begin(self, ELF_C_READ_MMAP, NULL);
    walker->is_attached =
        elf != NULL && dw.dwfl_attach_state(walker->dwfl, elf, THREAD, &callbacks, walker);
    return walker->is_attached;
}

void walker_set_modules(struct walker *walker, const struct walker_modules *modules)
{
    walker->modules = *modules;
    memset(walker->rules, 0, sizeof walker->rules);
    dw.dwfl_report_begin(walker->dwfl);
    for (uint32_t i = 0; i < modules->count; i++) {
        const struct job_module *module = &job_modules(walker->job)[modules->active[i]];
        uint64_t end = module->base + module->bytes;
        char name[16];
        if (i + 1 < modules->count && end > job_modules(walker->job)[modules->active[i + 1]].base)
            end = job_modules(walker->job)[modules->active[i + 1]].base;
        snprintf(name, sizeof name, "%u", modules->active[i]);
        if (end > module->base)
            dw.dwfl_report_module(walker->dwfl, name, module->base, end);
    }
    dw.dwfl_report_end(walker->dwfl, NULL, NULL);
}

static bool reads_frame_pointer(Dwarf_Frame *frame)
{
    Dwarf_Op *operations;
    size_t count;

    return dw.dwarf_frame_cfa(frame, &operations, &count) == 0 && count > 0 &&
           (operations[0].atom == DW_OP_breg0 + STACK_RBP ||
            (operations[0].atom == DW_OP_bregx && operations[0].number == STACK_RBP));
}

static struct rule find_rule(Dwfl_Module *module, uint64_t address)
{
    struct rule rule = {.address = address};
    Dwarf_Addr bias;
    Dwarf_Frame *frame = NULL;
    Dwarf_CFI *tables;

    if (module == NULL)
        return rule;
    tables = dw.dwfl_module_eh_cfi(module, &bias);
    if (tables == NULL || dw.dwarf_cfi_addrframe(tables, address - bias, &frame) != 0) {
        tables = dw.dwfl_module_dwarf_cfi(module, &bias);
        if (tables == NULL || dw.dwarf_cfi_addrframe(tables, address - bias, &frame) != 0)
            return rule;
    }
    rule.has_tables = true;
    rule.needs_frame_pointer = reads_frame_pointer(frame);
    free(frame);
    return rule;
}

static struct rule rule_at(struct walker *walker, uint64_t address)
{
    struct rule *rule = &walker->rules[address % RULES];

    if (rule->address != address)
        *rule = find_rule(dw.dwfl_addrmodule(walker->dwfl, address), address);
    return *rule;
}

static int take_frame(Dwfl_Frame *frame, void *context)
{
    struct walker *walker = context;
    Dwarf_Addr address;
    bool is_exact;
    uint64_t inside;
    int64_t module;

    if (!dw.dwfl_frame_pc(frame, &address, &is_exact) || address == 0)
        return DWARF_CB_ABORT;
    walker->places[walker->count++] = (struct walker_place){address, !is_exact, walker->guesses};
    if (walker->count == JOB_FRAMES_PER_STACK)
        return DWARF_CB_ABORT;
    inside = address - !is_exact;
    module = guess_module_at(walker->job, &walker->modules, inside);
    walker->job->module = (uint32_t)(module + 1);
    walker->last = rule_at(walker, inside);
    walker->guesses |= !walker->last.has_tables;
    return DWARF_CB_OK;
}

const char *walker_symbol(struct walker *walker, uint32_t module, uint64_t address,
                          uint64_t *offset)
{
    Dwfl_Module *of_dwfl = dw.dwfl_addrmodule(walker->dwfl, address);
    GElf_Sym symbol;
    GElf_Off within = 0;
    const char *name = NULL;

    walker->job->module = module + 1;
    if (of_dwfl != NULL)
        name = dw.dwfl_module_addrinfo(of_dwfl, address, &within, &symbol, NULL, NULL, NULL);
    *offset = within;
    return name;
}

static int walk(struct walker *walker)
{
    walker->count = 0;
    walker->guesses = walker->is_cut = false;
    return attach(walker) ? dw.dwfl_getthread_frames(walker->dwfl, THREAD, take_frame, walker) : -1;
}

/*
 * A sleeper's function that keeps a frame pointer, which none that it called has saved: it follows
 * from how the function begins, else what is above is a guess.
 */
static bool find_frame_pointer(struct walker *walker)
{
    const struct walker_place *last = &walker->places[walker->count - 1];
    uint64_t inside = last->address - last->is_return, within = 0;
    int64_t module = guess_module_at(walker->job, &walker->modules, inside);

    if (module >= 0 && walker_symbol(walker, (uint32_t)module, inside, &within) == NULL)
        within = inside;
    walker->frame_pointer = module < 0 ? 0
                                       : guess_frame_pointer(walker->job, &walker->modules,
                                                             walker->stack, last, inside - within);
    return walker->frame_pointer != 0;
}

unsigned walker_walk(struct walker *walker, const struct walker_stack *stack,
                     struct walker_place *places, bool *is_whole)
{
    int result;

    walker->stack = stack;
    walker->places = places;
    walker->frame_pointer = 0;
    result = walk(walker);
    *is_whole = true;
    if (result == 0 && stack->has_place_only && walker->count > 0 &&
        walker->last.needs_frame_pointer) {
        unsigned known = walker->count;
        if (find_frame_pointer(walker))
            result = walk(walker);
        *is_whole = walker->count > known;
    }
    *is_whole &= walker->count > 0 &&
                 (result == 0 || walker->is_cut || walker->count == JOB_FRAMES_PER_STACK);
    return walker->count;
}
