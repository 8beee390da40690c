/* See learn.h. Here: which parts of the runs get a section, and what the file looks like. */
#include "learn.h"

#include "array.h"
#include "learning.h"
#include "rules/write.h"

#include <stdlib.h>
#include <string.h>

/* A program, and its processes by role. */
struct program {
    uint32_t key;
    uint32_t *roles;
    size_t role_count;
    size_t role_runs;      /* in how many runs each role loaded something, all together */
    size_t runs, last_run; /* in how many runs there is a process of it */
};

struct programs {
    struct program *items;
    size_t count;
    struct tuple_map index; /* key -> position + 1; (key, role) -> 1 */
    bool several;           /* a run has more than one process */
};

static struct program *find_program(struct programs *programs, uint32_t key)
{
    uint32_t *position = tuple_map_at(&programs->index, key, 0, 0);
    struct program *items = programs->items;

    if (*position != 0)
        return &items[*position - 1];
    if ((items = array_with_room(items, programs->count, sizeof *items)) == NULL)
        return NULL;
    programs->items = items;
    items[programs->count++] = (struct program){.key = key};
    *position = (uint32_t)programs->count;
    return &items[programs->count - 1];
}

static int add_role(struct programs *programs, struct program *program, uint32_t role, bool counts)
{
    uint32_t *is_there = tuple_map_at(&programs->index, program->key, role, 1), *roles;

    program->role_runs += counts;
    if (*is_there != 0)
        return 0;
    if ((roles = array_with_room(program->roles, program->role_count, sizeof *roles)) == NULL)
        return -1;
    program->roles = roles;
    roles[program->role_count++] = role;
    *is_there = 1;
    return 0;
}

/* Which processes loaded something: one that did not, a child of fork, has its parent's modules. */
static bool *find_loading(const struct recording *run)
{
    bool *loading = calloc(run->process_count + 1, sizeof *loading);

    for (size_t i = 0; loading != NULL && i < run->load_count; i++)
        if (run->loads[i].process < run->process_count)
            loading[run->loads[i].process] = true;
    return loading;
}

static int find_programs_of_run(const struct side *side, size_t r, struct programs *programs)
{
    const struct recording *run = &side->all->items[r];
    bool *loading = find_loading(run);
    int result = loading != NULL ? 0 : -1;

    programs->several |= run->process_count > 1;
    for (size_t p = 0; p < run->process_count && result == 0; p++) {
        const struct recorded_process *process = &run->processes[p];
        struct program *program;
        bool counts = loading[p] || strcmp(recordings_text(side->all, process->via), "fork") != 0;
        if (*recordings_text(side->all, process->key) == '\0')
            continue; /* the language has no empty name */
        program = find_program(programs, process->key);
        if (program == NULL || add_role(programs, program, process->role, counts) != 0) {
            result = -1;
            break;
        }
        program->runs += program->last_run != r + 1;
        program->last_run = r + 1;
    }
    free(loading);
    return programs->index.failed ? -1 : result;
}

static int find_programs(const struct side *side, struct programs *programs)
{
    int result = 0;

    for (size_t r = side->first; r < side->first + side->count && result == 0; r++)
        result = find_programs_of_run(side, r, programs);
    return result;
}

static int compare_roles(const void *left, const void *right)
{
    const struct side_module *a = *(const struct side_module *const *)left,
                             *b = *(const struct side_module *const *)right;

    return (a->role > b->role) - (a->role < b->role);
}

static int compare_side_modules(const void *left, const void *right)
{
    const struct side_module *a = *(const struct side_module *const *)left,
                             *b = *(const struct side_module *const *)right;

    return a->key != b->key ? (a->key > b->key) - (a->key < b->key)
                            : (a->role > b->role) - (a->role < b->role);
}

static int compare_with_role(const void *item, const void *key)
{
    uint32_t role = (*(const struct side_module *const *)item)->role, of = *(const uint32_t *)key;

    return (role > of) - (role < of);
}

/* The side's modules of the scope's roles, by key; NULL without memory. */
static const struct side_module **modules_of_scope(const struct learned_scope *scope, size_t *count)
{
    const struct side *side = scope->side;
    const struct side_module **sorted = NULL, **more;

    *count = 0;
    for (size_t i = 0; i < scope->role_count; i++)
        for (size_t at = array_lower_bound(scope->by_role, side->module_count, sizeof *sorted,
                                           &scope->roles[i], compare_with_role);
             at < side->module_count && scope->by_role[at]->role == scope->roles[i]; at++) {
            if ((more = array_with_room(sorted, *count, sizeof *sorted)) == NULL) {
                free(sorted);
                return NULL;
            }
            sorted = more;
            sorted[(*count)++] = scope->by_role[at];
        }
    if (*count > 0)
        qsort(sorted, *count, sizeof *sorted, compare_side_modules);
    return sorted != NULL ? sorted : calloc(1, sizeof *sorted);
}

