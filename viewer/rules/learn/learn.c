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
    size_t *role_runs, *runs_seen; /* runs_seen: the last run + 1 in which the role was counted */
    size_t role_count;
    size_t runs, last_run; /* in how many runs there is a process of it */
};

struct programs {
    struct program *items;
    size_t count;
    bool several; /* a run has more than one process */
};

static struct program *find_program(struct programs *programs, uint32_t key)
{
    struct program *items = programs->items;

    for (size_t i = 0; i < programs->count; i++)
        if (items[i].key == key)
            return &items[i];
    if ((items = array_with_room(items, programs->count, sizeof *items)) == NULL)
        return NULL;
    programs->items = items;
    items[programs->count] = (struct program){.key = key};
    return &items[programs->count++];
}

static int add_role(struct program *program, uint32_t role, bool counts)
{
    size_t i = 0, *role_runs;
    uint32_t *roles;

    while (i < program->role_count && program->roles[i] != role)
        i++;
    if (i == program->role_count) {
        if ((roles = realloc(program->roles, (i + 1) * sizeof *roles)) == NULL)
            return -1;
        program->roles = roles;
        if ((role_runs = realloc(program->role_runs, (i + 1) * sizeof *role_runs)) == NULL)
            return -1;
        program->role_runs = role_runs;
        roles[i] = role;
        role_runs[i] = 0;
        program->role_count++;
    }
    program->role_runs[i] += counts;
    return 0;
}

/* A child of fork that loaded nothing has its parent's modules. */
static bool inherits_modules(const struct recordings *all, const struct recording *run,
                             size_t process)
{
    if (strcmp(recordings_text(all, run->processes[process].via), "fork") != 0)
        return false;
    for (size_t i = 0; i < run->load_count; i++)
        if (run->loads[i].process == process)
            return false;
    return true;
}

static int find_programs(const struct side *side, struct programs *programs)
{
    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        programs->several |= run->process_count > 1;
        for (size_t p = 0; p < run->process_count; p++) {
            struct program *program;
            if (*recordings_text(side->all, run->processes[p].key) == '\0')
                continue; /* the language has no empty name */
            program = find_program(programs, run->processes[p].key);
            if (program == NULL || add_role(program, run->processes[p].role,
                                            !inherits_modules(side->all, run, p)) != 0)
                return -1;
            program->runs += program->last_run != r + 1;
            program->last_run = r + 1;
        }
    }
    return 0;
}

static int compare_side_modules(const void *left, const void *right)
{
    const struct side_module *a = *(const struct side_module *const *)left,
                             *b = *(const struct side_module *const *)right;

    return a->key != b->key ? (a->key > b->key) - (a->key < b->key)
                            : (a->role > b->role) - (a->role < b->role);
}

static size_t role_position(const struct learned_scope *scope, uint32_t role)
{
    size_t i = 0;

    while (i < scope->role_count && scope->roles[i] != role)
        i++;
    return i;
}

/*
 * Puts the modules of the scope's roles together by key. `sorted`: all modules of the side by key;
 * `slots`: room.
 */
static void gather(struct learned_scope *scope, const struct side_module **sorted,
                   const struct side_module **slots)
{
    for (size_t i = 0, next; i < scope->side->module_count; i = next) {
        struct learned_module *module = &scope->modules[scope->module_count];
        size_t runs = 0, all_runs = 0;
        bool is_in = false;
        module->key = sorted[i]->key;
        module->of_role = slots + scope->module_count * scope->role_count;
        for (next = i; next < scope->side->module_count && sorted[next]->key == module->key;
             next++) {
            size_t role = role_position(scope, sorted[next]->role);
            if (role == scope->role_count)
                continue;
            module->of_role[role] = sorted[next];
            runs += sorted[next]->runs;
            is_in = true;
        }
        for (size_t role = 0; role < scope->role_count; role++)
            all_runs += scope->role_runs[role];
        module->is_always = runs >= all_runs;
        scope->module_count += is_in && *recordings_text(scope->side->all, module->key) != '\0';
    }
}

static int write_paragraphs(const struct learned_scope *scope, bool with_processes,
                            struct buffer *out)
{
    if (learn_presence(scope, out) != 0 || learn_order(scope, out) != 0 ||
        learn_paths(scope, out) != 0 ||
        (scope->options->with_identity && learn_identities(scope, out) != 0))
        return -1;
    return scope->process == NULL ? learn_limits(scope, with_processes, out) : 0;
}

