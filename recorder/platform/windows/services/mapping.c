/*
 * os_mapping of os.h on Windows: a file that nobody else can open while its owner has it, since it
 * is not shared. A mapped view that a killed process leaves is written back by the system
 * (MapViewOfFile on MSDN).
 */
#include "os.h"
#include "file.h"
#include "services/wide.h"
#include "services/windows_api.h"

#include <stdlib.h>

struct os_mapping {
    wchar_t *path;
    HANDLE file;
    void *memory;
    size_t size;
};

void os_mapping_close(struct os_mapping *mapping, bool remove)
{
    if (mapping == NULL)
        return;
    if (mapping->memory != NULL)
        UnmapViewOfFile(mapping->memory);
    if (mapping->file != INVALID_HANDLE_VALUE)
        CloseHandle(mapping->file);
    if (remove)
        DeleteFileW(mapping->path);
    free(mapping->path);
    free(mapping);
}

static void say_failed(const char *path, DWORD code, struct trail_error *error)
{
    error_set(error, code == ERROR_DISK_FULL ? TRAIL_NO_SPACE : TRAIL_FAILED, (long)code,
              "cannot use '%s' (error %lu)", path, (unsigned long)code);
}

static struct os_mapping *new_mapping(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = calloc(1, sizeof *mapping);

    if (mapping != NULL && (mapping->path = wide_from_utf8(path)) != NULL) {
        mapping->file = INVALID_HANDLE_VALUE;
        return mapping;
    }
    free(mapping);
    error_set(error, TRAIL_FAILED, 0, "out of memory");
    return NULL;
}

static struct os_mapping *map(struct os_mapping *mapping, const char *path,
                              struct trail_error *error)
{
    HANDLE section = CreateFileMappingW(mapping->file, NULL, PAGE_READWRITE, 0, 0, NULL);

    if (section != NULL) {
        mapping->memory =
            MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, mapping->size);
        CloseHandle(section); /* the view keeps it */
    }
    if (mapping->memory != NULL)
        return mapping;
    say_failed(path, GetLastError(), error);
    os_mapping_close(mapping, false);
    return NULL;
}

/* SetEndOfFile allocates: the system writes zeros by itself where nothing was written yet. */
static bool reserve(struct os_mapping *mapping, size_t size, uint64_t spare_bytes)
{
    wchar_t folder[MAX_PATH];
    ULARGE_INTEGER available;
    LARGE_INTEGER end = {.QuadPart = (LONGLONG)size};

    if (spare_bytes != 0 && (!GetVolumePathNameW(mapping->path, folder, MAX_PATH) ||
                             !GetDiskFreeSpaceExW(folder, &available, NULL, NULL) ||
                             available.QuadPart < size + spare_bytes)) {
        SetLastError(ERROR_DISK_FULL);
        return false;
    }
    return SetFilePointerEx(mapping->file, end, NULL, FILE_BEGIN) && SetEndOfFile(mapping->file);
}

struct os_mapping *os_mapping_create(const char *path, const char *like, size_t size,
                                     uint64_t spare_bytes, struct trail_error *error)
{
    struct os_mapping *mapping = new_mapping(path, error);

    if (mapping == NULL)
        return NULL;
    if ((mapping->file = (HANDLE)file_make(path, like, error)) == INVALID_HANDLE_VALUE) {
        error_context(error, "cannot use '%s'", path);
        os_mapping_close(mapping, false);
        return NULL;
    }
    if (!reserve(mapping, size, spare_bytes)) {
        say_failed(path, GetLastError(), error);
        os_mapping_close(mapping, true);
        return NULL;
    }
    mapping->size = size;
    return map(mapping, path, error);
}

struct os_mapping *os_mapping_open(const char *path, struct trail_error *error)
{
    struct os_mapping *mapping = new_mapping(path, error);
    LARGE_INTEGER size;

    if (mapping == NULL)
        return NULL;
    if ((mapping->file = (HANDLE)file_open_own(path, true, error)) == INVALID_HANDLE_VALUE) {
        error_context(error, "cannot use '%s'", path);
    } else if (GetFileSizeEx(mapping->file, &size) && size.QuadPart > 0) {
        mapping->size = (size_t)size.QuadPart;
        return map(mapping, path, error);
    } else {
        error_set(error, TRAIL_NOT_A_TRAIL, 0, "'%s' is empty", path);
    }
    os_mapping_close(mapping, false);
    return NULL;
}

void *os_mapping_memory(struct os_mapping *mapping)
{
    return mapping->memory;
}

void os_mapping_populate(struct os_mapping *mapping, size_t offset, size_t size)
{
    (void)mapping, (void)offset, (void)size; /* PrefetchVirtualMemory only reads */
}

size_t os_mapping_size(const struct os_mapping *mapping)
{
    return mapping->size;
}
