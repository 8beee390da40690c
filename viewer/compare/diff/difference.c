/* See difference.h. */
#include "difference.h"

#include "difference_private.h"
#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 60 };

const char *difference_section_name(enum difference_section section)
{
    static const char *const names[] = {"loads",   "order",      "identity", "path", "processes",
                                        "threads", "exceptions", "output",   "time"};

    return names[section];
}

static const struct {
    const char *name;
    char sign;
} changes[CHANGES] = {
    [CHANGE_SAME] = {"same", ' '},       [CHANGE_SKIPPED] = {"skipped", ' '},
    [CHANGE_ADDED] = {"added", '+'},     [CHANGE_REMOVED] = {"removed", '-'},
    [CHANGE_MOVED] = {"moved", '>'},     [CHANGE_REPLACED] = {"replaced", '!'},
    [CHANGE_MORE] = {"more", '+'},       [CHANGE_FEWER] = {"fewer", '-'},
    [CHANGE_THREAD] = {"thread", '!'},   [CHANGE_EXIT] = {"exit", '!'},
    [CHANGE_SLOWER] = {"slower", '!'},   [CHANGE_FASTER] = {"faster", '!'},
    [CHANGE_MINGLED] = {"mingled", ' '}, [CHANGE_SHOWN] = {"shown", ' '},
};

const char *difference_change_name(enum difference_change change)
{
    return changes[change].name;
}

char difference_change_sign(enum difference_change change)
{
    return changes[change].sign;
}

struct difference *difference_add(struct differences *differences, enum difference_section section,
                                  enum difference_change change, bool differs)
{
    static struct difference nobody;
    struct difference *items = differences->items;

    if ((differences->count & (differences->count - 1)) == 0)
        items =
            realloc(items, (differences->count > 0 ? 2 * differences->count : 1) * sizeof *items);
    if (items == NULL) {
        differences->failed = true;
        return &nobody;
    }
    differences->items = items;
    differences->different += differs;
    items[differences->count] = (struct difference){.section = section,
                                                    .change = change,
                                                    .differs = differs,
                                                    .a_ns = NAN,
                                                    .b_ns = NAN,
                                                    .a_held_ns = NAN,
                                                    .b_held_ns = NAN,
                                                    .low_ns = NAN,
                                                    .high_ns = NAN,
                                                    .p = NAN};
    return &items[differences->count++];
}

uint32_t difference_text(struct differences *differences)
{
    uint32_t number = text_pool_add(differences->all->texts, buffer_text(&differences->scratch),
                                    differences->scratch.length);

    buffer_clear(&differences->scratch);
    return number;
}

void difference_add_name(struct differences *differences, uint32_t name)
{
    const char *text = recordings_text(differences->all, name);
    size_t length = strlen(text), shown = length;

    if (length > NAME_BYTES) {
        shown = NAME_BYTES;
        /* not within a character */
        while (shown > 0 && ((unsigned char)text[shown] & 0xC0) == 0x80)
            shown--;
    }
    buffer_add(&differences->scratch, text, shown);
    buffer_add_text(&differences->scratch, shown < length ? "..." : "");
}

enum difference_section difference_section_of(enum recorded_stream stream)
{
    static const enum difference_section sections[STREAMS] = {
        SECTION_ORDER, SECTION_PROCESSES, SECTION_THREADS, SECTION_EXCEPTIONS, SECTION_OUTPUT};

    return sections[stream];
}

bool difference_ignores(const struct differences *differences, uint32_t name, uint32_t path)
{
    for (size_t i = 0; i < differences->options->ignored_count; i++) {
        const char *glob = differences->options->ignored[i];
        bool is_path = strchr(glob, '/') != NULL || strchr(glob, '\\') != NULL;
        if (text_glob(glob, recordings_text(differences->all, is_path ? path : name), true))
            return true;
    }
    return false;
}

bool difference_ignores_module(const struct differences *differences, size_t module)
{
    const struct recorded_module *of = &differences->all->modules[module];

    return difference_ignores(differences, of->name, of->path);
}

/* A part of an identity as text, "" where it is not known. */
struct part {
    const char *what;
    char text[160];
};

enum { PARTS = 7 };