/* Puts the modules of the scope's roles together by key. */
static void gather(struct learned_scope *scope, const struct side_module **sorted, size_t count)
{
    for (size_t i = 0, next; i < count; i = next) {
        struct learned_module *module = &scope->modules[scope->module_count];
        size_t runs = 0;
        *module = (struct learned_module){.key = sorted[i]->key, .of_roles = sorted + i};
        for (next = i; next < count && sorted[next]->key == module->key; next++)
            runs += sorted[next]->runs;
        module->role_count = next - i;
        module->is_always = runs >= scope->role_runs;
        scope->module_count += *recordings_text(scope->side->all, module->key) != '\0';
    }
}

static int write_paragraphs(const struct learned_scope *scope, bool with_processes,
                            struct buffer *out)
{
    if (learn_presence(scope, out) != 0 || learn_order(scope, out) != 0 ||
        learn_paths(scope, out) != 0 || learn_causes(scope, out) != 0 ||
        (scope->options->with_identity && learn_identities(scope, out) != 0) ||
        learn_counts(scope, out) != 0)
        return -1;
    return scope->process == NULL ? learn_limits(scope, with_processes, out) : 0;
}

static int learn_scope(struct learned_scope *scope, struct buffer *out)
{
    size_t count;
    const struct side_module **sorted = modules_of_scope(scope, &count);
    int result = -1;

    scope->modules = calloc(count + 1, sizeof *scope->modules);
    if (sorted != NULL && scope->modules != NULL) {
        gather(scope, sorted, count);
        result = write_paragraphs(scope, false, out);
    }
    free(scope->modules);
    free(sorted);
    return result;
}

static void write_processes(const struct learned_scope *whole, const struct programs *programs,
                            struct buffer *out)
{
    const struct side *side = whole->side;
    const struct rules *rules = whole->options->own;
    struct line_list lists[2] = {{0}, {0}}; /* require, allow */
    struct buffer line = {0}, name = {0};

    for (size_t i = 0; i < programs->count; i++) {
        bool is_always = programs->items[i].runs == side->count;
        buffer_clear(&name);
        rule_write_key_glob(&name, recordings_text(side->all, programs->items[i].key));
        if (own_rules_have(whole->own, rules, ABOUT_PROCESSES, buffer_text(&name)))
            continue;
        buffer_add_text(&line, is_always ? "require process " : "allow process ");
        rule_write_word(&line, buffer_text(&name));
        line_list_take(&lists[!is_always], &line);
    }
    line_list_write(&lists[0], out);
    line_list_write(&lists[1], out);
    if (!own_rules_have(whole->own, rules, ABOUT_PROCESSES, "*"))
        buffer_add_text(out, "forbid process *\n");
    out->failed |= name.failed;
    buffer_release(&name);
}

/* What is asked for in vain in good runs may be; nothing else. */
static void write_failures(const struct learned_scope *whole, struct buffer *out)
{
    const struct side *side = whole->side;
    const struct rules *rules = whole->options->own;
    struct line_list allowed = {0};
    struct buffer line = {0}, name = {0};
    struct tuple_map seen = {0};

    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        for (size_t i = 0; i < run->failure_count; i++) {
            const struct recorded_failure *failure = &run->failures[i];
            if (!failure->is_module || failure->key == TEXT_NONE ||
                (*tuple_map_at(&seen, failure->key, 0, 0))++ != 0)
                continue;
            buffer_clear(&name);
            rule_write_key_glob(&name, recordings_text(side->all, failure->key));
            if (name.length == 0 ||
                own_rules_have(whole->own, rules, ABOUT_FAILURES, buffer_text(&name)))
                continue;
            buffer_add_text(&line, "allow failed ");
            rule_write_word(&line, buffer_text(&name));
            line_list_take(&allowed, &line);
        }
    }
    line_list_write(&allowed, out);
    if (!own_rules_have(whole->own, rules, ABOUT_FAILURES, "*"))
        buffer_add_text(out, "forbid failed *\n");
    out->failed |= name.failed || seen.failed;
    tuple_map_release(&seen);
    buffer_release(&name);
}

static int compare_programs(const void *left, const void *right)
{
    const struct learned_scope *a = left, *b = right;

    return strcmp(a->process, b->process);
}

/*
 * Runs with more than one process: a section for each program, and what is about the run as a whole
 * before them.
 */
static int learn_sections(const struct learned_scope *whole, const struct programs *programs,
                          struct buffer *out)
{
    const struct side *side = whole->side;
    struct learned_scope run = *whole, *scopes = calloc(programs->count + 1, sizeof *scopes);
    int result = scopes != NULL ? 0 : -1;

