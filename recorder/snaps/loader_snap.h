/*
 * What Windows' loader says of its own work where it is asked to ("loader snaps"): debug strings,
 * whose forms differ from Windows to Windows and are documented by what people show of them.
 *
 *     LDR: foo.dll used by app.exe                                             up to Vista
 *     [f70,d00] LDR: DLL_PROCESS_ATTACH for dll "C:\foo.dll" (InitRoutine: 1000192C) failed
 *     0150:040c @ 00148593 - LdrpProcessWork - ERROR: Unable to load DLL: ...  since Windows 7
 *
 * Pure functions, any thread. The strings may be anybody's.
 */
#ifndef TRAIL_LOADER_SNAP_H
#define TRAIL_LOADER_SNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum snap_says {
    SNAP_NOTHING,       /* it is no string of the loader's */
    SNAP_NEWS,          /* one without a meaning here */
    SNAP_REQUEST,       /* the program asks for `name` */
    SNAP_RESULT,        /* that has come to an end, with `status` */
    SNAP_IMPORT,        /* `object` needs `name` */
    SNAP_MODULE_FAILED, /* `name`, which `object` needs */
    SNAP_SYMBOL_FAILED, /* of a start-up `object` needs it, else it was looked for in it */
    SNAP_PLACE_FAILED   /* a symbol that is not in `object`; who needs it is not said */
};

/* A part of the string. */
struct snap_text {
    const char *text;
    size_t length; /* 0: not said */
};

struct loader_snap {
    enum snap_says says;
    struct snap_text name, object;
    uint32_t status; /* NTSTATUS; 0: success, or not said */
    bool is_lookup;  /* a symbol that the program itself has asked for */
};

/* Reads a debug string; the texts are within it. */
void loader_snap_read(const char *text, size_t length, struct loader_snap *snap);

/* A status in words, as the rest of "foo.dll was not loaded: ". */
const char *loader_snap_words(uint32_t status);

#endif
