/* See loader_snap.h. */
#include "snaps/loader_snap.h"

#include <string.h>

#define DLL_NOT_FOUND 0xC0000135u
#define ENTRYPOINT_NOT_FOUND 0xC0000139u
#define DLL_INIT_FAILED 0xC0000142u

/*
 * How a form is written: %n the name, %o the object, %s the status in hexadecimal, %_ anything;
 * each up to the character behind it. What follows the form is free.
 */
struct form {
    const char *text;
    enum snap_says says;
    uint32_t status; /* where the form has none */
};

/* What stands behind "FUNCTION - ERROR: " and "FUNCTION - WARNING: ". */
static const struct form failures[] = {
    {"Unable to load DLL: \"%n\", Parent Module: \"%o\", Status: %s", SNAP_MODULE_FAILED, 0},
    {"Locating export \"%n\" for DLL \"%o\" failed with status: %s", SNAP_SYMBOL_FAILED, 0},
    {"Locating export %n for DLL \"%o\" failed with status: %s", SNAP_SYMBOL_FAILED, 0},
    {"Procedure \"%n\" could not be located in DLL \"%o\"", SNAP_PLACE_FAILED,
     ENTRYPOINT_NOT_FOUND},
    {"Init routine %_ for DLL \"%n\" failed during DLL_PROCESS_ATTACH", SNAP_MODULE_FAILED,
     DLL_INIT_FAILED},
    {"Loading DLL \"%n\" from path %_ failed with status %s", SNAP_MODULE_FAILED, 0},
    {"Loading DLL %n from path %_ failed with status %s", SNAP_MODULE_FAILED, 0},
    {NULL, SNAP_NEWS, 0},
};

/* Behind "FUNCTION - INFO: ". */
static const struct form news[] = {
    {"DLL \"%o\" imports \"%n\"", SNAP_IMPORT, 0},
    {NULL, SNAP_NEWS, 0},
};

/* Behind "LdrLoadDll - ENTER: " and "LdrLoadDll - RETURN: ". */
static const struct form requests[] = {
    {"DLL name: %n DLL path: ", SNAP_REQUEST, 0},
    {"DLL name: %n\n", SNAP_REQUEST, 0},
    {"Status: %s", SNAP_RESULT, 0},
    {NULL, SNAP_NEWS, 0},
};

/* Behind "LDR: ". */
static const struct form old_forms[] = {
    {"LdrpWalkImportTable - LdrpLoadImportModule failed on import %n with status %s",
     SNAP_MODULE_FAILED, 0},
    {"DLL_PROCESS_ATTACH for dll \"%n\" (InitRoutine: %_) failed", SNAP_MODULE_FAILED,
     DLL_INIT_FAILED},
    {"Procedure \"%n\" could not be located in DLL \"%o\"", SNAP_PLACE_FAILED,
     ENTRYPOINT_NOT_FOUND},
    {"LdrLoadDll, loading %n from ", SNAP_REQUEST, 0},
    {"LdrLoadDll - failing because LdrpLoadDll(%n) returned status %s", SNAP_RESULT, 0},
    {"%o failed to load import module %n; status = %s", SNAP_MODULE_FAILED, 0},
    {"%n used by %o\n", SNAP_IMPORT, 0},
    {NULL, SNAP_NEWS, 0},
};

