/* See renamed_modules.h. */
#include "renamed_modules.h"

#include "rules/identity_values.h"
#include "rules/path_glob.h"
#include "rules/subjects.h"
#include "buffer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Rules looked at, and pairs of findings of a run: beyond, nothing more is joined. */
enum { EFFORT = 1 << 22, PAIRS_AT_MOST = 4096 };

struct joining {
    struct judgement *judgement;
    size_t effort;
};

/* What the rules of its section say of a module that may be the missing one. */
struct evidence {
    bool has_place, is_elsewhere, is_build, is_other, is_in_order, is_out_of_order, has_cause;
};

static const struct rule *rule_of(const struct joining *joining, const struct finding *finding)
{
    return &joining->judgement->rules->rules[finding->rule];
}

static bool is_of_modules(const struct joining *joining, const struct finding *finding,
                          enum rule_kind kind)
{
    const struct rule *rule = rule_of(joining, finding);

    return rule->kind == kind && rule->about == ABOUT_MODULES &&
           subject_is_glob(rule->words[0]) == (kind == RULE_FORBID) &&
           finding->run != RECORDING_NONE;
}

static bool same_section(const struct rule *a, const struct rule *b)
{
    return a->process == NULL || b->process == NULL ? a->process == b->process
                                                    : strcmp(a->process, b->process) == 0;
}

/* Whether what is said by `rule` of what breaks it is not less by the other's than by its own. */
static bool is_as_hard(const struct rule *rule, const struct rule *other)
{
    return (!rule->is_soft || other->is_soft) && (!rule->is_learned || other->is_learned);
}

static const struct recorded_load *load_of(const struct recording *run,
                                           const struct finding *finding)
{
    size_t low = 0, high = run->load_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->loads[middle].seq < finding->seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < run->load_count && run->loads[low].seq == finding->seq ? &run->loads[low] : NULL;
}

/* The first load of that name by the process, or NULL. */
static const struct recorded_load *find_load(struct joining *joining, const struct recording *run,
                                             size_t process, const char *name)
{
    for (size_t i = 0; i < run->load_count && joining->effort > 0; i++, joining->effort--)
        if (run->loads[i].process == process &&
            text_glob(name, recordings_text(joining->judgement->recordings, run->loads[i].key),
                      run->folds_case))
            return &run->loads[i];
    return NULL;
}

static void look_at_order(struct joining *joining, const struct rule *rule, const char *missing,
                          const struct recording *run, const struct recorded_load *load,
                          struct evidence *evidence)
{
    size_t at = 0;

    while (at < rule->word_count && strcmp(rule->words[at], missing) != 0)
        at++;
    for (size_t i = 0; at < rule->word_count && i < rule->word_count; i++) {
        const struct recorded_load *other =
            i != at ? find_load(joining, run, load->process, rule->words[i]) : NULL;
        if (other == NULL)
            continue;
        evidence->is_in_order = true;
        evidence->is_out_of_order |= (other < load) != (i < at);
    }
}

static bool has_word(const struct rule *rule, const char *text, bool ignore_case)
{
    for (size_t i = 1; i < rule->word_count; i++)
        if (rule->kind == RULE_PATH ? path_glob(rule->words[i], text, ignore_case)
                                    : text_glob(rule->words[i], text, true))
            return true;
    return false;
}

static void look_at_rule(struct joining *joining, const struct rule *rule, const char *missing,
                         const struct recording *run, const struct recorded_load *load,
                         struct evidence *evidence)
{
    const struct recordings *all = joining->judgement->recordings;

    if (rule->kind == RULE_ORDER)
        look_at_order(joining, rule, missing, run, load, evidence);
    if (rule->word_count == 0 || strcmp(rule->words[0], missing) != 0)
        return;
    if (rule->kind == RULE_PATH) {
        evidence->has_place = true;
        evidence->is_elsewhere |=
            !has_word(rule, recordings_text(all, load->place), run->folds_case);
    } else if (rule->kind == RULE_CAUSE) {
        evidence->has_cause |=
            load->by != TEXT_NONE && has_word(rule, recordings_text(all, load->by), true);
    } else if (rule->kind == RULE_IDENTITY) {
        evidence->is_other |= identity_values_differ(all, rule, load->module) != IDENTITIES;
        evidence->is_build |= identity_values_have_key(rule, IDENTITY_BUILD_ID) ||
                              identity_values_have_key(rule, IDENTITY_PDB);
    }
}

/* Whether the one that was not expected came in the place of the missing one. */
static bool is_in_place(struct joining *joining, const struct finding *missing,
                        const struct finding *unexpected, bool *is_build)
{
    const struct rules *rules = joining->judgement->rules;
    const struct rule *of = rule_of(joining, missing), *forbidding = rule_of(joining, unexpected);
    const struct recording *run = &joining->judgement->recordings->items[missing->run];
    const struct recorded_load *load = load_of(run, unexpected);
    struct evidence evidence = {0};

    if (load == NULL || !same_section(of, forbidding) || !is_as_hard(of, forbidding) ||
        (missing->pid != 0 && missing->pid != unexpected->pid))
        return false;
    for (size_t i = 0; i < rules->count && joining->effort > 0; i++, joining->effort--)
        if (same_section(of, &rules->rules[i]))
            look_at_rule(joining, &rules->rules[i], of->words[0], run, load, &evidence);
    *is_build = evidence.is_build;
    return joining->effort > 0 && evidence.has_place && !evidence.is_elsewhere &&
           !evidence.is_other && !evidence.is_out_of_order &&
           (evidence.is_build || evidence.is_in_order || evidence.has_cause);
}

