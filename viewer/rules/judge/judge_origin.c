/* See scope.h: where a module came from, and which build of it that was. */
#include "scope.h"

#include "rules/identity_values.h"
#include "rules/path_glob.h"

#include "compare/model/place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Whether one of the rule's globs matches the path: as a file or as its folder, with placeholders
 * or as it was.
 */
static bool is_at_place(const struct judging *judging, const struct rule *rule,
                        const struct subject *subject)
{
    const char *path = judge_text(judging, judging->recordings->modules[subject->module].path);
    struct buffer folder = {0}, files[2] = {{0}, {0}}, glob = {0};
    bool matches = false;

    place_add_folder(&folder, path, subject->folds_case);
    for (int i = 0; i < 2; i++) {
        buffer_add_text(&files[i],
                        i == 0 ? judge_text(judging, subject->place) : buffer_text(&folder));
        if (files[i].length > 0 && files[i].data[files[i].length - 1] != '/')
            buffer_add_char(&files[i], '/');
        buffer_add_text(&files[i], judge_text(judging, subject->name));
    }
    for (size_t i = 1; i < rule->word_count && !matches; i++) {
        buffer_clear(&glob);
        buffer_add_text(&glob, rule->words[i]);
        for (size_t k = 0; subject->folds_case && k < glob.length; k++)
            if (glob.data[k] == '\\')
                glob.data[k] = '/';
        if (glob.length > 1 && glob.data[glob.length - 1] == '/')
            glob.data[--glob.length] = '\0';
        matches = path_glob(buffer_text(&glob), judge_text(judging, subject->place),
                            subject->folds_case) ||
                  path_glob(buffer_text(&glob), buffer_text(&folder), subject->folds_case) ||
                  path_glob(buffer_text(&glob), buffer_text(&files[0]), subject->folds_case) ||
                  path_glob(buffer_text(&glob), buffer_text(&files[1]), subject->folds_case);
    }
    buffer_release(&folder);
    buffer_release(&files[0]);
    buffer_release(&files[1]);
    buffer_release(&glob);
    return matches;
}

static void add_words(struct buffer *out, const struct rule *rule)
{
    for (size_t i = 1; i < rule->word_count; i++) {
        buffer_add_text(out, i == 1 ? "" : i + 1 < rule->word_count ? ", " : " or ");
        buffer_add_text(out, rule->words[i]);
    }
}

static void add_identity(const struct judging *judging, struct buffer *out,
                         const struct subject *subject)
{
    const struct identity *identity = &judging->recordings->modules[subject->module].identity;
    const char *separator = "what was loaded:";

    if (identity->version != TEXT_NONE) {
        buffer_format(out, "%s version %.80s", separator, judge_text(judging, identity->version));
        separator = ",";
    }
    if (identity->build_id != TEXT_NONE || identity->pdb != TEXT_NONE) {
        buffer_format(out, "%s build %.80s", separator,
                      judge_text(judging, identity->build_id != TEXT_NONE ? identity->build_id
                                                                          : identity->pdb));
        separator = ",";
    }
    if (identity->file_bytes > 0)
        buffer_format(out, "%s %" PRId64 " bytes", separator, identity->file_bytes);
}

void judge_path(struct judging *judging, size_t rule, const struct scope *scope)
{
    const struct rule *of = &judging->rules->rules[rule];
    const struct number_list *list = scope_matches(judging, scope, rule, 0);

    for (size_t i = 0; i < list->count; i++) {
        const struct subject *subject = &judging->subjects.items[list->items[i]];
        size_t load = scope->first[list->items[i]];
        struct buffer message = {0}, hint = {0};
        if (load == RECORDING_NONE || subject->place == TEXT_NONE)
            continue; /* nothing is known about where it came from, as with the vdso */
        judging->judgement->verdicts[rule].judged++;
        if (is_at_place(judging, of, subject))
            continue;
        buffer_add_text(&message, judge_text(judging, subject->name));
        buffer_add_text(&message, " came from ");
        buffer_add_text(&message,
                        judge_text(judging, judging->recordings->modules[subject->module].path));
        buffer_add_text(&message, " (");
        buffer_add_text(&message, judge_text(judging, subject->place));
        buffer_add_text(&message, "), not from ");
        add_words(&message, of);
        buffer_add_text(&message, ": ");
        judge_add_where(judging, &message, scope, load);
        add_identity(judging, &hint, subject);
        judge_add(judging, rule, scope, load, &message, &hint);
    }
}

