/* See difference_modules.h. */
#include "difference_modules.h"

#include "difference_identity.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdlib.h>

/* A module as both sides have it; either may be NULL. */
struct module_pair {
    const struct side_module *a, *b;
    size_t all_a, all_b; /* the runs that have its process: how many */
    /* that it is loaded as often by runs of one side as by those of the other; corrected */
    double p;
};

struct comparison {
    struct differences *differences;
    struct module_pair *pairs; /* in the order of a, then what only b has */
    size_t count;
};

static bool is_ignored(const struct differences *differences, const struct side_module *module)
{
    return difference_ignores_module(differences, module->variants[0].module);
}

/* Of a process that only one side has that is said, and not what it loads. */
static void add_pair(struct comparison *comparison, const struct side_module *a,
                     const struct side_module *b)
{
    const struct differences *differences = comparison->differences;
    uint32_t role = a != NULL ? a->role : b->role;
    size_t all_a = tally_role_runs(&differences->tally_a, role),
           all_b = tally_role_runs(&differences->tally_b, role);

    if (is_ignored(differences, a != NULL ? a : b) ||
        ((all_a == 0 || all_b == 0) && differences->options->only[SECTION_PROCESSES]))
        return;
    comparison->pairs[comparison->count++] = (struct module_pair){a, b, all_a, all_b, 1};
}

static int make_pairs(struct comparison *comparison)
{
    const struct side *a = comparison->differences->a, *b = comparison->differences->b;

    if ((comparison->pairs =
             malloc((a->module_count + b->module_count + 1) * sizeof *comparison->pairs)) == NULL)
        return -1;
    for (size_t i = 0; i < a->module_count; i++)
        add_pair(comparison, &a->modules[i], side_module(b, a->modules[i].role, a->modules[i].key));
    for (size_t i = 0; i < b->module_count; i++)
        if (side_module(a, b->modules[i].role, b->modules[i].key) == NULL)
            add_pair(comparison, NULL, &b->modules[i]);
    return 0;
}

static size_t runs_of(const struct side_module *module)
{
    return module != NULL ? module->runs : 0;
}

/* Only what is neither always there on both sides is a question, and one of so many. */
static int test_presence(struct comparison *comparison, struct trail_error *error)
{
    double *p = malloc((comparison->count + 1) * sizeof *p);
    int result = p != NULL ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");

    for (size_t i = 0; i < comparison->count && result == 0; i++)
        p[i] = statistics_fisher(runs_of(comparison->pairs[i].a), comparison->pairs[i].all_a,
                                 runs_of(comparison->pairs[i].b), comparison->pairs[i].all_b);
    if (result == 0)
        result = statistics_holm(p, comparison->count, error);
    for (size_t i = 0; i < comparison->count && result == 0; i++)
        comparison->pairs[i].p = p[i];
    free(p);
    return result;
}

static struct difference *add_row(struct comparison *comparison, enum difference_section section,
                                  enum difference_change change, const struct module_pair *pair)
{
    struct difference *row = difference_add(comparison->differences, section, change, true);

    row->role = pair->b != NULL ? pair->b->role : pair->a->role;
    row->name = pair->b != NULL ? pair->b->name : pair->a->name;
    row->a_runs = runs_of(pair->a);
    row->b_runs = runs_of(pair->b);
    return row;
}

static void add_range(struct comparison *comparison, uint32_t *text,
                      const struct side_module *module)
{
    struct buffer *scratch = &comparison->differences->scratch;

    if (module->least == module->most)
        buffer_format(scratch, module->most == 1 ? "once" : "%zu times", module->most);
    else
        buffer_format(scratch, "%zu to %zu times", module->least, module->most);
    *text = difference_text(comparison->differences);
}

