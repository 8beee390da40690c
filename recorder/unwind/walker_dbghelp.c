/*
 * See walker.h: DbgHelp ("StackWalk64 function" on MSDN), which is loaded only here, in the
 * worker's process. Where nothing is copied, memory is what the images' files hold, and which
 * function an address is in is read from them too. So are names, unless an image has a PDB: only
 * then DbgHelp opens files. A number that is no handle stands for the process: it asks none.
 */
#include "walker.h"

#include "guess.h"
#include "image/pe_symbols.h"
#include "module_file_pe.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <dbghelp.h>

enum { SYMBOL_UNITS = JOB_SYMBOL_BYTES_MAX, PATH_UNITS = JOB_PATH_BYTES_MAX, NEAR_BYTES = 1 << 20 };
#define PROCESS ((HANDLE)(intptr_t)0x54726168)

static struct {
    DWORD(WINAPI *set_options)(DWORD);
    BOOL(WINAPI *initialize)(HANDLE, PCWSTR, BOOL);
    DWORD64(WINAPI *load)(HANDLE, HANDLE, PCWSTR, PCWSTR, DWORD64, DWORD, PMODLOAD_DATA, DWORD);
    BOOL(WINAPI *unload)(HANDLE, DWORD64);
    BOOL(WINAPI *symbol_at)(HANDLE, DWORD64, PDWORD64, PSYMBOL_INFOW);
    BOOL(WINAPI *walk)
    (DWORD, HANDLE, HANDLE, LPSTACKFRAME64, PVOID, PREAD_PROCESS_MEMORY_ROUTINE64,
     PFUNCTION_TABLE_ACCESS_ROUTINE64, PGET_MODULE_BASE_ROUTINE64, PTRANSLATE_ADDRESS_ROUTINE64);
} dbghelp;

struct walker {
    struct job *job;
    struct walker_modules modules;
    const struct walker_stack *stack; /* that is walked */
    bool is_cut;                      /* it goes on where nothing was copied */
    uint32_t *named;                  /* modules whose symbols are loaded */
    uint32_t named_count;
};

struct symbol {
    char name[JOB_SYMBOL_BYTES_MAX];
    uint64_t offset; /* of the address behind it */
};

/* One worker, one walker: DbgHelp gives no argument to its callbacks. */
static struct walker walker_of_process;

/* By its path: a DLL of that name in the current folder is a stranger's. */
static HMODULE load_library(void)
{
    static const wchar_t name[] = L"\\dbghelp.dll";
    wchar_t path[MAX_PATH + sizeof name / sizeof name[0]];
    UINT length = GetSystemDirectoryW(path, MAX_PATH);

    if (length == 0 || length >= MAX_PATH)
        return NULL;
    memcpy(path + length, name, sizeof name);
    return LoadLibraryW(path);
}

static bool load_dbghelp(void)
{
    static const struct {
        const char *name;
        void *function;
    } functions[] = {
        {"SymSetOptions", &dbghelp.set_options}, {"SymInitializeW", &dbghelp.initialize},
        {"SymLoadModuleExW", &dbghelp.load},     {"SymUnloadModule64", &dbghelp.unload},
        {"SymFromAddrW", &dbghelp.symbol_at},    {"StackWalk64", &dbghelp.walk}};
    HMODULE library = load_library();

    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        FARPROC function = library == NULL ? NULL : GetProcAddress(library, functions[i].name);
        if (function == NULL)
            return false;
        memcpy(functions[i].function, &function, sizeof function);
    }
    return true;
}

/* Symbols come from beside the image, never from where the image says, which may be a server. */
struct walker *walker_new(struct job *job)
{
    struct walker *walker = &walker_of_process;
    DWORD options = SYMOPT_UNDNAME | SYMOPT_FAIL_CRITICAL_ERRORS | SYMOPT_NO_PROMPTS;

