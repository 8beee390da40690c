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
    static const char *const names[] = {"libc.", "libc-2.", "libdl.", "libdl-2.", NULL};

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
