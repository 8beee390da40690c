/*
 * Exceptions: which of them are there only because of the debugger, and what is recorded of each.
 * Runs while the target stands still.
 *
 * A 64-bit recorder sees the exceptions of a 32-bit process (WOW64) as 64-bit records whose numbers
 * are zero-extended; what a record points to is as the 32-bit code laid it out.
 */
#include "decoding/exception.h"

#include "decoding/target_memory.h"

#include <string.h>

enum {
    NESTED_MAX = 16,
    /* STATUS_WX86_BREAKPOINT: a breakpoint of the 32-bit half of a process */
    WX86_BREAKPOINT = 0x4000001F,
    THREAD_NAME_EXCEPTION = 0x406D1388,
    THREAD_NAME_TYPE = 0x1000,
    THREAD_NAME_BYTES_MAX = 256
};

/*
 * Closing what is no handle, or one that is protected from that, is an error code; the system makes
 * an exception of it for debuggers.
 */
static bool is_about_handle(const EXCEPTION_RECORD *record)
{
    enum { HANDLE_NOT_CLOSABLE = 0xC0000235 };

    return record->ExceptionCode == EXCEPTION_INVALID_HANDLE ||
           record->ExceptionCode == (DWORD)HANDLE_NOT_CLOSABLE;
}

/*
 * Raised by the system, whose function for that is at the same address in all processes, or by the
 * program itself?
 */
static bool is_raised_by_system(const EXCEPTION_RECORD *record)
{
    enum { FUNCTION_BYTES = 256 };
    uintptr_t raiser = (uintptr_t)windows_api_find(L"ntdll.dll", "KiRaiseUserExceptionDispatcher");

    return raiser != 0 && (uintptr_t)record->ExceptionAddress - raiser < FUNCTION_BYTES;
}

/*
 * A program may have asked for that exception (SetProcessMitigationPolicy,
 * ProcessStrictHandleCheckPolicy): then it has it alone too.
 */
static bool wants_handle_exceptions(HANDLE process)
{
    enum { STRICT_HANDLE_CHECK_POLICY = 3, RAISE_EXCEPTION = 1 };
    BOOL(WINAPI * get_policy)
    (HANDLE, int, PVOID, SIZE_T) =
        /* Windows 8 */
        (BOOL(WINAPI *)(HANDLE, int, PVOID, SIZE_T))windows_api_find(L"kernel32.dll",
                                                                     "GetProcessMitigationPolicy");
    DWORD flags = 0;

    return get_policy != NULL &&
           get_policy(process, STRICT_HANDLE_CHECK_POLICY, &flags, sizeof flags) &&
           (flags & RAISE_EXCEPTION) != 0;
}

/*
 * The first breakpoint of a process is the loader's, and would not be there without a debugger.
 * What was attached to is past it.
 */
static DWORD answer_breakpoint(struct debuggee *debuggee, bool wow64)
{
    bool *seen = wow64 ? &debuggee->wow64_breakpoint_seen : &debuggee->loader_breakpoint_seen;

    if (debuggee->attached || *seen)
        return DBG_EXCEPTION_NOT_HANDLED;
    *seen = true;
    return DBG_CONTINUE;
}

DWORD exception_answer(struct debuggee *debuggee, const EXCEPTION_DEBUG_INFO *info)
{
    const EXCEPTION_RECORD *record = &info->ExceptionRecord;

    if (info->dwFirstChance == 0)
        return DBG_EXCEPTION_NOT_HANDLED;
    if (record->ExceptionCode == EXCEPTION_BREAKPOINT || record->ExceptionCode == WX86_BREAKPOINT)
        return answer_breakpoint(debuggee, record->ExceptionCode == WX86_BREAKPOINT);
    if (is_about_handle(record) && is_raised_by_system(record) &&
        !wants_handle_exceptions(debuggee->process))
        return DBG_CONTINUE;
    return DBG_EXCEPTION_NOT_HANDLED;
}

