/*
 * Inside learn: the lines that are being written, and the part of the runs - all, or the processes
 * of one program - they are about.
 */
#ifndef TRAIL_LEARNING_H
#define TRAIL_LEARNING_H

#include "learn.h"

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
    const struct side_module **of_role; /* [role of the scope], NULL where the role has none */
};

struct learned_scope {
    const struct side *side;
    const struct learn_options *options;
    const char *process; /* the program's key; NULL: the run as a whole */
    uint32_t *roles;     /* of its processes */
    /* in how many runs each is there and does not merely inherit its modules */
    size_t *role_runs;
    size_t role_count;
    struct learned_module *modules; /* by text */
    size_t module_count;
};

/*
 * Takes the text over as a line, unless a hand-written rule (of the scope) says otherwise:
 * `rule_is_own` of the first word.
 */
void line_list_take(struct line_list *list, struct buffer *line);

/* Sorts, adds to out, releases. */
void line_list_write(struct line_list *list, struct buffer *out);

/*
 * Whether a hand-written rule of that kind in this scope is about that name: the same, or with
 * `by_glob` also one that matches.
 */
bool learned_is_own(const struct learned_scope *scope, enum rule_kind kind, const char *name,
                    bool by_glob);

/* Each adds its paragraph; returns 0, or -1 without memory. */
int learn_presence(const struct learned_scope *scope, struct buffer *out);
int learn_order(const struct learned_scope *scope, struct buffer *out);
int learn_paths(const struct learned_scope *scope, struct buffer *out);
int learn_identities(const struct learned_scope *scope, struct buffer *out);
int learn_limits(const struct learned_scope *scope, bool with_processes, struct buffer *out);

#endif
