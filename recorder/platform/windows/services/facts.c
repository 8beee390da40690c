/* Facts about the machine, and the current directory, for Windows. See os.h. */
#include "os.h"
#include "services/wide.h"
#include "services/windows_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * GetVersionEx tells a program without a manifest that it runs on Windows 8; RtlGetVersion tells
 * the truth.
 */
static void describe_version(char *out, size_t capacity)
{
    LONG(WINAPI * get_version)
    (OSVERSIONINFOW *) =
        (LONG(WINAPI *)(OSVERSIONINFOW *))windows_api_find(L"ntdll.dll", "RtlGetVersion");
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};

    if (get_version == NULL || get_version(&version) < 0)
        snprintf(out, capacity, "Windows");
    else
        snprintf(out, capacity, "Windows %lu.%lu.%lu", version.dwMajorVersion,
                 version.dwMinorVersion, version.dwBuildNumber);
}

static const char *architecture(void)
{
    enum { ARCHITECTURE_ARM64 = 12 };
    SYSTEM_INFO info;

    GetNativeSystemInfo(&info);
    switch (info.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x86_64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "i686";
    case ARCHITECTURE_ARM64:
        return "aarch64";
    default:
        return "";
    }
}

static void describe_host(char *out, size_t capacity)
{
    wchar_t name[256];
    DWORD length = 256;
    char *text;

    out[0] = '\0';
    if (!GetComputerNameExW(ComputerNamePhysicalDnsHostname, name, &length))
        return;
    text = wide_to_utf8(name, length);
    if (text != NULL)
        wide_copy_utf8(out, capacity, text);
    free(text);
}

void os_facts(struct os_facts *facts)
{
    const char *(*wine_get_version)(void) =
        (const char *(*)(void))windows_api_find(L"ntdll.dll", "wine_get_version");

    memset(facts, 0, sizeof *facts);
    describe_version(facts->os, sizeof facts->os);
    wide_copy_utf8(facts->arch, sizeof facts->arch, architecture());
    describe_host(facts->host, sizeof facts->host);
    if (wine_get_version != NULL)
        wide_copy_utf8(facts->wine, sizeof facts->wine, wine_get_version());
}

void os_current_directory(char *out, unsigned capacity)
{
    DWORD size = GetCurrentDirectoryW(0, NULL), length;
    wchar_t *wide = calloc((size_t)size + 1, sizeof *wide);
    char *text = NULL;

    out[0] = '\0';
    if (wide == NULL)
        return;
    length = GetCurrentDirectoryW(size, wide);
    if (length > 0 && length < size)
        text = wide_to_utf8(wide, length);
    if (text != NULL)
        wide_copy_utf8(out, capacity, text);
    free(text);
    free(wide);
}

static uint64_t ticks_of(const FILETIME *time)
{
    return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

void os_busy(struct os_busy *busy)
{
    FILETIME idle, kernel, user;
    SYSTEM_INFO info;

    memset(busy, 0, sizeof *busy);
    GetNativeSystemInfo(&info);
    busy->cpus = info.dwNumberOfProcessors;
    if (GetSystemTimes(&idle, &kernel, &user)) {
        busy->idle = ticks_of(&idle);
        busy->total = ticks_of(&kernel) + ticks_of(&user); /* the kernel's has the idle time */
    }
}