static int join(struct finding *missing, struct finding *unexpected, bool is_build)
{
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, missing->message);
    buffer_add_text(&message, "; in its place ");
    buffer_add_text(&message, unexpected->message);
    buffer_add_text(&hint, "renamed: ");
    buffer_add_text(&hint, missing->subject);
    buffer_add_text(&hint, " -> ");
    buffer_add_text(&hint, unexpected->subject);
    buffer_add_text(&hint, is_build ? " (the same build)"
                                    : ", or another one: rules learned with --identity can tell");
    if (message.failed || hint.failed) {
        buffer_release(&message);
        buffer_release(&hint);
        return -1;
    }
    free(missing->message);
    free(missing->hint);
    missing->message = message.data;
    missing->hint = hint.data;
    missing->path = unexpected->path;
    missing->seq = unexpected->seq;
    missing->t_ns = unexpected->t_ns;
    missing->tid = unexpected->tid;
    return 0;
}

/* A finding that may be half of a pair. */
struct half {
    struct finding *finding;
    size_t partner, partners; /* among the others of the run: the last, and how many */
    bool is_build;            /* of the last */
};

struct halves {
    struct half *items;
    size_t count;
};

/* Finds who may be whose partner in a run, and joins those that are each other's only one. */
static int join_run(struct joining *joining, struct halves *missing, struct halves *unexpected,
                    bool *is_taken)
{
    int result = 0;

    if (missing->count > PAIRS_AT_MOST / (unexpected->count + 1))
        return 0;
    for (size_t i = 0; i < missing->count; i++)
        for (size_t k = 0; k < unexpected->count; k++) {
            struct half *a = &missing->items[i], *b = &unexpected->items[k];
            bool is_build = false;
            if (!is_in_place(joining, a->finding, b->finding, &is_build))
                continue;
            a->partner = k;
            a->partners++;
            a->is_build = is_build;
            b->partners++;
        }
    for (size_t i = 0; i < missing->count && result == 0; i++) {
        const struct half *a = &missing->items[i];
        if (a->partners != 1 || unexpected->items[a->partner].partners != 1)
            continue;
        result = join(a->finding, unexpected->items[a->partner].finding, a->is_build);
        is_taken[unexpected->items[a->partner].finding - joining->judgement->findings] = true;
    }
    return result;
}

static int compare_halves(const void *left, const void *right)
{
    const struct finding *a = ((const struct half *)left)->finding,
                         *b = ((const struct half *)right)->finding;

    return a->run != b->run ? (a->run > b->run) - (a->run < b->run) : (a > b) - (a < b);
}

static int collect(const struct joining *joining, enum rule_kind kind, struct halves *halves)
{
    struct judgement *judgement = joining->judgement;

    if ((halves->items = calloc(judgement->finding_count + 1, sizeof *halves->items)) == NULL)
        return -1;
    for (size_t i = 0; i < judgement->finding_count; i++)
        if (is_of_modules(joining, &judgement->findings[i], kind))
            halves->items[halves->count++].finding = &judgement->findings[i];
    if (halves->count > 0)
        qsort(halves->items, halves->count, sizeof *halves->items, compare_halves);
    return 0;
}

/* Those of a run, from `at` on. */
static struct halves of_run(const struct halves *halves, size_t run, size_t *at)
{
    struct halves part = {NULL, 0};

    while (*at < halves->count && halves->items[*at].finding->run < run)
        ++*at;
    part.items = halves->items + *at;
    while (*at + part.count < halves->count && part.items[part.count].finding->run == run)
        part.count++;
    return part;
}

static void take_out(struct judgement *judgement, const bool *is_taken)
{
    size_t kept = 0;

    for (size_t i = 0; i < judgement->finding_count; i++) {
        struct finding *finding = &judgement->findings[i];
        if (is_taken[i]) {
            judgement->verdicts[finding->rule].findings--;
            free(finding->message);
            free(finding->hint);
        } else {
            judgement->findings[kept++] = *finding;
        }
    }
    judgement->finding_count = kept;
    judgement_count(judgement);
}

int renamed_modules_join(struct judgement *judgement, struct trail_error *error)
{
    struct joining joining = {judgement, EFFORT};
    struct halves missing = {NULL, 0}, unexpected = {NULL, 0};
    bool *is_taken = calloc(judgement->finding_count + 1, sizeof *is_taken);
    size_t next = 0, at = 0;
    int result = -1;

    if (is_taken != NULL && collect(&joining, RULE_REQUIRE, &missing) == 0 &&
        collect(&joining, RULE_FORBID, &unexpected) == 0)
        result = 0;
    while (result == 0 && next < missing.count) {
        size_t run = missing.items[next].finding->run;
        struct halves of_missing = of_run(&missing, run, &next),
                      of_unexpected = of_run(&unexpected, run, &at);
        next += of_missing.count;
        result = join_run(&joining, &of_missing, &of_unexpected, is_taken);
    }
    if (result == 0)
        take_out(judgement, is_taken);
    free(missing.items);
    free(unexpected.items);
    free(is_taken);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}
