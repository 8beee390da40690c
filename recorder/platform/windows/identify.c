/*
 * Finding out what an image is from its file, on the writer thread, with the target running or
 * gone. See platform.h.
 */
#include "identify.h"

#include "image/identity_cache.h"
#include "image/pe.h"
#include "platform.h"
#include "services/wide.h"
#include "services/windows_api.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { PATH_UNITS_MAX = 32768 };

/*
 * A file handle as an image source. A remote or failing file just ends early; a mapping would raise
 * an exception instead.
 */
static size_t read_file_at(void *context, uint64_t offset, void *buffer, size_t size)
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
static HANDLE open_image(const wchar_t *path)
{
    if (wcsncmp(path, L"\\Device\\", 8) == 0)
        return open_with_prefix(L"\\\\?\\GLOBALROOT", path);
    if (wcslen(path) < MAX_PATH || wcsncmp(path, L"\\\\?\\", 4) == 0)
        return open_path(path);
    return wcsncmp(path, L"\\\\", 2) == 0 ? open_with_prefix(L"\\\\?\\UNC\\", path + 2)
                                          : open_with_prefix(L"\\\\?\\", path);
}

static void identify_file(HANDLE file, struct module_identity *identity)
{
    struct image_source source = {.context = file, .read_at = read_file_at};
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size))
        return;
    identity->file_bytes = source.size = (uint64_t)size.QuadPart;
    pe_parse(&source, identity);
}

uint32_t identify_machine(const wchar_t *path)
{
    struct module_identity identity = {.machine = 0};
    HANDLE file = open_image(path);

    if (file == INVALID_HANDLE_VALUE)
        return 0;
    identify_file(file, &identity);
    CloseHandle(file);
    return identity.machine;
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

static void set_path(const wchar_t *path, struct module_identity *identity)
{
    char *text = wide_to_utf8(path, wcslen(path));

    if (text != NULL)
        wide_copy_utf8(identity->path, sizeof identity->path, text);
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

/*
 * A volume without a drive letter or mount point has no DOS path, only a device path. Keeps
 * identity's path if the file has no name.
 */
static void name_file(HANDLE file, struct module_identity *identity)
{
    wchar_t *path = calloc(PATH_UNITS_MAX, sizeof *path);
    DWORD length;

    if (path == NULL)
        return;
    length = final_path(file, path, VOLUME_NAME_DOS);
    if (length == 0 && identity->path[0] == '\0')
        length = final_path(file, path, VOLUME_NAME_NT);
    if (length > 0)
        set_path(strip_prefix(path), identity);
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

void identify_dos_path(wchar_t *path)
{
    if (wcsncmp(path, L"\\Device\\", 8) == 0 && !share_path_to_unc(path))
        volume_path_to_drive(path);
}

/*
 * The event's own name for the image; "" if it has none, or one that is too long for an identity.
 */
struct image_name {
    char text[sizeof((struct module_identity *)NULL)->path];
};

static void get_name(const struct event *event, struct image_name *name)
{
    struct event_span span = event->image.path;
    size_t length = span.length < sizeof name->text ? span.length : 0;

    memcpy(name->text, event_bytes_at(event, span), length);
    name->text[length] = '\0';
}

static HANDLE open_named(const struct image_name *name, struct module_identity *identity)
{
    HANDLE file = INVALID_HANDLE_VALUE;
    wchar_t *path;

    if (name->text[0] == '\0')
        return file;
    path = wide_from_utf8(name->text);
    if (path == NULL)
        return file;
    identify_dos_path(path);
    set_path(path, identity);
    file = open_image(path);
    free(path);
    return file;
}

/*
 * Neither volume nor number, which cost more than to read the file anew (200 us under Wine). A name
 * is not given twice while the image is mapped, and two times and a size tell what lay there before
 * from what lies there now.
 */
static bool get_stamp(HANDLE file, struct file_stamp *stamp)
{
    FILE_BASIC_INFO times;
    LARGE_INTEGER size;

    if (!GetFileSizeEx(file, &size) ||
        !GetFileInformationByHandleEx(file, FileBasicInfo, &times, sizeof times))
        return false;
    *stamp = (struct file_stamp){
        .bytes = (uint64_t)size.QuadPart,
        .modified = (uint64_t)times.LastWriteTime.QuadPart,
        .changed = (uint64_t)times.ChangeTime.QuadPart,
    };
    return true;
}

/* By what is remembered of it, else by a look into it. */
static void identify_named_file(HANDLE file, const struct image_name *name,
                                struct module_identity *identity)
{
    struct file_stamp stamp;
    bool has_stamp = name->text[0] != '\0' && get_stamp(file, &stamp);
    const struct module_identity *known =
        has_stamp ? identity_cache_find(name->text, &stamp) : NULL;

    if (known != NULL) {
        *identity = *known;
        return;
    }
    name_file(file, identity);
    identify_file(file, identity);
    if (has_stamp)
        identity_cache_remember(name->text, &stamp, identity);
}

void platform_discard(const struct event *event)
{
    if (event->image.file != 0)
        CloseHandle((HANDLE)event->image.file);
}

bool platform_is_identified(const struct event *event)
{
    (void)event; /* each event's file is asked for its times at least */
    return false;
}

void platform_identify(const struct event *event, struct module_identity *identity)
{
    HANDLE file = (HANDLE)event->image.file;
    struct image_name name;

    get_name(event, &name);
    memset(identity, 0, sizeof *identity);
    identity->image_bytes = event->image.size;
    if (file == NULL)
        file = open_named(&name, identity);
    if (file == NULL || file == INVALID_HANDLE_VALUE)
        return;
    identify_named_file(file, &name, identity);
    CloseHandle(file);
}