    for (size_t i = 0; result == 0 && i < programs->count; i++) {
        const struct program *program = &programs->items[i];
        scopes[i] = *whole;
        scopes[i].process = recordings_text(side->all, program->key);
        scopes[i].program = program->key;
        scopes[i].roles = program->roles;
        scopes[i].role_count = program->role_count;
        scopes[i].role_runs = program->role_runs;
    }
    if (result == 0) {
        qsort(scopes, programs->count, sizeof *scopes, compare_programs);
        write_processes(whole, programs, out);
        result = learn_arguments(whole, out) == 0 ? learn_limits(&run, true, out) : -1;
        write_failures(whole, out);
        learn_environment(whole, out);
    }
    for (size_t i = 0; result == 0 && i < programs->count; i++) {
        buffer_add_text(out, "\n[process ");
        rule_write_key(out, scopes[i].process);
        buffer_add_text(out, "]\n");
        result = learn_scope(&scopes[i], out);
    }
    free(scopes);
    return result;
}

static int learn_all(const struct learned_scope *whole, struct programs *programs,
                     struct buffer *out)
{
    const uint32_t role = TEXT_NONE;
    struct learned_scope scope = *whole;

    if (find_programs(whole->side, programs) != 0)
        return -1;
    if (programs->several)
        return learn_sections(whole, programs, out);
    scope.roles = &role;
    scope.role_count = 1;
    scope.role_runs = whole->side->count;
    if (learn_arguments(whole, out) != 0 || learn_scope(&scope, out) != 0)
        return -1;
    write_failures(whole, out);
    learn_environment(whole, out);
    return 0;
}

int learn_rules(const struct side *side, const struct learn_options *options, struct buffer *out,
                struct trail_error *error)
{
    struct programs programs = {0};
    const struct side_module **by_role = malloc((side->module_count + 1) * sizeof *by_role);
    struct own_rules own;
    struct happenings happenings;
    struct importers importers;
    struct learned_scope whole = {.side = side,
                                  .options = options,
                                  .own = &own,
                                  .happenings = &happenings,
                                  .importers = &importers,
                                  .program = TEXT_NONE,
                                  .by_role = by_role};
    bool is_ready = happenings_init(&happenings, side) == 0;
    int result = -1;

    buffer_add_text(out, RULES_LEARNED_START
                    " by 'trailview baseline', which replaces these lines with --update\n");
    buffer_add_text(out, options->preface != NULL ? options->preface : "");
    for (size_t i = 0; by_role != NULL && i < side->module_count; i++)
        by_role[i] = &side->modules[i];
    is_ready &= importers_of_modules(&importers, side->all) == 0;
    if (own_rules_init(&own, options->own) == 0 && is_ready && by_role != NULL) {
        qsort(by_role, side->module_count, sizeof *by_role, compare_roles);
        result = learn_all(&whole, &programs, out);
    }
    buffer_add_text(out, RULES_LEARNED_END "\n");
    for (size_t i = 0; i < programs.count; i++)
        free(programs.items[i].roles);
    free(programs.items);
    free(by_role);
    own_rules_release(&own);
    happenings_release(&happenings);
    importers_release(&importers);
    tuple_map_release(&programs.index);
    return result == 0 && !out->failed ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* Adds text with the line ends that the file has: its first one counts. */
static void add_lines(const struct rules *own, const struct buffer *text, struct buffer *out)
{
    const char *newline = memchr(own->text, '\n', own->text_length);
    bool has_returns = newline != NULL && newline > own->text && newline[-1] == '\r';

    for (size_t i = 0; i < text->length; i++) {
        if (has_returns && text->data[i] == '\n')
            buffer_add_char(out, '\r');
        buffer_add_char(out, text->data[i]);
    }
    out->failed |= text->failed;
}

int learn_file(const struct side *side, const struct learn_options *options, const char *head,
               struct buffer *out, struct trail_error *error)
{
    const struct rules *own = options->own;
    struct buffer learned = {0};
    size_t start, end;
    int result;

    if (own == NULL) {
        buffer_add_text(out, head);
        return learn_rules(side, options, out, error);
    }
    start = own->learned_end > 0 ? own->learned_start : own->text_length;
    end = own->learned_end > 0 ? own->learned_end : own->text_length;
    buffer_add(out, own->text, start);
    if (out->length > 0 && out->data[out->length - 1] != '\n')
        buffer_add_char(out, '\n');
    result = learn_rules(side, options, &learned, error);
    add_lines(own, &learned, out);
    buffer_release(&learned);
    buffer_add(out, own->text + end, own->text_length - end);
    return result == 0 && out->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : result;
}
