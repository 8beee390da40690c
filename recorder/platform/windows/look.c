/*
 * What a thread is doing, from outside: Windows 10 tells whether it waits, and for what sort of
 * thing (SYSTEM_THREAD_INFORMATION; the class and the words are those of Process Hacker's headers).
 * Only threads of the process that we have launched are suspended, for the moment in which their
 * registers are read: if we end in that moment, it ends with us, and no thread stays suspended. One
 * that is in a system call then is said to wait in it.
 */
#include "look.h"
#include "decoding/target_memory.h"
#include "os.h"
#include "services/windows_api.h"
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

static bool read_place(HANDLE thread, uint64_t *place)
{
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
    bool is_read;

    if (SuspendThread(thread) == (DWORD)-1)
        return false;
    is_read = GetThreadContext(thread, &context) != 0;
    ResumeThread(thread);
    *place = context.Rip;
    return is_read;
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

static bool look_at(HANDLE process, bool is_ours, struct candidate *of, struct thread_look *look)
{
    const char *words = of->waits_for, *name;
    uint64_t place;

    if (is_ours && of->waits != 0 && read_place(of->thread, &place)) {
        bool is_in_it = is_in_call(process, place);
        of->waits = of->is_told ? of->waits : is_in_it;
        if (is_in_it && (name = function_before(place)) != NULL)
            words = name;
    }
    *look =
        (struct thread_look){.tid = of->tid, .state = of->waits == 0 ? LOOK_COMPUTES : LOOK_WAITS};
    memcpy(look->call, words, text_cut(words, strlen(words), sizeof look->call - 1));
    return of->waits >= 0;
}

/* Nothing is sampled here. */
void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    HANDLE process = interval_ns == 0
                         ? NULL
                         : OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, pid);
    struct candidate kept[LOOK_THREADS_MAX];
    ACCESS_MASK access = THREAD_QUERY_INFORMATION;
    struct thread_look look;
    unsigned count;
    bool is_ours;

    if (process == NULL)
        return;
    is_ours = suspending_is_allowed(pid);
    if (is_ours)
        access |= THREAD_GET_CONTEXT | THREAD_SUSPEND_RESUME;
    count = choose(process, access, kept);
    for (unsigned i = 0; i < count; i++) {
        if (look_at(process, is_ours, &kept[i], &look))
            take(context, &look);
        CloseHandle(kept[i].thread);
    }
    CloseHandle(process);
}
