/* See file.h. */
#ifndef _WIN32
#define _XOPEN_SOURCE 700
#endif
#include "file.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const char *what, struct trail_error *error)
{
    return error_set(error, TRAIL_FOREIGN, 0, "it is %s", what);
}

#ifdef _WIN32

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <fcntl.h>
#include <io.h>

static int fail(struct trail_error *error)
{
    DWORD code = GetLastError();
    enum trail_error_code kind =
        code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? TRAIL_NOT_FOUND
        : code == ERROR_SHARING_VIOLATION                            ? TRAIL_LOCKED
        : code == ERROR_DISK_FULL                                    ? TRAIL_NO_SPACE
        : code == ERROR_ACCESS_DENIED || code == ERROR_WRITE_PROTECT ? TRAIL_READ_ONLY
                                                                     : TRAIL_FAILED;

    if (code == ERROR_FILE_EXISTS || code == ERROR_ALREADY_EXISTS)
        return refuse("there already", error);
    if (kind == TRAIL_FAILED)
        return error_set(error, kind, (long)code, "error %lu", (unsigned long)code);
    return error_set(error, kind, (long)code, "%s",
                     kind == TRAIL_NOT_FOUND   ? "no such file or folder"
                     : kind == TRAIL_LOCKED    ? "another program has it open"
                     : kind == TRAIL_READ_ONLY ? "access denied, or it is read-only"
                                               : "there is no space left");
}

/* A path as the system's own functions take it: the narrow ones read another code page. */
static wchar_t *widen(const char *path)
{
    int units = MultiByteToWideChar(CP_UTF8, 0, path, -1, NULL, 0);
    wchar_t *wide = calloc((size_t)units + 1, sizeof *wide);

    if (wide != NULL)
        MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, units);
    return wide;
}

static HANDLE open_path(const char *path, DWORD access, DWORD share, DWORD disposition, DWORD flags)
{
    wchar_t *wide = widen(path);
    HANDLE file = INVALID_HANDLE_VALUE;
    DWORD code = ERROR_OUTOFMEMORY;

    if (wide != NULL) {
        file = CreateFileW(wide, access, share, NULL, disposition, flags, NULL);
        code = GetLastError();
    }
    free(wide);
    SetLastError(code);
    return file;
}