    if (!job->asks_debuginfod) {
        SetEnvironmentVariableW(L"_NT_SYMBOL_PATH", NULL);
        SetEnvironmentVariableW(L"_NT_ALT_SYMBOL_PATH", NULL);
        SetEnvironmentVariableW(L"_NT_ALTERNATE_SYMBOL_PATH", NULL);
        options |= SYMOPT_IGNORE_CVREC;
    }
    walker->job = job;
    walker->named = calloc(job->module_count + 1, sizeof *walker->named);
    if (walker->named == NULL || !load_dbghelp())
        return NULL;
    dbghelp.set_options(options);
    return dbghelp.initialize(PROCESS, NULL, FALSE) ? walker : NULL;
}

void walker_set_modules(struct walker *walker, const struct walker_modules *modules)
{
    walker->modules = *modules;
}

/* The image that an address lies in, and where in it; NULL: none that can be read. */
static const struct pe_image *image_at(const struct walker *walker, uint64_t address, uint64_t *rva)
{
    int64_t module = guess_module_at(walker->job, &walker->modules, address);

    if (module < 0)
        return NULL;
    *rva = address - job_modules(walker->job)[module].base;
    return module_file_pe(walker->job, (uint32_t)module);
}

/* Returns how much of it there is. */
static size_t read_stack(struct walker *walker, uint64_t offset, void *buffer, size_t size)
{
    size_t left = offset < walker->stack->size ? walker->stack->size - (size_t)offset : 0;

    walker->is_cut |= left < size;
    size = left < size ? left : size;
    memcpy(buffer, walker->stack->bytes + (left > 0 ? offset : 0), size);
    return size;
}

static BOOL CALLBACK read_memory(HANDLE process, DWORD64 address, PVOID buffer, DWORD size,
                                 LPDWORD read)
{
    struct walker *walker = &walker_of_process;
    uint64_t offset = address - walker->stack->registers[STACK_RSP], rva = 0;
    const struct pe_image *image;
    size_t have = size;

    (void)process;
    if (offset < NEAR_BYTES) {
        have = read_stack(walker, offset, buffer, size);
    } else {
        image = image_at(walker, address, &rva);
        while (have > 0 && (image == NULL || !pe_read_rva(image, rva, buffer, have)))
            have = image == NULL ? 0 : have / 2;
    }
    if (read != NULL)
        *read = (DWORD)have;
    return have > 0;
}

/* What it returns is used before the next call, as with SymFunctionTableAccess64's own. */
static PVOID CALLBACK find_function(HANDLE process, DWORD64 address)
{
    static IMAGE_RUNTIME_FUNCTION_ENTRY entry;
    struct pe_function function;
    uint64_t rva;
    const struct pe_image *image = image_at(&walker_of_process, address, &rva);

    (void)process;
    if (image == NULL || !pe_function_at(image, rva, &function))
        return NULL;
    memcpy(&entry, &function, sizeof entry);
    return &entry;
}

static DWORD64 CALLBACK find_base(HANDLE process, DWORD64 address)
{
    const struct walker *walker = &walker_of_process;
    int64_t module = guess_module_at(walker->job, &walker->modules, address);

    (void)process;
    return module < 0 ? 0 : job_modules(walker->job)[module].base;
}

/* Whether a frame's caller is known and not supposed: only the innermost function may be a leaf. */
static bool is_certain(const struct walker *walker, const struct walker_place *place)
{
    struct pe_function function;
    uint64_t rva;
    const struct pe_image *image = image_at(walker, place->address - place->is_return, &rva);

    return image != NULL && (!place->is_return || pe_function_at(image, rva, &function));
}

static void begin(const struct walker_stack *stack, STACKFRAME64 *frame, CONTEXT *context)
{
    const uint64_t *r = stack->registers;

    memset(frame, 0, sizeof *frame);
    frame->AddrPC = (ADDRESS64){.Offset = r[STACK_RIP], .Mode = AddrModeFlat};
    frame->AddrStack = (ADDRESS64){.Offset = r[STACK_RSP], .Mode = AddrModeFlat};
    frame->AddrFrame = (ADDRESS64){.Offset = r[STACK_RBP], .Mode = AddrModeFlat};
    memset(context, 0, sizeof *context);
    context->ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    context->Rax = r[0], context->Rdx = r[1], context->Rcx = r[2], context->Rbx = r[3];
    context->Rsi = r[4], context->Rdi = r[5], context->Rbp = r[6], context->Rsp = r[7];
    context->R8 = r[8], context->R9 = r[9], context->R10 = r[10], context->R11 = r[11];
    context->R12 = r[12], context->R13 = r[13], context->R14 = r[14], context->R15 = r[15];
    context->Rip = r[STACK_RIP];
}

