/*
 * Inside learn: the lines that are being written, and the part of the runs - all, or the processes
 * of one program - they are about.
 */
#ifndef TRAIL_LEARNING_H
#define TRAIL_LEARNING_H

#include "happenings.h"
#include "learn.h"
#include "rules/names.h"

/* Lines, to be sorted. Without memory `has_failed`. */
struct line_list {
    char **lines;
    size_t count;
    bool has_failed;
};

/* One module of a scope, by name: the modules of all its roles. */
struct learned_module {
    uint32_t key;
    bool is_always;
    const struct side_module **of_roles; /* by role; roles that do not have it are left out */
    size_t role_count;
};

/* Whose import a module is. */
struct importer {
    uint32_t of, by; /* keys */
};

struct importers {
    struct importer *items; /* each once; sorted when all are there */
    size_t count;
    struct tuple_map seen; /* (of, by) -> 1 */
    bool failed;
};

/* The hand-written rules of what stands in the file already, by their first word. */
struct own_rules {
    struct names plain, globs; /* positions in options->own->rules */
    struct number_list limits; /* those of its limits */
};

struct learned_scope {
    const struct side *side;
    const struct learn_options *options;
    const struct own_rules *own;
    const struct happenings *happenings;
    const struct importers *importers; /* of any module that was loaded */
    const char *process;               /* the program's key as text; NULL: the run as a whole */
    uint32_t program;                  /* the program's key, or TEXT_NONE */
    const uint32_t *roles;             /* of its processes */
    size_t role_count;
    /* in how many runs they are there and do not merely inherit their modules, all together */
    size_t role_runs;
    const struct side_module *const *by_role; /* all modules of the side in this order */
    struct learned_module *modules;           /* by text */
    size_t module_count;
};

/*
 * Takes the text over as a line, unless a hand-written rule (of the scope) says otherwise:
 * `rule_is_own` of the first word.
 */
void line_list_take(struct line_list *list, struct buffer *line);

/* Sorts, adds to out, releases. */
void line_list_write(struct line_list *list, struct buffer *out);

/* Returns 0, or -1 without memory; release also after a failure. */
int own_rules_init(struct own_rules *own, const struct rules *rules);
void own_rules_release(struct own_rules *own);

/* Whether a hand-written rule is about processes, or failed loads, of that very name. */
bool own_rules_have(const struct own_rules *own, const struct rules *rules, enum rule_about about,
                    const char *name);

/*
 * Whether a hand-written rule of that kind in this scope is about that name: the same, or with
 * `by_glob` also one that matches.
 */
bool learned_is_own(const struct learned_scope *scope, enum rule_kind kind, const char *name,
                    bool by_glob);

/* What the images themselves say. Returns 0, or -1 without memory; release in any case. */
int importers_of_modules(struct importers *importers, const struct recordings *all);
void importers_release(struct importers *importers);

/* Each adds its paragraph; returns 0, or -1 without memory. */
int learn_presence(const struct learned_scope *scope, struct buffer *out);
int learn_order(const struct learned_scope *scope, struct buffer *out);
int learn_paths(const struct learned_scope *scope, struct buffer *out);
int learn_identities(const struct learned_scope *scope, struct buffer *out);
int learn_causes(const struct learned_scope *scope, struct buffer *out);
int learn_counts(const struct learned_scope *scope, struct buffer *out);
/* Of all programs, whatever the scope. */
int learn_arguments(const struct learned_scope *whole, struct buffer *out);
int learn_limits(const struct learned_scope *scope, bool with_processes, struct buffer *out);

/* Adds in which environment the program was started. */
void learn_environment(const struct learned_scope *whole, struct buffer *out);

/* How many processes of each program there are; what no process has more of than is said of it. */
void learn_process_counts(const struct learned_scope *whole, struct line_list *list);
void learn_other_counts(const struct learned_scope *whole, struct line_list *list);

#endif
