/* See scope.h. */
#include "scope.h"

#include "array.h"
#include "human.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static char *take_text(struct judging *judging, struct buffer *text)
{
    char *taken;

    if (text->failed)
        judging->has_failed = true;
    if (text->data == NULL)
        return NULL;
    taken = text->data;
    memset(text, 0, sizeof *text);
    return taken;
}

/* The scope's process, or that of a load; NULL if there is neither. */
static const struct recorded_process *process_of(const struct scope *scope, size_t load)
{
    if (scope->process != NULL || load == RECORDING_NONE ||
        scope->run->loads[load].process == RECORDING_NONE)
        return scope->process;
    return &scope->run->processes[scope->run->loads[load].process];
}

/* Whether the scope has a subject for the first time at that load. */
static bool is_first(const struct judging *judging, const struct scope *scope, size_t load)
{
    return scope->first[scope_subject(judging, scope, load)] == load;
}

static void find_among_loads(struct judging *judging, const struct scope *scope, const char *name,
                             const struct number_list *all)
{
    for (size_t i = 0; i < scope->loads.count; i++) {
        size_t load = part_at(&scope->loads, i), subject = scope_subject(judging, scope, load);
        if (is_first(judging, scope, load) &&
            (all != NULL ? number_list_has(all, subject)
                         : subject_matches(&judging->subjects, name, subject)) &&
            number_list_add(&judging->found, subject) != 0)
            judging->has_failed = true;
    }
}

const struct number_list *scope_matches(struct judging *judging, const struct scope *scope,
                                        size_t rule, size_t word)
{
    const struct rule *of = &judging->rules->rules[rule];
    const struct names *names = &judging->subjects.names;
    const char *name = of->words[word];
    const struct number_list *all =
        of->process == NULL ? &judging->matches[judging->first_match[rule] + word] : NULL;
    size_t first;

    if (all != NULL && all->count <= scope->loads.count)
        return all;
    judging->found.count = 0;
    if (all == NULL && !subject_is_glob(name)) {
        first = names_first(names, name);
        if (names_end(names, name) - first <= scope->loads.count) {
            if (subjects_add_name(&judging->subjects, name, &judging->found) != 0)
                judging->has_failed = true;
            return &judging->found;
        }
    }
    find_among_loads(judging, scope, name, all);
    number_list_sort(&judging->found);
    return &judging->found;
}

void judge_add(struct judging *judging, size_t rule, const struct scope *scope, size_t load,
               struct buffer *message, struct buffer *hint)
{
    struct judgement *judgement = judging->judgement;
    struct verdict *verdict = &judgement->verdicts[rule];
    struct finding *finding =
        array_with_room(judgement->findings, judgement->finding_count, sizeof *finding);
    size_t run = scope->run != NULL ? scope->run_index : RECORDING_NONE;

    if (finding == NULL) {
        judging->has_failed = true;
        buffer_release(message);
        buffer_release(hint);
        return;
    }
    judgement->findings = finding;
    verdict->findings++;
    finding += judgement->finding_count++;
    *finding = (struct finding){.rule = rule, .run = run, .subject = "", .path = ""};
    finding->message = take_text(judging, message);
    finding->hint = take_text(judging, hint);
    if (process_of(scope, load) != NULL)
        finding->pid = process_of(scope, load)->pid;
    if (load != RECORDING_NONE) {
        const struct recorded_load *at = &scope->run->loads[load];
        finding->seq = at->seq;
        finding->t_ns = at->t_ns;
        finding->tid = at->thread != RECORDING_NONE ? scope->run->threads[at->thread].tid : 0;
        finding->subject = recordings_text(judging->recordings, at->name);
        finding->path =
            recordings_text(judging->recordings, judging->recordings->modules[at->module].path);
    }
}

/* Without memory one that nobody reads. */
static struct finding *last_finding(const struct judging *judging)
{
    static struct finding nobody;

    return judging->has_failed
               ? &nobody
               : &judging->judgement->findings[judging->judgement->finding_count - 1];
}

void judge_name_finding(struct judging *judging, const char *subject, int64_t pid)
{
    struct finding *finding = last_finding(judging);

    finding->subject = subject;
    finding->path = "";
    finding->pid = pid;
}

void judge_place_finding(struct judging *judging, int64_t seq, int64_t t_ns, int64_t tid)
{
    struct finding *finding = last_finding(judging);

    finding->seq = seq;
    finding->t_ns = t_ns;
    finding->tid = tid;
}

void judge_add_where(const struct judging *judging, struct buffer *out, const struct scope *scope,
                     size_t load)
{
    const struct recorded_load *at = &scope->run->loads[load];

    human_ms(out, at->t_ns);
    buffer_format(out, " ms, seq %" PRId64, at->seq);
    if (at->thread != RECORDING_NONE) {
        const struct recorded_thread *thread = &scope->run->threads[at->thread];
        const char *role =
            thread->is_main ? "main" : recordings_text(judging->recordings, thread->role);
        buffer_format(out, ", thread %" PRId64, thread->tid);
        if (role[0] != '\0' && strcmp(role, "thread") != 0) {
            buffer_add_text(out, " (");
            buffer_add_text(out, role);
            buffer_add_char(out, ')');
        }
    }
    if (process_of(scope, load) != NULL && scope->run->process_count > 1) {
        buffer_add_text(out, " of ");
        buffer_add_text(out, recordings_text(judging->recordings, process_of(scope, load)->name));
        buffer_format(out, " (%" PRId64 ")", process_of(scope, load)->pid);
    }
}

void judge_add_process(const struct judging *judging, struct buffer *out, const struct scope *scope)
{
    if (scope->process == NULL || scope->run->process_count < 2)
        return;
    buffer_add_text(out, " in process ");
    buffer_add_text(out, recordings_text(judging->recordings, scope->process->name));
    buffer_format(out, " (%" PRId64 ")", scope->process->pid);
}

size_t judge_more_specific(const struct judging *judging, size_t a, size_t b)
{
    const struct rule *of_a, *of_b;

    if (a == RECORDING_NONE || b == RECORDING_NONE)
        return a != RECORDING_NONE ? a : b;
    of_a = &judging->rules->rules[a];
    of_b = &judging->rules->rules[b];
    if (judging->literals[a] != judging->literals[b])
        return judging->literals[a] > judging->literals[b] ? a : b;
    if ((of_a->process != NULL) != (of_b->process != NULL))
        return of_a->process != NULL ? a : b;
    return of_b->kind == RULE_FORBID && of_a->kind != RULE_FORBID ? b : a;
}