unsigned walker_walk(struct walker *walker, const struct walker_stack *stack,
                     struct walker_place *places, bool *is_whole)
{
    STACKFRAME64 frame;
    CONTEXT context;
    unsigned count = 0;

    walker->stack = stack;
    walker->is_cut = *is_whole = false;
    begin(stack, &frame, &context);
    while (count < JOB_FRAMES_PER_STACK &&
           dbghelp.walk(IMAGE_FILE_MACHINE_AMD64, PROCESS, PROCESS, &frame, &context, read_memory,
                        find_function, find_base, NULL) &&
           frame.AddrPC.Offset != 0) {
        places[count] =
            (struct walker_place){.address = frame.AddrPC.Offset, .is_return = count > 0};
        if (!is_certain(walker, &places[count++]))
            return count;
    }
    *is_whole = count > 0 &&
                (frame.AddrReturn.Offset == 0 || walker->is_cut || count == JOB_FRAMES_PER_STACK);
    return count;
}

static void unload_under(struct walker *walker, const struct job_module *module)
{
    const struct job_module *all = job_modules(walker->job);

    for (uint32_t i = walker->named_count; i > 0; i--) {
        const struct job_module *named = &all[walker->named[i - 1]];
        if (named->base < module->base + module->bytes &&
            module->base < named->base + named->bytes) {
            dbghelp.unload(PROCESS, named->base);
            walker->named[i - 1] = walker->named[--walker->named_count];
        }
    }
}

static bool load_symbols(struct walker *walker, uint32_t index)
{
    const struct job_module *module = &job_modules(walker->job)[index];
    wchar_t path[PATH_UNITS];
    int length;

    for (uint32_t i = 0; i < walker->named_count; i++)
        if (walker->named[i] == index)
            return true;
    length = MultiByteToWideChar(CP_UTF8, 0, job_bytes(walker->job, module->path),
                                 (int)module->path.length, path, PATH_UNITS - 1);
    path[length] = L'\0';
    unload_under(walker, module);
    if (dbghelp.load(PROCESS, NULL, path, NULL, module->base, (DWORD)module->bytes, NULL, 0) == 0)
        return false;
    walker->named[walker->named_count++] = index;
    return true;
}

/*
 * Where there is no PDB, DbgHelp finds the last export before the address, which may be another
 * function: a function's beginning is known otherwise.
 */
static bool ask_dbghelp(struct walker *walker, uint32_t index, uint64_t address, uint64_t lowest,
                        struct symbol *found)
{
    static union {
        SYMBOL_INFOW info;
        char room[sizeof(SYMBOL_INFOW) + SYMBOL_UNITS * sizeof(wchar_t)];
    } symbol;
    DWORD64 behind = 0;

    memset(&symbol.info, 0, sizeof symbol.info);
    symbol.info.SizeOfStruct = sizeof symbol.info;
    symbol.info.MaxNameLen = SYMBOL_UNITS;
    if (!load_symbols(walker, index) ||
        !dbghelp.symbol_at(PROCESS, address, &behind, &symbol.info) || address - behind < lowest)
        return false;
    found->offset = behind;
    return WideCharToMultiByte(CP_UTF8, 0, symbol.info.Name, -1, found->name, sizeof found->name,
                               NULL, NULL) > 1;
}

const char *walker_symbol(struct walker *walker, uint32_t index, uint64_t address, uint64_t *offset)
{
    static struct symbol found;
    const struct job_module *module = &job_modules(walker->job)[index];
    const struct pe_image *image = module_file_pe(walker->job, index);
    uint64_t rva = address - module->base;

    if (image == NULL ||
        !((module->has_pdb && ask_dbghelp(walker, index, address,
                                          module->base + pe_function_start(image, rva), &found)) ||
          pe_symbol_at(image, rva, found.name, sizeof found.name, &found.offset)))
        return NULL;
    *offset = found.offset;
    return found.name;
}
