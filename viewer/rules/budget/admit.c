/* See admit.h. */
#include "admit.h"

#include "rules/judge/judge.h"
#include "rules/write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The rule that would let it be: the forbidden one's own, else the rule itself. */
static void add_acceptable(const struct rule *rule, const struct finding *finding,
                           struct buffer *out)
{
    static const char *const about[] = {[ABOUT_MODULES] = "",
                                        [ABOUT_PROCESSES] = "process ",
                                        [ABOUT_FAILURES] = "failed ",
                                        [ABOUT_VARIABLES] = "environment "};

    if (rule->kind != RULE_FORBID || finding->subject[0] == '\0') {
        buffer_add_text(out, rule->text);
        return;
    }
    buffer_add_text(out, "allow ");
    buffer_add_text(out, about[rule->about]);
    rule_write_name(out, finding->subject);
}

static bool is_accepted(const struct accepted *accepted, const struct rule *rule,
                        const char *acceptable)
{
    for (size_t i = 0; i < accepted->count; i++)
        if (strcmp(accepted->texts[i], rule->text) == 0 ||
            strcmp(accepted->texts[i], acceptable) == 0)
            return true;
    return false;
}

struct admitting {
    const struct judgement *judgement;
    const struct accepted *accepted;
    const bool *known; /* [run] */
    void (*say)(const char *sentence);
    bool *refused;         /* [run] */
    struct tuple_map said; /* (rule, subject) */
};

/* Once for each rule and subject. */
static void say_why(struct admitting *admitting, const struct finding *finding,
                    const char *acceptable)
{
    const struct recordings *recordings = admitting->judgement->recordings;
    uint32_t subject = text_pool_add_text(recordings->texts, finding->subject);
    struct buffer text = {0};

    if ((*tuple_map_at(&admitting->said, (uint32_t)finding->rule, subject, 0))++ != 0)
        return;
    if (finding->run != RECORDING_NONE)
        buffer_format(&text, "run %" PRId64 " is", recordings->items[finding->run].run);
    else
        buffer_add_text(&text, "the runs are");
    buffer_add_text(&text, " not learned from: ");
    buffer_add_text(&text, finding->message != NULL ? finding->message : "");
    buffer_format(&text, " (line %u); if that is meant: --accept '",
                  admitting->judgement->rules->rules[finding->rule].line);
    buffer_add_text(&text, acceptable);
    buffer_add_char(&text, '\'');
    admitting->say(buffer_text(&text));
    buffer_release(&text);
}

/* A broken soft rule keeps a run out only where all runs together violate it. */
static void refuse(struct admitting *admitting, const struct finding *finding)
{
    const struct rule *rule = &admitting->judgement->rules->rules[finding->rule];
    struct buffer acceptable = {0};
    size_t first = finding->run != RECORDING_NONE ? finding->run : 0,
           count = finding->run != RECORDING_NONE ? 1 : admitting->judgement->recordings->count;

    if (rule->is_soft && finding->is_notice)
        return;
    if (rule->is_learned && finding->run != RECORDING_NONE && admitting->known[finding->run])
        return;
    add_acceptable(rule, finding, &acceptable);
    if (!is_accepted(admitting->accepted, rule, buffer_text(&acceptable))) {
        say_why(admitting, finding, buffer_text(&acceptable));
        for (size_t i = 0; i < count; i++)
            admitting->refused[first + i] |= !(rule->is_learned && admitting->known[first + i]);
    }
    buffer_release(&acceptable);
}

static void take_out(struct recordings *recordings, const bool *refused)
{
    size_t kept = 0;

    for (size_t i = 0; i < recordings->count; i++) {
        if (refused[i])
            recording_release(&recordings->items[i]);
        else
            recordings->items[kept++] = recordings->items[i];
    }
    recordings->count = kept;
}

int admit_runs(const struct rules *rules, struct recordings *recordings, const bool *known,
               const struct accepted *accepted, void (*say)(const char *sentence),
               struct trail_error *error)
{
    struct judgement judgement;
    struct admitting admitting = {.judgement = &judgement,
                                  .accepted = accepted,
                                  .known = known,
                                  .say = say,
                                  .refused = calloc(recordings->count + 1, sizeof(bool))};
    int result = judge(rules, recordings, &judgement, error);

    if (admitting.refused == NULL)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; result == 0 && i < judgement.finding_count; i++)
        refuse(&admitting, &judgement.findings[i]);
    judgement_release(&judgement);
    if (result == 0)
        take_out(recordings, admitting.refused);
    if (admitting.said.failed)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    free(admitting.refused);
    tuple_map_release(&admitting.said);
    return result;
}