/*
 * A file whose identity is judged: a module by its first load, or a program (then `load` is
 * RECORDING_NONE).
 */
struct judged_file {
    const char *name;
    size_t module, load;
};

static void add_other_identity(struct judging *judging, size_t rule, const struct scope *scope,
                               const struct judged_file *file, enum rule_identity key,
                               const char *value)
{
    const struct rule *of = &judging->rules->rules[rule];
    struct buffer message = {0}, hint = {0};
    const char *separator = ", not ";

    buffer_add_text(&message, file->name);
    buffer_format(&message, value[0] != '\0' ? " has %s " : " has no known %s",
                  rule_identity_word(key));
    buffer_add_text(&message, value);
    for (size_t i = 1; i < of->word_count; i++) {
        if (of->keys[i - 1] != key)
            continue;
        buffer_add_text(&message, separator);
        buffer_add_text(&message, of->words[i]);
        separator = " or ";
    }
    if (file->load != RECORDING_NONE) {
        buffer_add_text(&message, ": ");
        judge_add_where(judging, &message, scope, file->load);
    }
    buffer_add_text(&hint,
                    file->load != RECORDING_NONE ? "it was loaded from " : "it was run from ");
    buffer_add_text(&hint, judge_text(judging, judging->recordings->modules[file->module].path));
    judge_add(judging, rule, scope, file->load, &message, &hint);
    if (file->load == RECORDING_NONE)
        judge_name_finding(judging, file->name, scope->process != NULL ? scope->process->pid : 0);
}

/* The first key that the file has none of the values for is told. */
static void judge_file(struct judging *judging, size_t rule, const struct scope *scope,
                       const struct judged_file *file)
{
    const struct rule *of = &judging->rules->rules[rule];
    enum rule_identity key = identity_values_differ(judging->recordings, of, file->module);
    char room[IDENTITY_ROOM];

    judging->judgement->verdicts[rule].judged++;
    if (key != IDENTITIES)
        add_other_identity(judging, rule, scope, file, key,
                           identity_values_of(judging->recordings, file->module, key, room));
}

/* The programs themselves, which are no loads. */
static void judge_program(struct judging *judging, size_t rule, const struct scope *scope,
                          size_t process)
{
    const struct recorded_process *of = &scope->run->processes[process];

    if (of->module != RECORDING_NONE &&
        subject_matches_process(judging->recordings, judging->rules->rules[rule].words[0],
                                scope->run, of))
        judge_file(
            judging, rule, scope,
            &(struct judged_file){judge_text(judging, of->name), of->module, RECORDING_NONE});
}

static void judge_programs(struct judging *judging, size_t rule, const struct scope *scope)
{
    const char *name = judging->rules->rules[rule].words[0];
    struct number_list found = {0};

    if (subject_is_glob(name)) {
        for (size_t p = 0; p < scope->run->process_count; p++)
            judge_program(judging, rule, scope, p);
        return;
    }
    if (names_find(&scope->index->programs, name, scope->run->folds_case, &found) != 0)
        judging->has_failed = true;
    number_list_sort(&found);
    for (size_t i = 0; i < found.count; i++)
        judge_program(judging, rule, scope, found.items[i]);
    free(found.items);
}

void judge_identity(struct judging *judging, size_t rule, const struct scope *scope)
{
    const struct number_list *list;

    if (scope->process != NULL)
        judge_program(judging, rule, scope, scope->process_index);
    else
        judge_programs(judging, rule, scope);
    list = scope_matches(judging, scope, rule, 0);
    for (size_t i = 0; i < list->count; i++) {
        const struct subject *subject = &judging->subjects.items[list->items[i]];
        size_t load = scope->first[list->items[i]];
        if (load != RECORDING_NONE)
            judge_file(
                judging, rule, scope,
                &(struct judged_file){judge_text(judging, subject->name), subject->module, load});
    }
}
