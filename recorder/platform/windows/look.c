/*
 * What a thread is doing, from outside: Windows 10 tells whether it waits, and for what sort of
 * thing (SYSTEM_THREAD_INFORMATION; the class and the words are those of Process Hacker's headers).
 * Only threads of the process that we have launched are suspended, for the moment in which their
 * stacks are copied: if we end in that moment, it ends with us, and no thread stays suspended. One
 * that is in a system call then is said to wait in it.
 */
#include "look.h"
#include "decoding/target_memory.h"
#include "decoding/thread_stack.h"
#include "os.h"
#include "suspending.h"
#include "text.h"

#include <string.h>

enum {
    THREADS_ASKED_MAX = 256,
    KNOWN_MAX = 1024,
    SYSTEM_THREAD_INFORMATION = 40, /* of THREADINFOCLASS */
    STATE_WAITING = 5,
    STUB_BYTES_MAX = 32 /* of a function that only makes a system call */
};
#define FRESH_NS UINT64_C(250000000) /* how long CPU times say something of now */

struct thread_information {
    LARGE_INTEGER times[3];
    ULONG wait_time;
    void *start;
    HANDLE pid, tid;
    LONG priorities[2];
    ULONG switches, state, wait_reason;
};

typedef LONG(WINAPI *query)(HANDLE, ULONG, PVOID, ULONG, PULONG);
typedef LONG(WINAPI *next_thread)(HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE *);

/* What a thread had used at the last look, in 100 ns, by its number. Looking thread. */
static struct {
    uint32_t tid;
    uint64_t cpu, t_ns;
} known[KNOWN_MAX];

/* A thread that may be looked at closer. */
struct candidate {
    HANDLE thread;
    uint32_t tid;
    uint64_t used;         /* since the last look */
    int waits;             /* -1: not known */
    bool is_told;          /* by the system */
    const char *waits_for; /* in words, "" */
};

/* KWAIT_REASON */
static const char *words_of(ULONG reason)
{
    static const char *const words[] = {[0] = "the kernel", [2] = "reading a page",
                                        [4] = "Sleep",      [6] = "a wait for objects",
                                        [7] = "the kernel", [9] = "reading a page",
                                        [11] = "Sleep",     [13] = "a wait for objects or messages",
                                        [15] = "a queue",   [17] = "a call to another process",
                                        [21] = "a lock",    [37] = "a lock"};

    return reason < sizeof words / sizeof words[0] && words[reason] != NULL ? words[reason] : "";
}

