/*
 * Work in a process of our own (os.h): this program, started anew with the section's handle, in a
 * job object that limits it (SetInformationJobObject on MSDN) and ends it with us.
 */
#include "os_shared.h"
#include "services/windows_api.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static const char worker_word[] = "--unwind-worker";
enum { COMMAND_UNITS = 1024, CPU_SECONDS = 2 };
#define MEMORY_BYTES ((SIZE_T)2 << 30)

struct os_shared {
    HANDLE section;
    void *memory;
    size_t size;
};

struct os_shared *os_shared_new(size_t size)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    struct os_shared *shared = calloc(1, sizeof *shared);

    if (shared == NULL)
        return NULL;
    shared->size = size;
    shared->section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE,
                           (DWORD)((uint64_t)size >> 32), (DWORD)(size & 0xFFFFFFFF), NULL);
    if (shared->section != NULL)
        shared->memory = MapViewOfFile(shared->section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size);
    if (shared->memory != NULL)
        return shared;
    os_shared_free(shared);
    return NULL;
}

void *os_shared_memory(struct os_shared *shared)
{
    return shared->memory;
}

void os_shared_free(struct os_shared *shared)
{
    if (shared == NULL)
        return;
    if (shared->memory != NULL)
        UnmapViewOfFile(shared->memory);
    if (shared->section != NULL)
        CloseHandle(shared->section);
    free(shared);
}

static HANDLE new_job(void)
{
    HANDLE job = CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;

    memset(&limits, 0, sizeof limits);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE |
                                              JOB_OBJECT_LIMIT_PROCESS_TIME |
                                              JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = CPU_SECONDS * 10000000LL;
    limits.ProcessMemoryLimit = MEMORY_BYTES;
    if (job != NULL)
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    return job;
}

static bool start(const struct os_shared *shared, PROCESS_INFORMATION *process)
{
    wchar_t program[COMMAND_UNITS], command[2 * COMMAND_UNITS];
    STARTUPINFOW startup = {.cb = sizeof startup};
    DWORD length = GetModuleFileNameW(NULL, program, COMMAND_UNITS);

    if (length == 0 || length >= COMMAND_UNITS)
        return false;
    swprintf(command, sizeof command / sizeof command[0], L"\"%ls\" %hs %llu %llu", program,
             worker_word, (unsigned long long)(uintptr_t)shared->section,
             (unsigned long long)shared->size);
    return CreateProcessW(program, command, NULL, NULL, TRUE, CREATE_SUSPENDED | CREATE_NO_WINDOW,
                          NULL, NULL, &startup, process) != 0;
}

int os_shared_work(struct os_shared *shared, os_shared_worker work, unsigned timeout_ms)
{
    PROCESS_INFORMATION process;
    DWORD code = 1;
    HANDLE job;

    (void)work; /* os_shared_serve knows it */
    if (!start(shared, &process))
        return -1;
    job = new_job();
    if (job != NULL)
        AssignProcessToJobObject(job, process.hProcess);
    ResumeThread(process.hThread);
    if (WaitForSingleObject(process.hProcess, timeout_ms) != WAIT_OBJECT_0) {
        TerminateProcess(process.hProcess, 1);
        WaitForSingleObject(process.hProcess, INFINITE);
    }
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    if (job != NULL)
        CloseHandle(job);
    return code == 0 ? 0 : -1;
}

bool os_shared_serve(int argument_count, char *const *arguments, os_shared_worker work)
{
    size_t size;
    void *memory;

    if (argument_count != 4 || strcmp(arguments[1], worker_word) != 0)
        return false;
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    size = (size_t)strtoull(arguments[3], NULL, 10);
    memory = MapViewOfFile((HANDLE)(uintptr_t)strtoull(arguments[2], NULL, 10),
                           FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size);
    if (memory != NULL)
        work(memory, size);
    return true;
}
