/* See sayings.h. */
#include "sayings.h"

#include "compare/diff/difference_identity.h"
#include "escape.h"

#include <stdio.h>
#include <string.h>

enum { ID_SHOWN = 8, VALUE_SHOWN = 100, FAILED_SEEN = 8 };

/* In the order in which they are said. */
static const struct {
    enum difference_section section;
    enum difference_change change;
    const char *words; /* between the name and the values */
} sayings[] = {
    {SECTION_FAILED, CHANGE_ADDED, " in B"},
    {SECTION_PROCESSES, CHANGE_EXIT, " ends differently"},
    {SECTION_ENVIRONMENT, CHANGE_REPLACED, " has another value"},
    {SECTION_ENVIRONMENT, CHANGE_ADDED, " is set only in B"},
    {SECTION_ENVIRONMENT, CHANGE_REMOVED, " is set only in A"},
    {SECTION_PATH, CHANGE_REPLACED, " comes from another place"},
    {SECTION_LOADS, CHANGE_REPLACED, " comes from another place"},
    {SECTION_IDENTITY, CHANGE_REPLACED, " is another build"},
    {SECTION_IDENTITY, CHANGE_RENAMED, " was renamed"},
    {SECTION_LOADS, CHANGE_ADDED, " is loaded only in B"},
    {SECTION_LOADS, CHANGE_REMOVED, " is loaded only in A"},
    {SECTION_CAUSE, CHANGE_REPLACED, " is loaded for another reason"},
    {SECTION_PROCESSES, CHANGE_ADDED, " runs only in B"},
    {SECTION_PROCESSES, CHANGE_REMOVED, " runs only in A"},
    {SECTION_LOADS, CHANGE_MOVED, " is loaded at another point"},
    {SECTION_ORDER, CHANGE_MOVED, " comes in another order"},
    {SECTION_EXCEPTIONS, CHANGE_ADDED, " happens only in B"},
    {SECTION_EXCEPTIONS, CHANGE_REMOVED, " happens only in A"},
    {SECTION_FAILED, CHANGE_REMOVED, " in A"},
    {SECTION_PROCESSES, CHANGE_REPLACED, " has other arguments"},
};

static void add_text(struct buffer *out, const char *text)
{
    escape_for_terminal(out, text, strlen(text));
}

void sayings_add_builds(struct buffer *out, const char *a, const char *b)
{
    bool enough = strncmp(a, b, ID_SHOWN) != 0 && strncmp(a, "0x", 2) != 0;
    char text[DIFFERENCE_IDENTITY_BYTES];
    size_t shown = enough ? ID_SHOWN + 1 : sizeof text;

    snprintf(text, shown, "%s", a);
    add_text(out, text);
    buffer_add_text(out, " -> ");
    snprintf(text, shown, "%s", b);
    add_text(out, text);
}

/* What two long texts have in common at their beginning and at their end, in whole items. */
struct common {
    size_t before, after;
};

static bool is_separator(char c)
{
    return c == ' ' || c == ':' || c == ';' || c == '\0';
}

static struct common common_items(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b), before = 0, after = 0;
    size_t least = length_a < length_b ? length_a : length_b;

    while (before < least && a[before] == b[before])
        before++;
    while (before > 0 && !is_separator(a[before - 1]))
        before--;
    while (after < least - before && a[length_a - after - 1] == b[length_b - after - 1])
        after++;
    while (after > 0 && !is_separator(a[length_a - after]))
        after--;
    return (struct common){before, after};
}

/* A value without what it has in common with the other; of a long one the beginning. */
static void add_value(struct buffer *out, const char *text, const struct common *common)
{
    size_t length = strlen(text) - common->before - common->after, shown = length;
    const char *from = text + common->before;

    if (shown > VALUE_SHOWN) {
        shown = VALUE_SHOWN;
        while (shown > 0 && ((unsigned char)from[shown] & 0xc0) == 0x80)
            shown--;
    }
    buffer_add_text(out, common->before > 0 ? "... " : "");
    if (length == 0)
        buffer_add_text(out, "nothing");
    escape_for_terminal(out, from, shown);
    buffer_add_text(out, shown < length || common->after > 0 ? " ..." : "");
}