static void describe(const struct recordings *all, const struct identity *identity,
                     struct part *parts)
{
    const struct {
        const char *what, *format;
        int64_t number;
        const char *text;
    } sources[PARTS] = {
        {"version", NULL, 0, recordings_text(all, identity->version)},
        {"build-id", NULL, 0, recordings_text(all, identity->build_id)},
        {"PDB", NULL, 0, recordings_text(all, identity->pdb)},
        {"time stamp", "0x%08" PRIx64, identity->pe_timestamp, ""},
        {"checksum", "0x%08" PRIx64, identity->pe_checksum, ""},
        {"size in memory", "%" PRId64 " B", identity->image_bytes, ""},
        {"file size", "%" PRId64 " B", identity->file_bytes, ""},
    };

    for (size_t i = 0; i < PARTS; i++) {
        parts[i].what = sources[i].what;
        if (sources[i].format == NULL)
            snprintf(parts[i].text, sizeof parts[i].text, "%s", sources[i].text);
        else if (sources[i].number != 0)
            snprintf(parts[i].text, sizeof parts[i].text, sources[i].format, sources[i].number);
        else
            parts[i].text[0] = '\0';
    }
}

/* All that differs as the note; the first, which tells most, as the two values. */
void difference_describe_identity(struct differences *differences, struct difference *row,
                                  size_t module_a, size_t module_b)
{
    struct part a[PARTS], b[PARTS];

    describe(differences->all, &differences->all->modules[module_a].identity, a);
    describe(differences->all, &differences->all->modules[module_b].identity, b);
    for (size_t i = 0; i < PARTS; i++) {
        if (a[i].text[0] == '\0' || b[i].text[0] == '\0' || strcmp(a[i].text, b[i].text) == 0)
            continue;
        if (row->a == TEXT_NONE) {
            row->a = text_pool_add_text(differences->all->texts, a[i].text);
            row->b = text_pool_add_text(differences->all->texts, b[i].text);
        }
        buffer_format(&differences->scratch, "%s%s", differences->scratch.length > 0 ? ", " : "",
                      a[i].what);
    }
    row->note = difference_text(differences);
}

static int find(struct differences *differences, struct trail_error *error)
{
    bool is_single = differences->a->count == 1 && differences->b->count == 1;

    if (tally_init(&differences->tally_a, differences->a, error) != 0 ||
        tally_init(&differences->tally_b, differences->b, error) != 0 ||
        (is_single ? difference_find_loads(differences, error)
                   : difference_find_modules(differences, error)) != 0 ||
        difference_find_tallies(differences, error) != 0 ||
        (is_single ? difference_find_steps(differences, error)
                   : difference_find_order(differences, error)) != 0)
        return -1;
    return difference_find_times(differences, error);
}

/*
 * What is about modules stays in the order of the loads; the other sections follow, each as it was
 * found.
 */
static int rank(enum difference_section section)
{
    return section <= SECTION_PATH ? 0 : (int)section;
}

static int sort_by_section(struct differences *differences)
{
    struct difference *sorted = malloc((differences->count + 1) * sizeof *sorted);
    size_t count = 0;

    if (sorted == NULL)
        return -1;
    for (int of = 0; of < SECTIONS; of++)
        for (size_t i = 0; i < differences->count; i++)
            if (rank(differences->items[i].section) == of)
                sorted[count++] = differences->items[i];
    free(differences->items);
    differences->items = sorted;
    return 0;
}

/* Rows of sections that were not asked for go; what only gives context to loads goes with them. */
static void drop_unwanted(struct differences *differences)
{
    size_t kept = 0;

    differences->different = 0;
    for (size_t i = 0; i < differences->count; i++) {
        if (!differences->options->only[differences->items[i].section])
            continue;
        differences->items[kept++] = differences->items[i];
        differences->different += differences->items[i].differs;
    }
    differences->count = kept;
}

int differences_find(struct differences *differences, const struct side *a, const struct side *b,
                     const struct difference_options *options, struct trail_error *error)
{
    differences->all = a->all;
    differences->a = a;
    differences->b = b;
    differences->options = options;
    if (find(differences, error) != 0)
        return -1;
    if (differences->failed || differences->scratch.failed || text_pool_has_failed(a->all->texts) ||
        sort_by_section(differences) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    drop_unwanted(differences);
    return 0;
}

void differences_release(struct differences *differences)
{
    free(differences->items);
    tally_release(&differences->tally_a);
    tally_release(&differences->tally_b);
    buffer_release(&differences->scratch);
    memset(differences, 0, sizeof *differences);
}