/* Says what is no regular file; a handle that FILE_FLAG_OPEN_REPARSE_POINT opened shows links. */
static int check_kind(HANDLE file, uint64_t *size, struct trail_error *error)
{
    BY_HANDLE_FILE_INFORMATION facts;

    if (GetFileType(file) != FILE_TYPE_DISK)
        return refuse("a device, no file", error);
    if (!GetFileInformationByHandle(file, &facts))
        return fail(error);
    if (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return refuse("a link", error);
    if (facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
        return refuse("a folder", error);
    if (size != NULL)
        *size = (uint64_t)facts.nFileSizeHigh << 32 | facts.nFileSizeLow;
    return 0;
}

file_handle file_make(const char *path, const char *like, struct trail_error *error)
{
    HANDLE file = open_path(path, GENERIC_READ | GENERIC_WRITE, 0, CREATE_NEW,
                            FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT);

    (void)like; /* who may read a new file is the folder's affair */
    if (file == INVALID_HANDLE_VALUE)
        fail(error);
    return (file_handle)file;
}

file_handle file_open_own(const char *path, bool writes, struct trail_error *error)
{
    /* BACKUP_SEMANTICS: folders can be opened too, and told from files that are refused */
    HANDLE file =
        open_path(path, GENERIC_READ | (writes ? GENERIC_WRITE : 0),
                  writes ? 0 : FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS);

    if (file == INVALID_HANDLE_VALUE) {
        fail(error);
    } else if (check_kind(file, NULL, error) != 0) {
        CloseHandle(file);
        file = INVALID_HANDLE_VALUE;
    }
    return (file_handle)file;
}

void file_close(file_handle file)
{
    if (file != FILE_NONE)
        CloseHandle((HANDLE)file);
}

static HANDLE look(const char *path, DWORD access, DWORD flags)
{
    return open_path(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                     OPEN_EXISTING, flags | FILE_FLAG_BACKUP_SEMANTICS);
}

int file_look(const char *path, uint64_t *size, struct trail_error *error)
{
    HANDLE file = look(path, FILE_READ_ATTRIBUTES, 0);
    DWORD code = GetLastError();
    FILE_ATTRIBUTE_TAG_INFO tag;
    bool is_link;
    int result;

    if (file == INVALID_HANDLE_VALUE &&
        (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)) {
        file = look(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
        if (file == INVALID_HANDLE_VALUE)
            return 0;
        is_link = !GetFileInformationByHandleEx(file, FileAttributeTagInfo, &tag, sizeof tag) ||
                  (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
        CloseHandle(file);
        if (is_link)
            return refuse("a link to nothing", error);
        return file_look(path, size, error); /* another has made it meanwhile */
    }
    if (file == INVALID_HANDLE_VALUE)
        return fail(error);
    result = check_kind(file, size, error);
    CloseHandle(file);
    return result == 0 ? 1 : -1;
}

int file_check_own(const char *path, struct trail_error *error)
{
    HANDLE file = look(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
    int result;

    if (file == INVALID_HANDLE_VALUE)
        return file_look(path, NULL, error) < 0 ? -1 : 0;
    result = check_kind(file, NULL, error);
    CloseHandle(file);
    return result;
}

static FILE *stream_of(file_handle file, bool writes, struct trail_error *error)
{
    int descriptor = _open_osfhandle(file, (writes ? _O_RDWR : _O_RDONLY) | _O_BINARY);
    FILE *stream = descriptor < 0 ? NULL : _fdopen(descriptor, writes ? "wb" : "rb");

    if (stream == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (stream == NULL && descriptor < 0)
        file_close(file);
    else if (stream == NULL)
        _close(descriptor);
    return stream;
}

static int keep_on_medium(FILE *stream)
{
    return _commit(_fileno(stream));
}

FILE *file_read(const char *path, struct trail_error *error)
{
    HANDLE file = look(path, GENERIC_READ, 0);

    if (file == INVALID_HANDLE_VALUE) {
        fail(error);
        return NULL;
    }
    if (check_kind(file, NULL, error) != 0) {
        CloseHandle(file);
        return NULL;
    }
    return stream_of((file_handle)file, false, error);
}

int file_check_replaceable(const char *path, struct trail_error *error)
{
    HANDLE file = look(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT);
    BY_HANDLE_FILE_INFORMATION facts = {0};
    int result;

    if (file == INVALID_HANDLE_VALUE)
        return file_look(path, NULL, error) < 0 ? -1 : 0;
    result = check_kind(file, NULL, error);
    if (result == 0 && GetFileInformationByHandle(file, &facts) &&
        facts.dwFileAttributes & FILE_ATTRIBUTE_READONLY)
        result = error_set(error, TRAIL_READ_ONLY, 0, "it is read-only");
    CloseHandle(file);
    return result;
}

static char *resolve(const char *path)
{
    char *copy = malloc(strlen(path) + 1);

    return copy != NULL ? strcpy(copy, path) : NULL;
}

static int move(const char *from, const char *to)
{
    wchar_t *wide_from = widen(from), *wide_to = widen(to);
    BOOL moved =
        wide_from != NULL && wide_to != NULL &&
        MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);

    free(wide_from);
    free(wide_to);
    return moved ? 0 : -1;
}

static void take_away(const char *path)
{
    HANDLE file = open_path(path, DELETE, 0, OPEN_EXISTING,
                            FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT);

    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
}

#else

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct trail_error *error)
{
    enum trail_error_code code =
        errno == ENOENT                                        ? TRAIL_NOT_FOUND
        : errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? TRAIL_NO_SPACE
        : errno == EACCES || errno == EROFS || errno == EPERM  ? TRAIL_READ_ONLY
                                                               : TRAIL_FAILED;

    if (errno == EEXIST)
        return refuse("there already", error);
    return error_set(error, code, errno, "%s", strerror(errno));
}

static int check_kind(const struct stat *status, struct trail_error *error)
{
    switch (status->st_mode & S_IFMT) {
    case S_IFREG:
        return 0;
    case S_IFDIR:
        return refuse("a folder", error);
    case S_IFLNK:
        return refuse("a link", error);
    case S_IFIFO:
        return refuse("a FIFO, no file", error);
    case S_IFSOCK:
        return refuse("a socket, no file", error);
    default:
        return refuse("a device, no file", error);
    }
}

/* Where the group cannot be kept, another one gets no rights by it. */
static int become_like(int file, const char *like)
{
    struct stat status;
    mode_t mode;

    if (stat(like, &status) != 0)
        return -1;
    mode = status.st_mode & 0777;
    if (fchown(file, geteuid() == 0 ? status.st_uid : (uid_t)-1, status.st_gid) != 0)
        mode &= ~(mode_t)070;
    return fchmod(file, mode);
}

file_handle file_make(const char *path, const char *like, struct trail_error *error)
{
    int file =
        open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, like != NULL ? 0600 : 0666);

    if (file < 0) {
        fail(error);
    } else if (like != NULL && become_like(file, like) != 0) {
        fail(error);
        close(file);
        unlink(path);
        file = -1;
    }
    return file;
}

/* Looks before it opens, since to open a device may do something, and after, to be sure. */
static int open_regular(const char *path, int flags, bool follows, struct trail_error *error)
{
    struct stat status;
    int file = -1;

    if ((follows ? stat : lstat)(path, &status) != 0)
        fail(error);
    else if (check_kind(&status, error) != 0)
        return -1;
    else if ((file = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0 ||
             fstat(file, &status) != 0)
        fail(error);
    else if (check_kind(&status, error) == 0)
        return file;
    if (file >= 0)
        close(file);
    return -1;
}

file_handle file_open_own(const char *path, bool writes, struct trail_error *error)
{
    return open_regular(path, (writes ? O_RDWR : O_RDONLY) | O_NOFOLLOW, false, error);
}

void file_close(file_handle file)
{
    if (file != FILE_NONE)
        close((int)file);
}

int file_look(const char *path, uint64_t *size, struct trail_error *error)
{
    struct stat status;

    if (stat(path, &status) == 0) {
        if (size != NULL)
            *size = (uint64_t)status.st_size;
        return check_kind(&status, error) == 0 ? 1 : -1;
    }
    if (errno != ENOENT)
        return fail(error);
    if (lstat(path, &status) != 0)
        return 0;
    if (S_ISLNK(status.st_mode))
        return refuse("a link to nothing", error);
    return file_look(path, size, error); /* another has made it meanwhile */
}

int file_check_own(const char *path, struct trail_error *error)
{
    struct stat status;

    if (lstat(path, &status) == 0)
        return check_kind(&status, error);
    return errno == ENOENT ? 0 : fail(error);
}

static FILE *stream_of(file_handle file, bool writes, struct trail_error *error)
{
    FILE *stream = fdopen((int)file, writes ? "wb" : "rb");

    if (stream == NULL) {
        fail(error);
        close((int)file);
    }
    return stream;
}

static int keep_on_medium(FILE *stream)
{
    return fsync(fileno(stream));
}

FILE *file_read(const char *path, struct trail_error *error)
{
    int file = open_regular(path, O_RDONLY, true, error);

    return file < 0 ? NULL : stream_of(file, false, error);
}

int file_check_replaceable(const char *path, struct trail_error *error)
{
    int there = file_look(path, NULL, error);

    if (there > 0 && access(path, W_OK) != 0)
        return fail(error);
    return there < 0 ? -1 : 0;
}

/* The file that a link means. */
static char *resolve(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 ? realpath(path, NULL) : strdup(path);
}

/* The folder too must be on the medium: else a power failure brings the old name back. */
static int move(const char *from, const char *to)
{
    const char *slash = strrchr(to, '/');
    char *folder = slash == NULL ? NULL : strndup(to, (size_t)(slash - to) + 1);
    int file;

    if (rename(from, to) != 0) {
        free(folder);
        return -1;
    }
    file = open(folder != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0)
        fsync(file); /* some file systems refuse that; the file is in its place anyway */
    file_close(file);
    free(folder);
    return 0;
}

static void take_away(const char *path)
{
    unlink(path);
}

#endif

/* A name beside the file that nobody can have taken before. */
static char *name_beside(const char *path)
{
    uint64_t number;

    sqlite3_randomness(sizeof number, &number);
    return sqlite3_mprintf("%s.%016llx.new", path, (unsigned long long)number);
}

struct file_draft {
    char *path, *beside; /* where it is to stand, and where it is written */
    FILE *stream;
};

static void free_draft(struct file_draft *draft)
{
    sqlite3_free(draft->beside);
    free(draft->path);
    free(draft);
}

struct file_draft *file_draft_open(const char *path, struct trail_error *error)
{
    struct file_draft *draft;
    file_handle file;

    if (file_check_replaceable(path, error) != 0)
        return NULL;
    if ((draft = calloc(1, sizeof *draft)) == NULL || (draft->path = resolve(path)) == NULL ||
        (draft->beside = name_beside(draft->path)) == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else if ((file = file_make(draft->beside,
                                 file_look(draft->path, NULL, NULL) > 0 ? draft->path : NULL,
                                 error)) != FILE_NONE) {
        if ((draft->stream = stream_of(file, true, error)) != NULL)
            return draft;
        take_away(draft->beside);
    }
    if (draft != NULL)
        free_draft(draft);
    return NULL;
}

FILE *file_draft_stream(const struct file_draft *draft)
{
    return draft->stream;
}

int file_draft_close(struct file_draft *draft, bool is_whole, struct trail_error *error)
{
    int result = is_whole ? 0 : -1;

    errno = 0;
    if (is_whole && (fflush(draft->stream) != 0 || ferror(draft->stream) ||
                     keep_on_medium(draft->stream) != 0)) {
        errno = errno != 0 ? errno : EIO;
        result = fail(error);
    }
    if (fclose(draft->stream) != 0 && result == 0)
        result = fail(error);
    if (result == 0 && move(draft->beside, draft->path) != 0)
        result = fail(error);
    if (result != 0)
        take_away(draft->beside);
    free_draft(draft);
    return result;
}

int file_replace(const char *path, const void *bytes, size_t length, struct trail_error *error)
{
    struct file_draft *draft = file_draft_open(path, error);

    if (draft == NULL)
        return -1;
    fwrite(bytes, 1, length, draft->stream);
    return file_draft_close(draft, true, error);
}