static void compare_presence(struct comparison *comparison, const struct module_pair *pair)
{
    size_t in_a = runs_of(pair->a), in_b = runs_of(pair->b), all_a = pair->all_a,
           all_b = pair->all_b;
    bool is_usual =
        all_a == comparison->differences->a->count && all_b == comparison->differences->b->count;
    struct difference *row;

    if (is_usual && in_a == 0 && in_b == all_b) {
        add_row(comparison, SECTION_LOADS, CHANGE_ADDED, pair);
    } else if (is_usual && in_a == all_a && in_b == 0) {
        add_row(comparison, SECTION_LOADS, CHANGE_REMOVED, pair);
    } else if (pair->p <= STATISTICS_ALPHA) {
        row = add_row(comparison, SECTION_LOADS,
                      in_b * all_a > in_a * all_b ? CHANGE_MORE : CHANGE_FEWER, pair);
        row->p = pair->p;
        row->note = text_pool_add_text(comparison->differences->all->texts,
                                       in_b * all_a > in_a * all_b ? "in more of the runs"
                                                                   : "in fewer of the runs");
    } else if (is_usual && in_a == all_a && in_b == all_b &&
               (pair->a->most < pair->b->least || pair->b->most < pair->a->least)) {
        row = add_row(comparison, SECTION_LOADS,
                      pair->a->most < pair->b->least ? CHANGE_MORE : CHANGE_FEWER, pair);
        add_range(comparison, &row->a, pair->a);
        add_range(comparison, &row->b, pair->b);
    }
}

static bool same_identity(const struct recordings *all, const struct side_variant *a,
                          const struct side_variant *b)
{
    return a->module == b->module ||
           identity_equal(&all->modules[a->module].identity, &all->modules[b->module].identity);
}

static bool same_place(const struct recordings *all, const struct side_variant *a,
                       const struct side_variant *b)
{
    (void)all;
    return a->place == b->place;
}

/* Whether a build (or a place) of one side was seen on the other too. */
static bool share(const struct recordings *all, const struct module_pair *pair,
                  bool (*same)(const struct recordings *, const struct side_variant *,
                               const struct side_variant *))
{
    for (size_t i = 0; i < pair->a->variant_count; i++)
        for (size_t k = 0; k < pair->b->variant_count; k++)
            if (same(all, &pair->a->variants[i], &pair->b->variants[k]))
                return true;
    return false;
}

/*
 * Whether both names are more than what some runs of a side had by chance: all of them have it, or
 * so many that the other side, which has it by no run, would have had it, too.
 */
static bool are_usual(const struct module_pair *pair)
{
    size_t in_a = pair->a->runs, in_b = pair->b->runs;

    return (in_a == pair->all_a && in_b == pair->all_b) ||
           (statistics_fisher(in_a, pair->all_a, 0, pair->all_b) <= STATISTICS_ALPHA / 10 &&
            statistics_fisher(0, pair->all_a, in_b, pair->all_b) <= STATISTICS_ALPHA / 10);
}

/* Where each of the runs has another name, that is chance (match/varying.h). */
static void compare_names(struct comparison *comparison, const struct module_pair *pair)
{
    const struct recordings *all = comparison->differences->all;
    size_t a = pair->a->variants[0].module, b = pair->b->variants[0].module;
    struct difference *row;

    if (!difference_identity_is_new_name(all, a, b) || !are_usual(pair))
        return;
    row = add_row(comparison, SECTION_IDENTITY, CHANGE_RENAMED, pair);
    row->a = all->modules[a].name;
    row->b = row->name = all->modules[b].name;
    row->note = text_pool_add_text(all->texts, difference_identity_likeness(all, b));
}

static void compare_variants(struct comparison *comparison, const struct module_pair *pair)
{
    struct differences *differences = comparison->differences;

    compare_names(comparison, pair);
    if (!share(differences->all, pair, same_identity))
        difference_identity_describe(differences,
                                     add_row(comparison, SECTION_IDENTITY, CHANGE_REPLACED, pair),
                                     pair->a->variants[0].module, pair->b->variants[0].module);
    if (!share(differences->all, pair, same_place)) {
        struct difference *row = add_row(comparison, SECTION_PATH, CHANGE_REPLACED, pair);
        row->a = pair->a->variants[0].place;
        row->b = pair->b->variants[0].place;
    }
}

int difference_modules_find(struct differences *differences, struct trail_error *error)
{
    struct comparison comparison = {.differences = differences};
    int result = make_pairs(&comparison) == 0 ? test_presence(&comparison, error)
                                              : error_set(error, TRAIL_FAILED, 0, "out of memory");

    for (size_t i = 0; i < comparison.count && result == 0; i++) {
        compare_presence(&comparison, &comparison.pairs[i]);
        if (comparison.pairs[i].a != NULL && comparison.pairs[i].b != NULL)
            compare_variants(&comparison, &comparison.pairs[i]);
    }
    free(comparison.pairs);
    return result;
}