static void add_values(struct buffer *out, const struct differences *differences,
                       const struct difference *row)
{
    const char *a = row->a != TEXT_NONE ? recordings_text(differences->all, row->a) : NULL,
               *b = row->b != TEXT_NONE ? recordings_text(differences->all, row->b) : NULL;
    struct common common = {0, 0};

    if (a == NULL || b == NULL) {
        add_value(out, a != NULL ? a : b, &common);
    } else if (row->section == SECTION_IDENTITY && row->change != CHANGE_RENAMED) {
        sayings_add_builds(out, a, b);
    } else {
        if (strlen(a) + strlen(b) > VALUE_SHOWN)
            common = common_items(a, b);
        add_value(out, a, &common);
        buffer_add_text(out, " -> ");
        add_value(out, b, &common);
    }
}

/* What is not there was not found; all else that the loader says is of something that is. */
static const char *failure_words(const char *note)
{
    static const char *const absent[] = {"cannot open shared object file", "undefined symbol",
                                         "never came"};

    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (strncmp(note, absent[i], strlen(absent[i])) == 0)
            return " was not found";
    return " could not be loaded";
}

static bool is_told(const struct differences *differences, const struct sayings_told *told,
                    const struct difference *row)
{
    if (row->section != SECTION_IDENTITY && row->section != SECTION_LOADS)
        return false;
    for (size_t i = 0; i < told->count; i++)
        if (row->name != TEXT_NONE &&
            strcmp(told->names[i], recordings_text(differences->all, row->name)) == 0)
            return true;
    return false;
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

/* The first of what failed to load, in B and in A. */
struct failed_names {
    const char *names[2][FAILED_SEEN];
    size_t counts[2];
};

static void find_failed(const struct differences *differences, struct failed_names *failed)
{
    failed->counts[0] = failed->counts[1] = 0;
    for (size_t i = 0; i < differences->count; i++) {
        const struct difference *row = &differences->items[i];
        size_t side = row->change != CHANGE_ADDED;
        if (row->section == SECTION_FAILED && row->differs && row->name != TEXT_NONE &&
            failed->counts[side] < FAILED_SEEN)
            failed->names[side][failed->counts[side]++] =
                last_part(recordings_text(differences->all, row->name));
    }
}

/* That it is loaded only on the other side need not be said, too. */
static bool is_explained(const struct differences *differences, const struct failed_names *failed,
                         const struct difference *row)
{
    size_t side = row->change != CHANGE_REMOVED;

    if (row->section != SECTION_LOADS || row->name == TEXT_NONE ||
        (row->change != CHANGE_ADDED && row->change != CHANGE_REMOVED))
        return false;
    for (size_t i = 0; i < failed->counts[side]; i++)
        if (strcmp(failed->names[side][i], recordings_text(differences->all, row->name)) == 0)
            return true;
    return false;
}

static void say(struct buffer *out, const struct differences *differences, size_t kind,
                const struct difference *row, size_t count)
{
    const char *note = row->note != TEXT_NONE ? recordings_text(differences->all, row->note) : "";

    add_text(out,
             row->name != TEXT_NONE ? recordings_text(differences->all, row->name) : "the program");
    if (count > 1)
        buffer_format(out, " (and %zu more)", count - 1);
    if (row->section == SECTION_FAILED)
        buffer_add_text(out, failure_words(note));
    buffer_add_text(out, sayings[kind].words);
    if (note[0] != '\0' && (row->section == SECTION_FAILED || row->change == CHANGE_MOVED)) {
        buffer_add_text(out, ": ");
        add_text(out, note);
    } else if (row->section != SECTION_EXCEPTIONS && (row->a != TEXT_NONE || row->b != TEXT_NONE)) {
        buffer_add_text(out, ": ");
        add_values(out, differences, row);
    }
    buffer_add_text(out, ".\n");
}

void sayings_find(struct buffer *out, const struct differences *differences,
                  const struct sayings_told *told, size_t most)
{
    struct failed_names failed;

    find_failed(differences, &failed);
    for (size_t kind = 0; kind < sizeof sayings / sizeof *sayings && most > 0; kind++) {
        const struct difference *first = NULL;
        size_t count = 0;
        for (size_t i = 0; i < differences->count; i++) {
            const struct difference *row = &differences->items[i];
            if (!row->differs || row->section != sayings[kind].section ||
                row->change != sayings[kind].change || is_told(differences, told, row) ||
                is_explained(differences, &failed, row))
                continue;
            first = first == NULL ? row : first;
            count++;
        }
        if (first == NULL)
            continue;
        say(out, differences, kind, first, count);
        most--;
    }
}
