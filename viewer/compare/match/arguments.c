/* See arguments.h. */
#include "arguments.h"

#include "compare/model/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { PID_DIGITS_AT_LEAST = 3, EXTENSION_AT_MOST = 4 };

struct writing {
    struct buffer *out, word, folder;
    struct place_roots roots;
    struct tuple_map pids; /* of the run -> 1; none: numbers stay */
    bool has_pids;         /* such a number was written as {pid} */
    bool is_windows;
};

/* Numbers that are a process of the run. */
static void add_without_pids(struct writing *writing, const char *text, size_t length)
{
    for (size_t i = 0, taken; i < length; i += taken) {
        bool is_start = i == 0 || !(shape_is_letter(text[i - 1]) || shape_is_digit(text[i - 1]));
        uint64_t number = 0;
        for (taken = 0; i + taken < length && shape_is_digit(text[i + taken]); taken++)
            number = number < UINT32_MAX ? 10 * number + (uint64_t)(text[i + taken] - '0') : number;
        if (is_start && taken >= PID_DIGITS_AT_LEAST && number <= UINT32_MAX &&
            tuple_map_find(&writing->pids, (uint32_t)number, 0, 0) != 0) {
            buffer_add_text(&writing->word, "{pid}");
            writing->has_pids = true;
            continue;
        }
        taken = taken > 0 ? taken : 1;
        buffer_add(&writing->word, text + i, taken);
    }
}

static void add_name(struct writing *writing, const char *name, size_t length)
{
    struct buffer *without = &writing->folder;

    buffer_clear(&writing->word);
    add_without_pids(writing, name, length);
    buffer_clear(without);
    shape_add_without_uuids(without, buffer_text(&writing->word), writing->word.length);
    shape_add_varying(writing->out, buffer_text(without), without->length);
}

static bool is_separator(const struct writing *writing, char c)
{
    return c == '/' || (writing->is_windows && c == '\\');
}

/* What lies in a folder for temporary files is called by its extension only. */
static void add_path(struct writing *writing, const char *path, size_t length, size_t name)
{
    size_t before = writing->out->length, end = length;

    buffer_clear(&writing->word);
    buffer_add(&writing->word, path, length);
    place_add(writing->out, buffer_text(&writing->word), &writing->roots, writing->is_windows);
    if (writing->out->length > before && writing->out->data[writing->out->length - 1] != '/')
        buffer_add_char(writing->out, '/');
    if (writing->out->length - before == 7 &&
        memcmp(writing->out->data + before, "{temp}/", 7) == 0 && name < length) {
        while (end > name && path[end - 1] != '.')
            end--;
        buffer_add_text(writing->out, "{n}");
        name = end > name && length - end <= EXTENSION_AT_MOST ? end - 1 : length;
    }
    add_name(writing, path + name, length - name);
}

static void add_word(struct writing *writing, const char *word, size_t length)
{
    size_t name = 0;

    for (size_t i = 0; i < length; i++)
        name = is_separator(writing, word[i]) ? i + 1 : name;
    if (name > 0)
        add_path(writing, word, length, name);
    else
        add_name(writing, word, length);
}

/* Where the arguments begin: behind the first word, which may stand in quotes. */
static const char *behind_program(const char *line)
{
    bool is_quoted = false;

    for (; *line != '\0' && (is_quoted || (*line != ' ' && *line != '\t')); line++)
        is_quoted ^= *line == '"';
    return line + strspn(line, " \t");
}

static void add_arguments(struct writing *writing, const char *line)
{
    const char *ends = writing->is_windows ? " \t\r\n\"'=,;()<>|&" : " \t\r\n\"'=,;()<>|&:";

    for (const char *at = behind_program(line); *at != '\0';) {
        size_t length = strcspn(at, ends);
        if (length > 0)
            add_word(writing, at, length);
        at += length;
        if (*at != '\0')
            buffer_add_char(writing->out, *at++);
    }
}

static uint32_t arguments_of(struct recordings *recordings, struct writing *writing,
                             const struct recorded_process *process)
{
    add_arguments(writing, recordings_text(recordings, process->command_line));
    if (process->command_line != TEXT_NONE && recordings->scratch.length == 0)
        buffer_add_text(&recordings->scratch, "(none)");
    return recordings_scratch_text(recordings);
}