/* A record in the target's memory, as far as it is of use here. */
static bool read_record(const struct debuggee *debuggee, uint64_t address, EXCEPTION_RECORD *record)
{
    struct {
        uint32_t code, flags, record, address;
    } narrow;

    if (!debuggee->wow64 || sizeof(void *) == 4)
        return target_memory_read(debuggee->process, address, record, sizeof *record);
    if (!target_memory_read(debuggee->process, address, &narrow, sizeof narrow))
        return false;
    record->ExceptionCode = narrow.code;
    record->ExceptionRecord = (EXCEPTION_RECORD *)(uintptr_t)narrow.record;
    record->ExceptionAddress = (void *)(uintptr_t)narrow.address;
    return true;
}

/*
 * Records that a record points to lie in the target's memory; the chain is hostile and may be a
 * circle.
 */
static void decode_nested(const struct debuggee *debuggee, const EXCEPTION_RECORD *outer,
                          struct event *event)
{
    uint64_t codes[NESTED_MAX], addresses[NESTED_MAX];
    EXCEPTION_RECORD record = *outer;
    unsigned count = 0;

    while (count < NESTED_MAX &&
           read_record(debuggee, (uintptr_t)record.ExceptionRecord, &record)) {
        codes[count] = record.ExceptionCode;
        addresses[count++] = (uintptr_t)record.ExceptionAddress;
    }
    if (count == 0)
        return;
    event_set_bytes(event, FIELD(EXCEPTION, nested_codes), codes, count * sizeof codes[0]);
    event_set_bytes(event, FIELD(EXCEPTION, nested_addresses), addresses,
                    count * sizeof addresses[0]);
}

/*
 * THREADNAME_INFO as parameters: type, name, thread id (-1: this one), flags. With 64 bits the last
 * two share one; who counted parameters in other units brings more of them. Source: "How to: Set a
 * Thread Name in Native Code", MSDN.
 */
static void decode_thread_name(struct event_text *text, const struct debuggee *debuggee,
                               const EXCEPTION_RECORD *record, struct event *event)
{
    uint32_t tid;
    size_t size, length;
    bool complete, exact;

    if (record->NumberParameters < 3 ||
        (uint32_t)record->ExceptionInformation[0] != THREAD_NAME_TYPE)
        return;
    tid = (uint32_t)record->ExceptionInformation[2];
    size = target_memory_read_string(debuggee->process, record->ExceptionInformation[1], 1, 0,
                                     text->raw, THREAD_NAME_BYTES_MAX, &complete);
    length = event_text_from_ansi(text, size, &exact);
    thread_name_set(event, tid == UINT32_MAX ? event->tid : tid, text->utf8, length);
}

void exception_decode(struct event_text *text, const struct debuggee *debuggee,
                      const EXCEPTION_DEBUG_INFO *info, struct event *event)
{
    const EXCEPTION_RECORD *record = &info->ExceptionRecord;
    uint64_t parameters[EXCEPTION_MAXIMUM_PARAMETERS];
    DWORD count = record->NumberParameters;

    event_set(event, FIELD(EXCEPTION, code), record->ExceptionCode);
    event_set(event, FIELD(EXCEPTION, first_chance), info->dwFirstChance != 0);
    event_set(event, FIELD(EXCEPTION, flags), record->ExceptionFlags);
    event_set(event, FIELD(EXCEPTION, address), (uintptr_t)record->ExceptionAddress);
    if (count > EXCEPTION_MAXIMUM_PARAMETERS)
        count = EXCEPTION_MAXIMUM_PARAMETERS;
    for (DWORD i = 0; i < count; i++)
        parameters[i] = record->ExceptionInformation[i];
    if (count > 0)
        event_set_bytes(event, FIELD(EXCEPTION, parameters), parameters,
                        count * sizeof parameters[0]);
    decode_nested(debuggee, record, event);
    if (record->ExceptionCode == THREAD_NAME_EXCEPTION && info->dwFirstChance != 0)
        decode_thread_name(text, debuggee, record, event);
}