/* What is left of the string. */
struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *cursor, const char *literal, size_t length)
{
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, literal, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

static bool take_text(struct cursor *cursor, const char *literal)
{
    return take(cursor, literal, strlen(literal));
}

/* At the end of a form that ends with a line, the end of the string is one, too. */
static bool take_line_end(struct cursor *cursor)
{
    if (cursor->at < cursor->end && *cursor->at == '\r')
        cursor->at++;
    return cursor->at == cursor->end || take_text(cursor, "\n");
}

/* What stands before the literal, which is taken as well. */
static bool take_before(struct cursor *cursor, const char *literal, size_t length,
                        struct snap_text *text)
{
    struct cursor rest = *cursor;

    for (; rest.at <= rest.end; rest.at++) {
        struct cursor behind = rest;
        if (literal[0] == '\n' ? take_line_end(&behind) : take(&behind, literal, length)) {
            *text = (struct snap_text){cursor->at, (size_t)(rest.at - cursor->at)};
            *cursor = behind;
            return true;
        }
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct cursor *cursor, uint32_t *number)
{
    const char *start;

    if (!take_text(cursor, "0x"))
        take_text(cursor, "0X");
    start = cursor->at;
    for (*number = 0; cursor->at < cursor->end && hex_digit(*cursor->at) >= 0; cursor->at++)
        *number = *number << 4 | (uint32_t)hex_digit(*cursor->at);
    return cursor->at > start;
}

static bool fits(const struct form *form, struct cursor cursor, struct loader_snap *snap)
{
    struct snap_text skipped;

    *snap = (struct loader_snap){.says = form->says, .status = form->status};
    for (const char *at = form->text; *at != '\0';) {
        size_t length = strcspn(at, "%");
        struct snap_text *text = at[1] == 'n'   ? &snap->name
                                 : at[1] == 'o' ? &snap->object
                                                : &skipped;
        if (length > 0) {
            if (!take(&cursor, at, length))
                return false;
            at += length;
            continue;
        }
        at += 2;
        length = strcspn(at, "%");
        if (at[-1] == 's' ? !take_hex(&cursor, &snap->status)
                          : !take_before(&cursor, at, length, text))
            return false;
        at += at[-1] == 's' ? 0 : length;
    }
    return true;
}

static void read_forms(const struct form *forms, struct cursor cursor, struct loader_snap *snap)
{
    while (forms->text != NULL && !fits(forms, cursor, snap))
        forms++;
    if (forms->text == NULL)
        *snap = (struct loader_snap){.says = SNAP_NEWS};
    if (snap->object.length == 6 && memcmp(snap->object.text, "(null)", 6) == 0)
        snap->object.length = 0;
}

/* "0150:040c @ 00148593 - " */
static bool take_stamp(struct cursor *cursor)
{
    struct cursor rest = *cursor;
    uint32_t number;

    if (!take_hex(&rest, &number) || !take_text(&rest, ":") || !take_hex(&rest, &number) ||
        !take_text(&rest, " @ ") || !take_hex(&rest, &number) || !take_text(&rest, " - "))
        return false;
    *cursor = rest;
    return true;
}

/* "[f70,d00] " */
static bool take_brackets(struct cursor *cursor)
{
    struct cursor rest = *cursor;
    uint32_t number;

    if (!take_text(&rest, "[") || !take_hex(&rest, &number) || !take_text(&rest, ",") ||
        !take_hex(&rest, &number) || !take_text(&rest, "] "))
        return false;
    *cursor = rest;
    return true;
}

static bool is_loaders(const struct snap_text *function)
{
    struct cursor cursor = {function->text, function->text + function->length};

    take_text(&cursor, "_");
    return take_text(&cursor, "Ldr") && memchr(function->text, ' ', function->length) == NULL;
}

/* "FUNCTION - LEVEL: " and what is said. */
static bool read_function(struct cursor cursor, bool has_stamp, struct loader_snap *snap)
{
    struct snap_text function, level;
    bool is_error, is_warning;

    if (!take_before(&cursor, " - ", 3, &function) ||
        !(is_loaders(&function) || (has_stamp && function.length > 0)) ||
        !take_before(&cursor, ": ", 2, &level) || memchr(level.text, ' ', level.length) != NULL)
        return false;
    is_error = level.length == 5 && memcmp(level.text, "ERROR", 5) == 0;
    is_warning = level.length == 7 && memcmp(level.text, "WARNING", 7) == 0;
    if (is_error || is_warning)
        read_forms(failures, cursor, snap);
    else if (level.length == 4 && memcmp(level.text, "INFO", 4) == 0)
        read_forms(news, cursor, snap);
    else if (function.length == 10 && memcmp(function.text, "LdrLoadDll", 10) == 0)
        read_forms(requests, cursor, snap);
    else
        snap->says = SNAP_NEWS;
    snap->is_lookup = is_warning;
    return true;
}

void loader_snap_read(const char *text, size_t length, struct loader_snap *snap)
{
    struct cursor cursor = {text, text + length};
    bool has_stamp = take_stamp(&cursor), has_brackets = !has_stamp && take_brackets(&cursor);

    *snap = (struct loader_snap){.says = SNAP_NOTHING};
    if (!has_stamp && take_text(&cursor, "LDR: "))
        read_forms(old_forms, cursor, snap);
    else if (has_brackets && take_text(&cursor, "  ")) /* goes on with the string before */
        snap->says = SNAP_NEWS;
    else if (!has_brackets)
        read_function(cursor, has_stamp, snap);
}

const char *loader_snap_words(uint32_t status)
{
    static const struct {
        uint32_t status;
        const char *words;
    } known[] = {
        {DLL_NOT_FOUND, "not found"},
        {ENTRYPOINT_NOT_FOUND, "no such export"},
        {DLL_INIT_FAILED, "its DllMain failed"},
        {0xC0000138, "no such ordinal"},
        {0xC000007A, "no such export"},
        {0xC000007B, "an image for another kind of process, or a damaged one"},
        {0xC000012F, "no image"},
        {0xC0000022, "access denied"},
        {0xC0000034, "not found"},
        {0xC000003A, "its folder was not found"},
        {0xC0000428, "its signature cannot be verified"},
        {0xC0150002, "its manifest cannot be satisfied"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].words;
    return "refused";
}
