/* See cause.h. */
#include "cause.h"

#include <stdbool.h>
#include <string.h>

/* Up to and including the first character that ends the name: "libc." is libc.so.6 and libc.a. */
static bool begins(const char *name, const char *const *beginnings)
{
    for (; *beginnings != NULL; beginnings++) {
        size_t i = 0;
        while ((*beginnings)[i] != '\0' &&
               ((name[i] >= 'A' && name[i] <= 'Z') ? name[i] + 32 : name[i]) == (*beginnings)[i])
            i++;
        if ((*beginnings)[i] == '\0')
            return true;
    }
    return false;
}

static bool is_loader(const struct cause_frame *frame)
{
    static const char *const names[] = {"ld-linux", "ld-2.",     "ld-musl",     "ld.so",
                                        "ntdll.",   "kernel32.", "kernelbase.", NULL};

    return frame->module != NULL && begins(frame->module, names);
}

static bool is_libc(const struct cause_frame *frame)
{
    static const char *const names[] = {"libc.",      "libc-2.", "libdl.",    "libdl-2.",
                                        "libpthread", "msvcrt.", "ucrtbase.", NULL};

    return frame->module != NULL && begins(frame->module, names);
}

/* In the C library, an interceptor of a sanitizer's, or how compilers load late and throw. */
static bool is_wrapper(const struct cause_frame *frame)
{
    static const char *const in_libc[] = {"dl", "_dl", "__dl", "__libc_dl", NULL};
    static const char *const anywhere[] = {"dlopen",
                                           "dlmopen",
                                           "___interceptor_dl",
                                           "__interceptor_dl",
                                           "__delayloadhelper",
                                           "__tailmerge",
                                           "_tailmerge",
                                           "_cxxthrowexception",
                                           "_unwind_raiseexception",
                                           "__cxa_throw",
                                           NULL};

    return frame->symbol != NULL &&
           (begins(frame->symbol, anywhere) || (is_libc(frame) && begins(frame->symbol, in_libc)));
}

/*
 * The C library's own functions have no names where it is stripped: what lies between the loader
 * and its dlopen is skipped with that; then what has no name.
 */
int cause_find(const struct cause_frame *frames, unsigned count)
{
    unsigned asked = 0, at;

    while (asked < count && is_loader(&frames[asked]))
        asked++;
    for (at = asked;
         at < count && (is_loader(&frames[at]) || is_libc(&frames[at]) || is_wrapper(&frames[at]));
         at++)
        if (is_loader(&frames[at]) || is_wrapper(&frames[at]))
            asked = at + 1;
    while (asked < count && is_libc(&frames[asked]) && frames[asked].symbol == NULL)
        asked++;
    return asked < count ? (int)asked : -1;
}

int cause_find_caller(const struct cause_frame *frames, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (frames[i].module != NULL && !is_loader(&frames[i]) && !is_libc(&frames[i]))
            return (int)i;
    return -1;
}

/* Whether dlclose or the program's end has made the loader call something. */
static bool is_end(const struct cause_frame *frame)
{
    static const char *const names[] = {"dlclose", "__dlclose", "exit", NULL};

    return frame->symbol != NULL && begins(frame->symbol, names);
}

/* Windows' ntdll.dll calls much more than constructors: every thread's function, for one. */
static bool is_windows_loader(const struct cause_frame *frame)
{
    static const char *const names[] = {"ntdll.", "kernel32.", "kernelbase.", NULL};

    return begins(frame->module, names);
}

static bool windows_loads(const struct cause_frame *frames, unsigned count)
{
    static const char *const names[] = {"ldrloaddll", NULL};

    for (unsigned i = 0; i < count && is_loader(&frames[i]); i++)
        if (frames[i].symbol != NULL && begins(frames[i].symbol, names))
            return true;
    return false;
}

/*
 * The loader calls constructors, destructors, and what chooses a function at its first call. The
 * first are called within dlopen, or at the beginning of the stack.
 */
static bool loader_constructs(const struct cause_frame *frames, unsigned count)
{
    unsigned i = 0;

    if (is_windows_loader(&frames[0]))
        return windows_loads(frames, count);
    while (i < count && is_loader(&frames[i]))
        i++;
    if (i < count && !is_libc(&frames[i]) && !is_wrapper(&frames[i]))
        return false;
    for (; i < count && (is_loader(&frames[i]) || is_libc(&frames[i])); i++)
        if (is_end(&frames[i]))
            return false;
    return true;
}

int cause_find_constructor(const struct cause_frame *frames, unsigned count)
{
    for (unsigned i = 0; i + 1 < count; i++)
        if (frames[i].module != NULL && !is_loader(&frames[i]) && !is_libc(&frames[i]) &&
            is_loader(&frames[i + 1]))
            return loader_constructs(frames + i + 1, count - i - 1) ? (int)i : -1;
    return -1;
}
