/* Inside rules.c: the state of parsing, and the parsers of the kinds of rules. */
#ifndef TRAIL_RULE_PARSER_H
#define TRAIL_RULE_PARSER_H

#include "rules.h"
#include "words.h"

/* What a struct rules owns. */
struct rules_memory {
    char *text, *room;
    const char **words; /* of all rules, in pieces that grow with the file */
    enum rule_identity *keys;
    size_t word_count, word_capacity, rule_capacity;
};

struct parser {
    struct rules *rules;
    struct rules_memory *memory;
    struct words words;
    const char *process; /* of the section */
    bool has_header;
    size_t *first_words; /* of each rule, in memory->words, which moves while it grows */
};

/* Parses what follows the rule's first word, and that: 0 or 1, or -1 having complained. */
int rule_parse(struct parser *parser, const struct word *first, struct rule *rule);

/* Turns each {any} of a name into *, in place. */
void rule_take_any(char *name);

/* Reads one more word, which must be there: 1, or -1 having complained that `what` is missing. */
int rule_need_word(struct parser *parser, char stop, struct word *word, const char *what);

#endif
