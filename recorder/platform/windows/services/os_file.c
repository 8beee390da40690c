/* See file.h, and os_file of os.h. */
#include "services/os_file.h"

#include "os.h"
#include "services/wide.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_UNITS_MAX = 32768 };

size_t os_file_read_at(void *context, uint64_t offset, void *buffer, size_t size)
{
    OVERLAPPED at = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD read = 0;

    return ReadFile(context, buffer, (DWORD)size, &read, &at) ? read : 0;
}

static HANDLE open_path(const wchar_t *path)
{
    return CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                       NULL, OPEN_EXISTING, 0, NULL);
}

/*
 * With a prefix before a part of the path: by those that start with \\?\ go paths of any length,
 * and devices' own.
 */
static HANDLE open_with_prefix(const wchar_t *prefix, const wchar_t *path)
{
    wchar_t *whole = calloc(wcslen(prefix) + wcslen(path) + 1, sizeof *whole);
    HANDLE file = INVALID_HANDLE_VALUE;

    if (whole != NULL)
        file = open_path(wcscat(wcscpy(whole, prefix), path));
    free(whole);
    return file;
}

/* A volume that has no drive letter (a mounted folder, a shadow copy) is found by its device. */
HANDLE os_file_open_wide(const wchar_t *path)
{
    if (wcsncmp(path, L"\\Device\\", 8) == 0)
        return open_with_prefix(L"\\\\?\\GLOBALROOT", path);
    if (wcslen(path) < MAX_PATH || wcsncmp(path, L"\\\\?\\", 4) == 0)
        return open_path(path);
    return wcsncmp(path, L"\\\\", 2) == 0 ? open_with_prefix(L"\\\\?\\UNC\\", path + 2)
                                          : open_with_prefix(L"\\\\?\\", path);
}

/* Cuts what only tells the name-space off: "\\?\C:\x" is C:\x, "\\?\UNC\server\x" is \\server\x. */
static wchar_t *strip_prefix(wchar_t *path)
{
    if (wcsncmp(path, L"\\\\?\\UNC\\", 8) == 0) {
        path[6] = L'\\';
        return path + 6;
    }
    return wcsncmp(path, L"\\\\?\\", 4) == 0 ? path + 4 : path;
}

static void set_path(const wchar_t *path, char *shown, size_t capacity)
{
    char *text = wide_to_utf8(path, wcslen(path));

    if (text != NULL)
        wide_copy_utf8(shown, capacity, text);
    free(text);
}

/*
 * What the system calls the file, 0 if that is nothing or too long. A normalized name is refused on
 * a share whose folders may not be read.
 */
static DWORD final_path(HANDLE file, wchar_t *path, DWORD volume_name)
{
    DWORD length =
        GetFinalPathNameByHandleW(file, path, PATH_UNITS_MAX, FILE_NAME_NORMALIZED | volume_name);

    if (length == 0)
        length =
            GetFinalPathNameByHandleW(file, path, PATH_UNITS_MAX, FILE_NAME_OPENED | volume_name);
    return length < PATH_UNITS_MAX ? length : 0;
}

void os_file_show(HANDLE file, char *shown, size_t capacity)
{
    wchar_t *path = calloc(PATH_UNITS_MAX, sizeof *path);
    DWORD length;

    if (path == NULL)
        return;
    length = final_path(file, path, VOLUME_NAME_DOS);
    if (length == 0 && shown[0] == '\0')
        length = final_path(file, path, VOLUME_NAME_NT);
    if (length > 0)
        set_path(strip_prefix(path), shown, capacity);
    free(path);
}

/* "\Device\HarddiskVolume3\x" to "C:\x", in place: a drive's name is shorter than its device's. */
static void volume_path_to_drive(wchar_t *path)
{
    wchar_t drive[3] = L"A:", device[512];

    for (; drive[0] <= L'Z'; drive[0]++) {
        size_t length = QueryDosDeviceW(drive, device, 512) != 0 ? wcslen(device) : 0;
        if (length >= 2 && _wcsnicmp(path, device, length) == 0 && path[length] == L'\\') {
            wmemmove(path + 2, path + length, wcslen(path + length) + 1);
            wmemcpy(path, drive, 2);
            return;
        }
    }
}

/*
 * "\Device\Mup\server\share\x" to "\\server\share\x", in place; redirectors put parts of their own
 * before the server, each with a semicolon in front
 * ("\Device\Mup\;LanmanRedirector\;Z:000000000001a2b3\server\share\x"). False if it is no such
 * path.
 */
static bool share_path_to_unc(wchar_t *path)
{
    static const wchar_t *const devices[] = {L"\\Device\\Mup\\", L"\\Device\\LanmanRedirector\\"};

    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        size_t length = wcslen(devices[i]);
        wchar_t *server = path + length, *end;
        if (_wcsnicmp(path, devices[i], length) != 0)
            continue;
        while (server[0] == L';' && (end = wcschr(server, L'\\')) != NULL)
            server = end + 1;
        wmemmove(path + 2, server, wcslen(server) + 1);
        path[1] = L'\\';
        return true;
    }
    return false;
}

void os_file_dos_path(wchar_t *path)
{
    if (wcsncmp(path, L"\\Device\\", 8) == 0 && !share_path_to_unc(path))
        volume_path_to_drive(path);
}

HANDLE os_file_open_named(const char *name, char *shown, size_t capacity)
{
    wchar_t *path = name[0] != '\0' ? wide_from_utf8(name) : NULL;
    HANDLE file;

    if (path == NULL)
        return INVALID_HANDLE_VALUE;
    os_file_dos_path(path);
    set_path(path, shown, capacity);
    file = os_file_open_wide(path);
    free(path);
    return file;
}

/* An os_file is its handle; the struct is never defined. */
struct os_file *os_file_open(const char *path, uint64_t *bytes, char *shown, size_t capacity)
{
    LARGE_INTEGER size;
    HANDLE file;

    shown[0] = '\0';
    file = os_file_open_named(path, shown, capacity);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    os_file_show(file, shown, capacity);
    *bytes = GetFileSizeEx(file, &size) ? (uint64_t)size.QuadPart : 0;
    return (struct os_file *)file;
}

size_t os_file_read(void *file, uint64_t offset, void *buffer, size_t size)
{
    return os_file_read_at(file, offset, buffer, size);
}

void os_file_close(struct os_file *file)
{
    if (file != NULL)
        CloseHandle((HANDLE)file);
}
