/*
 * Paths of images, in this very process: those of devices become those of drives and shares, a file
 * is found however long its path is, and case is what it is to Windows. Prints what is wrong; exit
 * status 0 if nothing is.
 */
#include "services/os_file.h"
#include "platform.h"
#include "services/wide.h"
#include "text.h"
#include "services/windows_api.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { PATH_UNITS = 2048, LONG_PATH = 400 };

static struct event event;
static struct module_identity identity;
static int failures;

static void expect(bool condition, const char *what)
{
    if (condition)
        return;
    printf("FAILED: %s (%s)\n", what, identity.path);
    failures++;
}

static void expect_dos_path(const wchar_t *path, const wchar_t *expected)
{
    wchar_t changed[PATH_UNITS];

    wcscpy(changed, path);
    os_file_dos_path(changed);
    if (wcscmp(changed, expected) == 0)
        return;
    printf("FAILED: '%ls' became '%ls', not '%ls'\n", path, changed, expected);
    failures++;
}

static void check_devices(void)
{
    wchar_t device[512], path[PATH_UNITS];

    expect_dos_path(L"\\Device\\Mup\\server\\share\\x.dll", L"\\\\server\\share\\x.dll");
    expect_dos_path(L"\\Device\\Mup\\;LanmanRedirector\\;Z:0000000000012345\\server\\share\\x.dll",
                    L"\\\\server\\share\\x.dll");
    expect_dos_path(L"\\Device\\LanmanRedirector\\server\\share\\x.dll",
                    L"\\\\server\\share\\x.dll");
    expect_dos_path(L"\\Device\\Mup\\;hostile", L"\\\\;hostile");
    expect_dos_path(L"\\Device\\Mup\\", L"\\\\");
    expect_dos_path(L"\\Device\\HarddiskVolume999\\x.dll", L"\\Device\\HarddiskVolume999\\x.dll");
    expect_dos_path(L"C:\\Device\\x.dll", L"C:\\Device\\x.dll");
    if (QueryDosDeviceW(L"C:", device, 512) != 0 && wcsncmp(device, L"\\Device\\", 8) == 0) {
        swprintf(path, PATH_UNITS, L"%ls\\windows\\x.dll", device);
        expect_dos_path(path, L"C:\\windows\\x.dll");
        swprintf(path, PATH_UNITS, L"%ls0\\x.dll", device);
        expect_dos_path(path, path);
    }
}

static void identify(const wchar_t *path)
{
    char *text = wide_to_utf8(path, wcslen(path));

    event_begin(&event, EVENT_LOAD_DLL, 1, 1, 1);
    event.image.path = event_put_bytes(&event, text, strlen(text));
    free(text);
    platform_identify(&event, &identity);
}

/* A copy of this program at the end of so many folders that its path is longer than MAX_PATH. */
static void check_long_path(const wchar_t *self)
{
    static wchar_t path[PATH_UNITS] = L"\\\\?\\";
    uint64_t size;

    identify(self);
    size = identity.file_bytes;
    expect(size > 0 && identity.machine != 0, "this program is identified");
    GetCurrentDirectoryW(MAX_PATH, path + 4);
    while (wcslen(path) < LONG_PATH) {
        wcscat(path, L"\\a folder with a name of some length");
        CreateDirectoryW(path, NULL);
    }
    wcscat(path, L"\\copy.exe");
    expect(CopyFileW(self, path, FALSE), "it is copied");
    identify(path + 4);
    expect(identity.file_bytes == size && strlen(identity.path) > MAX_PATH,
           "a file with a long path is identified");
    expect(strstr(identity.path, "copy.exe") != NULL && strncmp(identity.path, "\\\\?\\", 4) != 0,
           "by its own path");
    DeleteFileW(path);
    for (wchar_t *end = wcsrchr(path, L'\\'); end != NULL && wcsstr(path, L"a folder with") != NULL;
         end = wcsrchr(path, L'\\')) {
        *end = L'\0';
        if (wcsstr(path, L"a folder with") != NULL)
            RemoveDirectoryW(path);
    }
}

/* Names are equal to us if they are to Windows; in scripts whose case has not changed for long. */
static void check_case(void)
{
    for (uint32_t unit = 1; unit < 0x530; unit++) {
        wchar_t one[] = {(wchar_t)unit, 0}, folded[] = {(wchar_t)text_fold(unit), 0};
        wchar_t neighbour[] = {(wchar_t)text_fold(unit + 1), 0};
        expect(CompareStringOrdinal(one, 1, folded, 1, TRUE) == CSTR_EQUAL,
               "case is no difference");
        expect((CompareStringOrdinal(one, 1, neighbour, 1, TRUE) == CSTR_EQUAL) ==
                   (text_fold(unit) == text_fold(unit + 1)),
               "neighbours differ as Windows says");
    }
}

int main(void)
{
    wchar_t self[PATH_UNITS], mapped[PATH_UNITS];

    GetModuleFileNameW(NULL, self, PATH_UNITS);
    check_devices();
    check_case();
    if (K32GetMappedFileNameW(GetCurrentProcess(), (void *)GetModuleHandleW(NULL), mapped,
                              PATH_UNITS) > 0) {
        identify(mapped);
        expect(identity.file_bytes > 0 && strstr(identity.path, "paths_windows.exe") != NULL,
               "the name of a mapping is a file's");
    }
    check_long_path(self);
    return failures == 0 ? 0 : 1;
}
