/* See thread_stack.h. */
#include "decoding/thread_stack.h"

#include "decoding/target_memory.h"

#include <string.h>

/* Windows 10 1511 tells it; IsWow64Process says nothing of x64 on another machine. */
static bool is_emulated(HANDLE process)
{
    BOOL(WINAPI * ask)
    (HANDLE, USHORT *, USHORT *) = (BOOL(WINAPI *)(HANDLE, USHORT *, USHORT *))windows_api_find(
        L"kernel32.dll", "IsWow64Process2");
    USHORT of_process, native;

    return ask != NULL && ask(process, &of_process, &native) && native != IMAGE_FILE_MACHINE_AMD64;
}

bool thread_stack_is_real(HANDLE process)
{
    BOOL is_wow64;

    return IsWow64Process(process, &is_wow64) && !is_wow64 && !is_emulated(process);
}

bool thread_stack_registers(HANDLE thread, uint64_t registers[STACK_REGISTERS])
{
    CONTEXT c = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER};

    if (!GetThreadContext(thread, &c))
        return false;
    memcpy(registers,
           (const uint64_t[STACK_REGISTERS]){c.Rax, c.Rdx, c.Rcx, c.Rbx, c.Rsi, c.Rdi, c.Rbp, c.Rsp,
                                             c.R8, c.R9, c.R10, c.R11, c.R12, c.R13, c.R14, c.R15,
                                             c.Rip},
           STACK_REGISTERS_BYTES);
    return true;
}

/*
 * A read across several pages fails whole if one of them is not there, so the system is asked where
 * the region ends.
 */
size_t thread_stack_bytes(HANDLE process, uint64_t pointer, unsigned char *to)
{
    MEMORY_BASIC_INFORMATION region;
    uint64_t left;

    if (VirtualQueryEx(process, (void *)(uintptr_t)pointer, &region, sizeof region) !=
            sizeof region ||
        region.State != MEM_COMMIT)
        return 0;
    left = (uintptr_t)region.BaseAddress + region.RegionSize - pointer;
    left = left < STACK_COPY_BYTES ? left : STACK_COPY_BYTES;
    return target_memory_read(process, pointer, to, (size_t)left) ? (size_t)left : 0;
}
