/* See budget.h. */
#include "budget.h"

#include <string.h>

enum { RULES_TOLD = 5 };

/* How many of the runs outside of a part (SIZE_MAX: of all) break one of the classes. */
static size_t count_broken(const struct left_out *left_out, unsigned classes, size_t part)
{
    size_t count = 0;

    for (size_t i = 0; i < left_out->runs; i++)
        count += i % left_out->parts != part && (left_out->broken[i] & classes) != 0;
    return count;
}

/* Each shell has an environment of its own: one run in another is no fault of the program. */
static const unsigned always_soft = CLASS_BIT(CLASS_ENVIRONMENT);

/* What must be soft, by all runs but those of a part. */
static unsigned decide(const struct left_out *left_out, double share, size_t part)
{
    unsigned hard = (CLASS_BIT(RULE_CLASSES) - 1) & ~always_soft;
    size_t runs = left_out->runs - (part != SIZE_MAX ? left_out->runs / left_out->parts : 0);

    while ((double)count_broken(left_out, hard, part) > share * (double)runs) {
        size_t most = 0, broken;
        unsigned softened = 0;
        for (int class = 0; class < CLASS_HARD; class ++) {
            broken = count_broken(left_out, hard & CLASS_BIT(class), part);
            if (broken <= most)
                continue;
            most = broken;
            softened = CLASS_BIT(class);
        }
        if (softened == 0)
            break; /* what is left is always hard */
        hard &= ~softened;
    }
    return (CLASS_BIT(RULE_CLASSES) - 1) & ~hard;
}

struct budget budget_decide(const struct left_out *left_out, double share)
{
    struct budget budget = {decide(left_out, share, SIZE_MAX), {share, 0, 0, left_out->runs}};

    if (left_out->runs < 2)
        return (struct budget){always_soft, {share, 0, 0, 0}};
    for (size_t part = 0; part < left_out->parts; part++) {
        unsigned soft = decide(left_out, share, part);
        for (size_t i = part; i < left_out->runs; i += left_out->parts) {
            bool alarms = (left_out->broken[i] & ~soft) != 0;
            budget.error.alarms += alarms;
            budget.error.notices += !alarms && left_out->broken[i] != 0;
        }
    }
    return budget;
}

void budget_write_rates(const struct budget *budget, struct buffer *out)
{
    const struct own_error *error = &budget->error;

    buffer_add_text(out, "100 good runs ");
    share_write(out, error->alarms, error->runs);
    buffer_add_text(out, " break a rule by chance");
    if ((budget->soft & ~always_soft) == 0 && error->notices == 0)
        return;
    buffer_add_text(out, ", and ");
    share_write(out, error->notices, error->runs);
    buffer_add_text(out, " only soft ones");
}

static void add_broken(const struct left_out *left_out, struct buffer *out)
{
    for (size_t i = 0; i < left_out->rule_count && i < RULES_TOLD; i++) {
        buffer_add_text(out, i == 0 ? ": " : ", ");
        buffer_add_text(out, left_out->rules[i].text);
        buffer_format(out, " (%zu)", left_out->rules[i].runs);
    }
    if (left_out->rule_count > RULES_TOLD)
        buffer_format(out, " and %zu more", left_out->rule_count - RULES_TOLD);
}

static void write_error(const struct left_out *left_out, const struct budget *budget,
                        struct buffer *out)
{
    const struct own_error *error = &budget->error;

    if (error->runs == 0)
        return;
    own_error_write(out, error);
    buffer_add_text(out, "\n# Of ");
    budget_write_rates(budget, out);
    buffer_format(out, ", by what the\n# %zu runs break of rules learned from the others",
                  error->runs);
    add_broken(left_out, out);
    buffer_add_text(out, ".\n");
}

/* Copies the lines of a file whose rules are known, and puts `soft` before those that are. */
static void add_lines(const struct rules *rules, unsigned soft, struct buffer *out)
{
    const char *line = rules->text, *end = rules->text + rules->text_length, *next;
    size_t rule = 0;

    for (unsigned number = 1; line < end; line = next, number++) {
        next = memchr(line, '\n', (size_t)(end - line));
        next = next != NULL ? next + 1 : end;
        while (rule < rules->count && rules->rules[rule].line < number)
            rule++;
        if (rule < rules->count && rules->rules[rule].line == number &&
            (soft & CLASS_BIT(rule_class(&rules->rules[rule]))) != 0 &&
            rules->rules[rule].kind != RULE_ALLOW)
            buffer_add_text(out, "soft ");
        buffer_add(out, line, (size_t)(next - line));
    }
}

int budget_write(const struct side *side, const struct learn_options *options, const char *head,
                 const struct left_out *left_out, const struct budget *budget, struct buffer *out,
                 struct trail_error *error)
{
    struct learn_options with_error = *options;
    struct buffer text = {0}, preface = {0};
    struct rules rules = {0};
    int result;

    write_error(left_out, budget, &preface);
    buffer_add_text(&preface, options->preface != NULL ? options->preface : "");
    with_error.preface = buffer_text(&preface);
    result = learn_file(side, &with_error, head, &text, error);
    if (result == 0)
        result = rules_parse("learned", buffer_text(&text), text.length, &rules, error);
    if (result == 0)
        add_lines(&rules, budget->soft, out);
    out->failed |= preface.failed;
    rules_release(&rules);
    buffer_release(&text);
    buffer_release(&preface);
    return result == 0 && out->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : result;
}