/* The exported function of our own ntdll.dll, which lies where the target's does. */
static const char *function_before(uint64_t address)
{
    const unsigned char *base = (const unsigned char *)GetModuleHandleW(L"ntdll.dll");
    const IMAGE_NT_HEADERS *headers =
        (const IMAGE_NT_HEADERS *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_EXPORT_DIRECTORY *exports =
        (const IMAGE_EXPORT_DIRECTORY *)(base +
                                         headers->OptionalHeader.DataDirectory[0].VirtualAddress);
    const DWORD *functions = (const DWORD *)(base + exports->AddressOfFunctions),
                *names = (const DWORD *)(base + exports->AddressOfNames);
    const WORD *ordinals = (const WORD *)(base + exports->AddressOfNameOrdinals);
    uint64_t offset = address - (uintptr_t)base;

    if (offset >= headers->OptionalHeader.SizeOfImage)
        return NULL;
    for (DWORD i = 0; i < exports->NumberOfNames; i++) {
        const char *name = (const char *)(base + names[i]);
        if (name[0] == 'N' && name[1] == 't' && functions[ordinals[i]] <= offset &&
            offset - functions[ordinals[i]] < STUB_BYTES_MAX)
            return name;
    }
    return NULL;
}

/* Behind a system call: syscall, or the call that Wine has in its place. */
static bool is_in_call(HANDLE process, uint64_t address)
{
    static const unsigned char wine[] = {0xFF, 0x14, 0x25};
    unsigned char bytes[7];

    return target_memory_read(process, address - sizeof bytes, bytes, sizeof bytes) &&
           ((bytes[5] == 0x0F && bytes[6] == 0x05) || memcmp(bytes, wine, sizeof wine) == 0);
}

/* What the thread has used since the last look; whether it waits follows, if that was just now. */
static void ask_times(struct candidate *of)
{
    FILETIME created, ended, kernel, user;
    uint64_t now = os_monotonic_ns(), cpu, since_ns;
    unsigned place = of->tid / 4 % KNOWN_MAX;

    if (!GetThreadTimes(of->thread, &created, &ended, &kernel, &user))
        return;
    cpu = ((uint64_t)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) +
          ((uint64_t)user.dwHighDateTime << 32 | user.dwLowDateTime);
    since_ns = now - known[place].t_ns;
    if (known[place].tid == of->tid && cpu >= known[place].cpu && since_ns < FRESH_NS) {
        of->used = cpu - known[place].cpu;
        of->waits = of->used * 100 < since_ns / 2;
    }
    known[place].tid = of->tid;
    known[place].cpu = cpu;
    known[place].t_ns = now;
}

static void ask_state(struct candidate *of)
{
    query ask = (query)windows_api_find(L"ntdll.dll", "NtQueryInformationThread");
    struct thread_information information;

    if (ask == NULL ||
        ask(of->thread, SYSTEM_THREAD_INFORMATION, &information, sizeof information, NULL) < 0)
        return;
    of->is_told = true;
    of->waits = information.state == STATE_WAITING;
    of->waits_for = of->waits ? words_of(information.wait_reason) : "";
}

/* Those that compute first, and of them those that have used most. Returns who has no place. */
static HANDLE keep(struct candidate *kept, unsigned *count, const struct candidate *candidate)
{
    HANDLE last = *count == LOOK_THREADS_MAX ? kept[*count - 1].thread : NULL;
    unsigned at = *count;

    while (at > 0 && (kept[at - 1].waits != 0) >= (candidate->waits != 0) &&
           ((kept[at - 1].waits != 0) > (candidate->waits != 0) ||
            kept[at - 1].used < candidate->used))
        at--;
    if (at == LOOK_THREADS_MAX)
        return candidate->thread;
    if (*count < LOOK_THREADS_MAX)
        ++*count;
    memmove(&kept[at + 1], &kept[at], (*count - 1 - at) * sizeof *kept);
    kept[at] = *candidate;
    return last;
}

static unsigned choose(HANDLE process, ACCESS_MASK access, struct candidate *kept)
{
    next_thread next = (next_thread)windows_api_find(L"ntdll.dll", "NtGetNextThread");
    HANDLE thread = NULL, left = NULL, after;
    unsigned count = 0;

    for (unsigned i = 0;
         next != NULL && i < THREADS_ASKED_MAX && next(process, thread, access, 0, 0, &after) >= 0;
         i++) {
        struct candidate candidate = {
            .thread = after, .tid = GetThreadId(after), .waits = -1, .waits_for = ""};
        if (left != NULL)
            CloseHandle(left);
        thread = after;
        ask_times(&candidate);
        ask_state(&candidate);
        left = keep(kept, &count, &candidate);
    }
    if (left != NULL)
        CloseHandle(left);
    return count;
}

/* What was copied of a thread while it was suspended. */
struct copy {
    uint64_t registers[STACK_REGISTERS];
    unsigned char stack[STACK_COPY_BYTES];
    size_t bytes;
};

static bool copy_stack(HANDLE process, HANDLE thread, struct copy *copy)
{
    bool is_read;

    if (SuspendThread(thread) == (DWORD)-1)
        return false;
    is_read = thread_stack_registers(thread, copy->registers);
    if (is_read)
        copy->bytes = thread_stack_bytes(process, copy->registers[STACK_RSP], copy->stack);
    ResumeThread(thread);
    return is_read;
}

/* In which call it waits, as far as its registers tell. */
static void name_call(HANDLE process, struct candidate *of, uint64_t place)
{
    bool is_in_it = is_in_call(process, place);
    const char *name = is_in_it ? function_before(place) : NULL;

    if (!of->is_told)
        of->waits = is_in_it;
    if (of->waits == 1 && name != NULL)
        of->waits_for = name;
}

static void look_at(HANDLE process, bool is_ours, struct candidate *of, look_taker take,
                    void *context)
{
    static struct copy copy;
    struct thread_look look = {.tid = of->tid};

    copy.bytes = 0;
    if (is_ours && copy_stack(process, of->thread, &copy)) {
        name_call(process, of, copy.registers[STACK_RIP]);
        look.registers = copy.registers;
        look.registers_bytes = STACK_REGISTERS_BYTES;
        look.stack = copy.stack;
        look.stack_bytes = copy.bytes;
    }
    look.state = of->waits == 0 ? LOOK_COMPUTES : LOOK_WAITS;
    if (of->waits == 1)
        memcpy(look.call, of->waits_for,
               text_cut(of->waits_for, strlen(of->waits_for), sizeof look.call - 1));
    if (of->waits >= 0)
        take(context, &look);
}

void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    HANDLE process = interval_ns == 0
                         ? NULL
                         : OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, pid);
    struct candidate kept[LOOK_THREADS_MAX];
    ACCESS_MASK access = THREAD_QUERY_INFORMATION;
    unsigned count;
    bool is_ours;

    if (process == NULL)
        return;
    is_ours = suspending_is_allowed(pid) && thread_stack_is_real(process);
    if (is_ours)
        access |= THREAD_GET_CONTEXT | THREAD_SUSPEND_RESUME;
    count = choose(process, access, kept);
    for (unsigned i = 0; i < count; i++) {
        look_at(process, is_ours, &kept[i], take, context);
        CloseHandle(kept[i].thread);
    }
    CloseHandle(process);
}

int platform_allow_look_stops(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return error_set(
        error, TRAIL_FAILED, 0,
        "threads of what trailrec launches are suspended for looks anyway, and no others");
}