static void find_in_run(struct recordings *recordings, struct recording *recording)
{
    struct writing writing = {.out = &recordings->scratch,
                              .roots = {.app = recordings_text(recordings, recording->app)},
                              .is_windows = recording->folds_case};
    struct tuple_map none = {0};

    for (size_t i = 0; i < PLACE_TEMPS; i++)
        writing.roots.temps[i] = recordings_text(recordings, recording->temps[i]);
    for (size_t i = 0; i < recording->process_count; i++)
        *tuple_map_at(&writing.pids, (uint32_t)recording->processes[i].pid, 0, 0) = 1;
    for (size_t i = 0; i < recording->process_count; i++) {
        struct recorded_process *process = &recording->processes[i];
        struct tuple_map pids = writing.pids;
        writing.has_pids = false;
        process->arguments = process->numbered = arguments_of(recordings, &writing, process);
        if (!writing.has_pids)
            continue;
        writing.pids = none;
        process->numbered = arguments_of(recordings, &writing, process);
        writing.pids = pids;
    }
    recordings->scratch.failed |=
        writing.word.failed || writing.folder.failed || writing.pids.failed;
    buffer_release(&writing.word);
    buffer_release(&writing.folder);
    tuple_map_release(&writing.pids);
}

/* A number that is there where it is no process of the run is none where it is one by chance. */
static void settle(struct recording *recording, struct tuple_map *known, bool are_known)
{
    for (size_t i = 0; i < recording->process_count; i++) {
        struct recorded_process *process = &recording->processes[i];
        bool has_pids = process->arguments != process->numbered;
        if (!are_known && !has_pids)
            *tuple_map_at(known, process->key, process->arguments, 0) = 1;
        if (are_known && has_pids && tuple_map_find(known, process->key, process->numbered, 0) != 0)
            process->arguments = process->numbered;
    }
}

void arguments_find(struct recordings *recordings)
{
    struct tuple_map known = {0};

    for (size_t r = 0; r < recordings->count; r++) {
        find_in_run(recordings, &recordings->items[r]);
        settle(&recordings->items[r], &known, false);
    }
    for (size_t r = 0; r < recordings->count; r++)
        settle(&recordings->items[r], &known, true);
    recordings->scratch.failed |= known.failed;
    tuple_map_release(&known);
}

/* The length of the word at a text, with the quotes in it. */
static size_t word_length(const char *text)
{
    bool is_quoted = false;
    size_t length = 0;

    for (; text[length] != '\0' && (is_quoted || text[length] != ' '); length++)
        is_quoted ^= text[length] == '"';
    return length;
}

static bool is_any(const char *word, size_t length)
{
    return length == strlen(PLACE_ANY) && memcmp(word, PLACE_ANY, length) == 0;
}

static bool is_all_any(const char *text)
{
    return is_any(text, strlen(text));
}

/* Goes on to the next word of both; false where one has no more. */
static bool next_words(const char **a, const char **b)
{
    *a += strspn(*a, " ");
    *b += strspn(*b, " ");
    return **a != '\0' && **b != '\0';
}

uint32_t arguments_common(const struct recordings *recordings, uint32_t a, uint32_t b)
{
    const char *of_a = recordings_text(recordings, a), *of_b = recordings_text(recordings, b);
    struct buffer common = {0};
    uint32_t number;

    if (a == b || is_all_any(of_a))
        return a;
    while (next_words(&of_a, &of_b)) {
        size_t length = word_length(of_a), other = word_length(of_b);
        buffer_add_text(&common, common.length > 0 ? " " : "");
        if (length == other && memcmp(of_a, of_b, length) == 0)
            buffer_add(&common, of_a, length);
        else
            buffer_add_text(&common, PLACE_ANY);
        of_a += length;
        of_b += other;
    }
    number = *of_a == *of_b && !common.failed
                 ? text_pool_add(recordings->texts, buffer_text(&common), common.length)
                 : text_pool_add_text(recordings->texts, PLACE_ANY);
    buffer_release(&common);
    return number;
}

bool arguments_differ(const struct recordings *recordings, uint32_t a, uint32_t b)
{
    const char *of_a = recordings_text(recordings, a), *of_b = recordings_text(recordings, b);

    if (a == b || is_all_any(of_a) || is_all_any(of_b))
        return false;
    while (next_words(&of_a, &of_b)) {
        size_t length = word_length(of_a), other = word_length(of_b);
        if ((length != other || memcmp(of_a, of_b, length) != 0) && !is_any(of_a, length) &&
            !is_any(of_b, other))
            return true;
        of_a += length;
        of_b += other;
    }
    return *of_a != *of_b;
}