static int learn_scope(struct learned_scope *scope, struct buffer *out)
{
    size_t count = scope->side->module_count;
    const struct side_module **sorted = malloc((count + 1) * sizeof *sorted);
    const struct side_module **slots = calloc(count * scope->role_count + 1, sizeof *slots);
    int result = -1;

    scope->modules = calloc(count + 1, sizeof *scope->modules);
    if (sorted != NULL && slots != NULL && scope->modules != NULL) {
        for (size_t i = 0; i < count; i++)
            sorted[i] = &scope->side->modules[i];
        if (count > 0)
            qsort(sorted, count, sizeof *sorted, compare_side_modules);
        gather(scope, sorted, slots);
        result = write_paragraphs(scope, false, out);
    }
    free(scope->modules);
    free(slots);
    free(sorted);
    return result;
}

/* Whether a hand-written rule is about processes, or failed loads, of that very name. */
static bool is_own(const struct learn_options *options, enum rule_about about, const char *name)
{
    for (size_t i = 0; options->own != NULL && i < options->own->count; i++) {
        const struct rule *rule = &options->own->rules[i];
        if (rule->about == about && !rule->is_learned && strcmp(rule->words[0], name) == 0)
            return true;
    }
    return false;
}

static void write_processes(const struct side *side, const struct learn_options *options,
                            const struct programs *programs, struct buffer *out)
{
    struct line_list lists[2] = {{0}, {0}}; /* require, allow */
    struct buffer line = {0}, name = {0};

    for (size_t i = 0; i < programs->count; i++) {
        bool is_always = programs->items[i].runs == side->count;
        buffer_clear(&name);
        rule_write_glob(&name, recordings_text(side->all, programs->items[i].key));
        if (is_own(options, ABOUT_PROCESSES, buffer_text(&name)))
            continue;
        buffer_add_text(&line, is_always ? "require process " : "allow process ");
        rule_write_word(&line, buffer_text(&name));
        line_list_take(&lists[!is_always], &line);
    }
    line_list_write(&lists[0], out);
    line_list_write(&lists[1], out);
    if (!is_own(options, ABOUT_PROCESSES, "*"))
        buffer_add_text(out, "forbid process *\n");
    out->failed |= name.failed;
    buffer_release(&name);
}

/* What is asked for in vain in good runs may be; nothing else. */
static void write_failures(const struct side *side, const struct learn_options *options,
                           struct buffer *out)
{
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
            rule_write_glob(&name, recordings_text(side->all, failure->key));
            if (name.length == 0 || is_own(options, ABOUT_FAILURES, buffer_text(&name)))
                continue;
            buffer_add_text(&line, "allow failed ");
            rule_write_word(&line, buffer_text(&name));
            line_list_take(&allowed, &line);
        }
    }
    line_list_write(&allowed, out);
    if (!is_own(options, ABOUT_FAILURES, "*"))
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
static int learn_sections(const struct side *side, const struct learn_options *options,
                          const struct programs *programs, struct buffer *out)
{
    struct learned_scope run = {.side = side, .options = options},
                         *scopes = calloc(programs->count + 1, sizeof *scopes);
    int result = scopes != NULL ? 0 : -1;

    for (size_t i = 0; result == 0 && i < programs->count; i++) {
        const struct program *program = &programs->items[i];
        scopes[i] = (struct learned_scope){side,
                                           options,
                                           recordings_text(side->all, program->key),
                                           program->roles,
                                           program->role_runs,
                                           program->role_count,
                                           NULL,
                                           0};
    }
    if (result == 0) {
        qsort(scopes, programs->count, sizeof *scopes, compare_programs);
        write_processes(side, options, programs, out);
        result = learn_limits(&run, true, out);
        write_failures(side, options, out);
    }
    for (size_t i = 0; result == 0 && i < programs->count; i++) {
        buffer_add_text(out, "\n[process ");
        rule_write_name(out, scopes[i].process);
        buffer_add_text(out, "]\n");
        result = learn_scope(&scopes[i], out);
    }
    free(scopes);
    return result;
}

int learn_rules(const struct side *side, const struct learn_options *options, struct buffer *out,
                struct trail_error *error)
{
    struct programs programs = {0};
    int result = find_programs(side, &programs);

    buffer_add_text(out, RULES_LEARNED_START
                    " by 'trailview baseline', which replaces these lines with --update\n");
    if (result == 0 && programs.several) {
        result = learn_sections(side, options, &programs, out);
    } else if (result == 0) {
        uint32_t role = TEXT_NONE;
        struct learned_scope scope = {side, options, NULL, &role, (size_t[]){side->count},
                                      1,    NULL,    0};
        result = learn_scope(&scope, out);
        write_failures(side, options, out);
    }
    buffer_add_text(out, RULES_LEARNED_END "\n");
    for (size_t i = 0; i < programs.count; i++) {
        free(programs.items[i].roles);
        free(programs.items[i].role_runs);
    }
    free(programs.items);
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
